"""How a value becomes text in the page: local time, local format, escaping.

One `Presenter` exists per combination of the three switches (`autoescape`, `use_l10n`, `use_tz`) and engine;
it remembers per type what has to be done, so that the common types pay for nothing else.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from markupsafe import _escape_inner  # type: ignore[attr-defined]

from nuages.conf import settings
from nuages.template.lookup import (
    MANY_TYPES,
    Missing,
    attribute_types,
    by_rules,
    empty_if_missing,
    not_found,
    plain_types,
    reading,
    settle,
    slowly,
    step,
    stumbled,
)
from nuages.utils.formats import decimal_separator, localize
from nuages.utils.html import conditional_escape
from nuages.utils.html.escaping import escape_text
from nuages.utils.memo import on_change
from nuages.utils.safestring import SafeString
from nuages.utils.timezone import template_localtime

logger = logging.getLogger("django.template")


class Switches(NamedTuple):
    """What `{% autoescape %}`, `{% localize %}` and `{% localtime %}` set."""

    autoescape: bool = True
    use_l10n: bool | None = None
    use_tz: bool | None = None


_INTERNED: dict[tuple[bool, bool | None, bool | None], Switches] = {}


def interned(switches: tuple[bool, bool | None, bool | None]) -> Switches:
    """The one object for a combination, so that compiled code is found by identity."""
    found = _INTERNED.get(switches)
    if found is None:
        found = _INTERNED[switches] = Switches(*switches)
    return found


# Whether whole numbers get thousand separators: asked for each number shown, so kept at hand.
_grouped: bool | None = None


def _forget_grouping() -> None:
    global _grouped
    _grouped = None


def _groups_numbers() -> bool:
    global _grouped
    if _grouped is None:
        _grouped = bool(settings.USE_THOUSAND_SEPARATOR)
    return _grouped


#: Numbers of more digits may be written with an exponent.
MOST_PLAIN_DIGITS = 60


def plain_numbers() -> bool:
    """Whether whole numbers are shown as Python writes them."""
    return not (_groups_numbers() if _grouped is None else _grouped)


on_change(_forget_grouping, "USE_THOUSAND_SEPARATOR")


def log_failure(missing: Missing, template_name: str | None) -> None:
    """Tell the debug log which look-up failed where."""
    if logger.isEnabledFor(logging.DEBUG):
        error = missing.error if missing.error is not None else not_found(missing)
        logger.debug(
            "Exception while resolving variable '%s' in template '%s'.",
            missing.bit,
            template_name or "unknown",
            exc_info=error,
        )


def present(value: Any, switches: Switches) -> str:
    """The general way from value to text, right for every type."""
    value = localize(template_localtime(value, use_tz=switches.use_tz), use_l10n=switches.use_l10n)
    if not isinstance(value, str):
        value = str(value)
    return conditional_escape(value) if switches.autoescape else str(value)


def _same(value: Any) -> Any:
    return value


#: Templates made from text on the fly may ask for ever other ones; forgetting them all is cheaper than keeping them.
MOST_FUNCTIONS = 32768


@lru_cache(maxsize=256)
def presenter_for(switches: Switches, string_if_invalid: str) -> Presenter:
    """The presenter of a combination; there are few."""
    return Presenter(switches, string_if_invalid)


class Presenter:
    """Shows values under one set of switches. `show` takes a value, `show_variable` one that was looked up."""

    def __init__(self, switches: Switches, string_if_invalid: str = "") -> None:
        self.switches = switches
        self.string_if_invalid = string_if_invalid
        #: How values of a type are shown, for the types that nothing else can happen to; None for others.
        self.find_way: Callable[[type], Callable[[Any], str] | None]
        #: Types of values that are shown without a call of anybody else's code.
        self.own_types: frozenset[type]
        self.show, self.show_variable, self.show_number = self._make()
        for which in ("show", "show_variable", "show_number"):
            getattr(self, which).made_from = ("show", tuple(switches), string_if_invalid, which)
        self._functions: dict[tuple[Any, ...], Callable[[Any], str]] = {}

    def _kept(self, kind: str, make: Callable[..., Callable[[Any], str]], *key: Any) -> Callable[[Any], str]:
        made = self._functions.get((kind, *key))
        if made is None:
            if len(self._functions) >= MOST_FUNCTIONS:
                self._functions.clear()
            made = self._functions[kind, *key] = make(*key)
            made.made_from = (kind, tuple(self.switches), self.string_if_invalid, *key)  # type: ignore[attr-defined]
        return made

    def show_step(self, bit: str, *, first: bool) -> Callable[[Any], str]:
        """Look `bit` up and show what is there, in one go."""
        return self._kept("show_step", self._make_step, bit, first)

    def _make_step(self, bit: str, first: bool) -> Callable[[Any], str]:
        if bit.isdecimal():
            look_up, show_found = step(bit, first=first), self.show
            return lambda holder: show_found(look_up(holder))
        return reading(Presenter._by_name, bit)(self, bit, first)

    def _by_name(self, bit: str, first: bool) -> Callable[[Any], str]:
        by_attribute = attribute_types(bit)
        show = self.show
        find = self.find_way
        escape = _escape_inner if self.switches.autoescape else _same

        def show_step(holder: Any) -> str:
            kind = type(holder)
            if kind in by_attribute:
                try:
                    value = holder.bit
                except Exception as error:
                    return show(stumbled(holder, bit, error))
            elif kind is dict:
                try:
                    value = holder[bit]
                except KeyError:
                    return show(by_rules(holder, bit))
            else:
                return show(slowly(holder, bit, first))
            kind = type(value)
            if kind is str:
                escaped: str = escape(value)
                return escaped if escaped is value or "&#" not in escaped else escape_text(value)
            if kind is int and _grouped is False:
                # Quicker than a call of `str`.
                return f"{value}"
            way = find(kind)
            return way(value) if way is not None else show(settle(value))

        return show_step

    def show_pair(self, bit: str, last: str, *, first: bool) -> Callable[[Any], str]:
        """Look `bit.last` up and show what is there, in one go; neither is an index."""
        return self._kept("show_pair", self._make_pair, bit, last, first)

    def _make_pair(self, bit: str, last: str, first: bool) -> Callable[[Any], str]:
        return reading(Presenter._by_names, bit, last)(self, bit, last, first)

    def _by_names(self, bit: str, last: str, first: bool) -> Callable[[Any], str]:
        look_up, show_last = step(bit, first=first), self.show_step(last, first=False)
        by_attribute, last_by_attribute = attribute_types(bit), attribute_types(last)
        show = self.show
        escape = _escape_inner if self.switches.autoescape else _same

        def show_pair(holder: Any) -> str:
            if type(holder) not in by_attribute:
                return show_last(look_up(holder))
            try:
                middle = holder.bit
            except Exception as error:
                return show_last(stumbled(holder, bit, error))
            kind = type(middle)
            if kind not in last_by_attribute:
                return show_last(middle if kind in plain_types else settle(middle))
            try:
                value = middle.last
            except Exception as error:
                return show(stumbled(middle, last, error))
            if type(value) is not str:
                return show(value if type(value) in plain_types else settle(value))
            escaped: str = escape(value)
            return escaped if escaped is value or "&#" not in escaped else escape_text(value)

        return show_pair

    def show_filtered(
        self, bit: str, on_str: Callable[[Any], Any], function: Callable[[Any], Any], *, first: bool
    ) -> Callable[[Any], str]:
        """Look `bit` up, send what is there through a filter and show what that gives, in one go.

        `on_str` is what the filter does to an exact `str`; what is missing reaches it as an empty one.
        """
        return self._kept("show_filtered", self._make_filtered, bit, on_str, function, first)

    def _make_filtered(
        self, bit: str, on_str: Callable[[Any], Any], function: Callable[[Any], Any], first: bool
    ) -> Callable[[Any], str]:
        make = Presenter._by_filter if bit.isdecimal() else reading(Presenter._by_filter, bit)
        return make(self, bit, on_str, function, first)

    def _by_filter(
        self, bit: str, on_str: Callable[[Any], Any], function: Callable[[Any], Any], first: bool
    ) -> Callable[[Any], str]:
        by_attribute = () if bit.isdecimal() else attribute_types(bit)
        look_up = step(bit, first=first, finish=empty_if_missing)
        show = self.show
        escape = _escape_inner if self.switches.autoescape else _same

        def show_filtered(holder: Any) -> str:
            if type(holder) in by_attribute:
                try:
                    value = holder.bit
                except Exception as error:
                    value = empty_if_missing(stumbled(holder, bit, error))
                if type(value) not in plain_types:
                    value = empty_if_missing(settle(value))
            else:
                value = look_up(holder)
            if type(value) is not str:
                return show(function(value))
            text = on_str(value)
            if type(text) is not str:
                return show(text)
            escaped: str = escape(text)
            return escaped if escaped is text or "&#" not in escaped else escape_text(text)

        return show_filtered

    def show_through(
        self, on_str: Callable[[Any], Any], function: Callable[[Any], Any]
    ) -> Callable[[Any], str]:
        """Send a raw value that was looked up through a filter, and show what that gives."""
        show = self.show

        def show_through(value: Any) -> str:
            value = empty_if_missing(settle(value))
            return show(on_str(value) if type(value) is str else function(value))

        return show_through

    def _make(self) -> tuple[Callable[[Any], str], Callable[[Any], str], Callable[[int], str]]:
        switches = self.switches
        invalid = self.string_if_invalid
        localizes = switches.use_l10n is not False

        def general(value: Any) -> str:
            return present(value, switches)

        def number(value: int) -> str:
            if _grouped is False or not localizes or not _groups_numbers():
                return str(value)
            return general(value)

        def with_point(value: Decimal | float) -> str:
            text = str(value)
            # Long ones, and those with an exponent, are for the number format to write.
            if (
                (_grouped is not False and _groups_numbers())
                or len(text) > MOST_PLAIN_DIGITS
                or "E" in text
                or "e" in text
            ):
                return general(value)
            if not localizes:
                return text
            point = decimal_separator()
            if point == ".":
                return text
            return text.replace(".", ",") if point == "," else general(value)

        def missing(value: Missing) -> str:
            log_failure(value, None)
            return invalid

        escaping = escape_text if switches.autoescape else _same
        ways: dict[type, Callable[[Any], str]] = {
            str: escaping,
            SafeString: _same,
            int: number,
            bool: str,
            type(None): str,
            Missing: missing,
            float: with_point,
            Decimal: with_point,
            datetime.datetime: general,
            datetime.date: general,
            datetime.time: general,
        }
        find = ways.get
        self.find_way = ways.get
        plain = frozenset(ways)
        self.own_types = plain - {Missing}

        escape = _escape_inner if switches.autoescape else _same

        def show(value: Any) -> str:
            if type(value) is str:
                # As `escape_text`, without the call.
                escaped: str = escape(value)
                return escaped if escaped is value or "&#" not in escaped else escape_text(value)
            return find(type(value), general)(value)

        def show_settled(value: Any) -> str:
            settled = settle(value)
            return find(type(settled), general)(settled)

        # A second table, so that a callable of a type seen here is not called when a filter returns it.
        variable_ways: dict[type, Callable[[Any], str]] = dict(ways)
        find_variable = variable_ways.get

        def show_variable(value: Any) -> str:
            kind = type(value)
            if kind is str:
                escaped: str = escape(value)
                return escaped if escaped is value or "&#" not in escaped else escape_text(value)
            way = find_variable(kind)
            if way is None:
                if callable(value) or getattr(kind, "__await__", None) is not None:
                    way = show_settled
                else:
                    way = general
                if len(variable_ways) > MANY_TYPES:
                    for known in set(variable_ways) - plain:
                        del variable_ways[known]
                variable_ways[kind] = way
            return way(value)

        return show, show_variable, number
