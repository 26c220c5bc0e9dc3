"""`{% load tz %}`: dates in time zones."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from nuages.template import Library, Node, NodeList, TemplateSyntaxError
from nuages.utils import timezone

if TYPE_CHECKING:
    from nuages.template.compiler.emitter import Emitter
    from nuages.template.parser import Parser
    from nuages.template.tokens import Token
    from nuages.template.variables import FilterExpression

register = Library()


class datetimeobject(datetime):
    """A datetime that is in the zone it is to be shown in."""

    convert_to_local_time = False


@register.filter
def localtime(value: Any) -> Any:
    """A datetime in the current time zone."""
    return do_timezone(value, timezone.get_current_timezone())


@register.filter
def utc(value: Any) -> Any:
    """A datetime in UTC."""
    return do_timezone(value, UTC)


@register.filter("timezone")
def do_timezone(value: Any, arg: Any) -> Any:
    """A datetime in the time zone of a name or object; naive ones are taken for the default zone's."""
    if not isinstance(value, datetime):
        return ""
    zone = _zone(arg)
    if zone is None:
        return ""
    try:
        if timezone.is_naive(value):
            value = timezone.make_aware(value, timezone.get_default_timezone())
        moment = timezone.localtime(value, zone)
    except Exception:
        # A filter must not fail: dates near the ends of the calendar have no equal in some zones.
        return ""
    return datetimeobject(
        *moment.timetuple()[:6], microsecond=moment.microsecond, tzinfo=moment.tzinfo, fold=moment.fold
    )


def _zone(arg: Any) -> tzinfo | None:
    if isinstance(arg, tzinfo):
        return arg
    if not isinstance(arg, str):
        return None
    try:
        return zoneinfo.ZoneInfo(arg)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


class LocalTimeNode(Node):
    """Conversion to the current time zone on or off for a part."""

    def __init__(self, nodelist: NodeList, use_tz: bool) -> None:
        self.nodelist = nodelist
        self.use_tz = use_tz

    def emit(self, code: Emitter) -> None:
        with code.switched(use_tz=self.use_tz):
            code.nodes(self.nodelist)


class TimezoneNode(Node):
    """Another current time zone for a part."""

    nests = True

    def __init__(self, nodelist: NodeList, tz: FilterExpression) -> None:
        self.nodelist = nodelist
        self.tz = tz

    def emit(self, code: Emitter) -> None:
        override = code.call(code.constant(timezone.override, "timezone"), code.value(self.tz))
        with code.entered(override):
            code.nodes(self.nodelist)


class GetCurrentTimezoneNode(Node):
    """The name of the current time zone, kept in a variable."""

    child_nodelists = ()

    def __init__(self, variable: str) -> None:
        self.variable = variable

    @property
    def binds(self) -> tuple[str, ...]:  # type: ignore[override]
        """The variable."""
        return (self.variable,)

    def emit(self, code: Emitter) -> None:
        code.set(self.variable, code.call(code.constant(timezone.get_current_timezone_name, "timezone_name")))


@register.tag("localtime")
def localtime_tag(parser: Parser, token: Token) -> LocalTimeNode:
    """Turn conversion to the current time zone on or off."""
    words = token.split_contents()
    if len(words) > 2 or (len(words) == 2 and words[1] not in ("on", "off")):
        raise TemplateSyntaxError(f"{words[0]!r} argument should be 'on' or 'off'")
    nodelist = parser.parse(("endlocaltime",))
    parser.delete_first_token()
    return LocalTimeNode(nodelist, len(words) == 1 or words[1] == "on")


@register.tag("timezone")
def timezone_tag(parser: Parser, token: Token) -> TimezoneNode:
    """Make another time zone the current one: `{% timezone "Europe/Paris" %}`."""
    words = token.split_contents()
    if len(words) != 2:
        raise TemplateSyntaxError(f"'{words[0]}' takes one argument (timezone)")
    nodelist = parser.parse(("endtimezone",))
    parser.delete_first_token()
    return TimezoneNode(nodelist, parser.compile_filter(words[1]))


@register.tag("get_current_timezone")
def get_current_timezone_tag(parser: Parser, token: Token) -> GetCurrentTimezoneNode:
    """Keep the current time zone's name: `{% get_current_timezone as TIME_ZONE %}`."""
    words = token.contents.split()
    if len(words) != 3 or words[1] != "as":
        raise TemplateSyntaxError(f"'get_current_timezone' requires 'as variable' (got {words!r})")
    return GetCurrentTimezoneNode(words[2])
