"""Filters on dates and times."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from nuages.template.filters import register, spelled_out_for
from nuages.template.presentation import Switches
from nuages.utils import formats
from nuages.utils.dateformat import DateFormat, time_format, writer_of
from nuages.utils.dateformat import format as date_text
from nuages.utils.html.escaping import escape_text
from nuages.utils.timesince import timesince, timeuntil
from nuages.utils.timezone import template_localtime
from nuages.utils.translation import memory, remembered

# Format characters that stand for digits alone.
_NUMBERS = frozenset("dGghHijmnsuwYy")

# Of each format and language.
_DATES_AT_MOST = 1024


def _written(value: Any, arg: str | None, *ways: Callable[[Any, Any], Any]) -> Any:
    """The text of the first way that can write the value; nothing for what is no date."""
    if value is None or value == "":
        return ""
    for way in ways if arg is not None else ways[:1]:
        try:
            return way(value, arg)
        except (AttributeError, TypeError):
            continue
    return ""


@register.filter(expects_localtime=True, is_safe=False)
def date(value: Any, arg: str | None = None) -> Any:
    """A date in a format of the language, or one spelled out."""
    if isinstance(arg, str) and arg and not arg.isidentifier() and isinstance(value, datetime.date):
        # Spelled out, so no language has a say in it.
        return _written(value, arg, date_text)
    return _written(value, arg, formats.date_format, date_text)


@spelled_out_for(date)
def date_spelled_out(form: str | int | None, switches: Switches) -> Callable[[Any], Any] | None:
    """The same for one format that is spelled out in the template, its parts looked at beforehand."""
    if not isinstance(form, str):
        return None
    on_date = writer_of(DateFormat, datetime.date, form)
    on_datetime = writer_of(DateFormat, datetime.datetime, form)
    if not form or form.isidentifier() or on_datetime is None:
        return None

    def written(value: Any) -> Any:
        kind = type(value)
        if kind is datetime.date and on_date is not None:
            return on_date(value)
        value = template_localtime(value, use_tz=switches.use_tz)
        return on_datetime(value) if kind is datetime.datetime else date(value, form)

    shown = on_datetime if _is_harmless(form) or not switches.autoescape else _escaping(on_datetime)

    def moment(value: datetime.datetime) -> str:
        return shown(template_localtime(value, use_tz=switches.use_tz))

    written.shows_types = {datetime.datetime: moment}  # type: ignore[attr-defined]
    if on_date is not None:
        day = _remembering(
            on_date if not switches.autoescape else _escaping(on_date), form, switches.autoescape
        )
        written.shows_types[datetime.date] = day  # type: ignore[attr-defined]
    return written


def _is_harmless(form: str) -> bool:
    """Whether what a format makes of a date looks the same in HTML, in any language."""
    return all(
        part in _NUMBERS or (plain and escape_text(part) is part) for plain, part in DateFormat._parts(form)
    )


def _escaping(write: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: escape_text(write(value))


def _remembering(write: Callable[[Any], str], form: str, escaped: bool) -> Callable[[datetime.date], str]:
    """The same, with the texts of the dates of a page kept for the next: the rows of a list are often of few days."""
    key = ("dates", form, escaped)

    def day(value: datetime.date) -> str:
        texts: dict[datetime.date, str] | None = memory().get(key)
        if texts is None:
            texts = remembered(key, dict)
        text = texts.get(value)
        if text is None:
            if len(texts) >= _DATES_AT_MOST:
                texts.clear()
            text = texts[value] = write(value)
        return text

    return day


@register.filter(expects_localtime=True, is_safe=False)
def time(value: Any, arg: str | None = None) -> Any:
    """A time in a format of the language, or one spelled out."""
    return _written(value, arg, formats.time_format, time_format)


@register.filter("timesince", is_safe=False)
def timesince_filter(value: Any, arg: Any = None) -> str:
    """How long ago a date is, from now or from another date."""
    if not value:
        return ""
    try:
        return timesince(value, arg) if arg else timesince(value)
    except (ValueError, TypeError):
        return ""


@register.filter("timeuntil", is_safe=False)
def timeuntil_filter(value: Any, arg: Any = None) -> str:
    """How far away a date is, from now or from another date."""
    if not value:
        return ""
    try:
        return timeuntil(value, arg)
    except (ValueError, TypeError):
        return ""
