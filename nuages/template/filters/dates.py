"""Filters on dates and times."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from nuages.template.filters import register
from nuages.utils import formats
from nuages.utils.dateformat import format as date_text
from nuages.utils.dateformat import time_format
from nuages.utils.timesince import timesince, timeuntil


def _written(value: Any, arg: str | None, *ways: Callable[[Any, Any], Any]) -> Any:
    """The text of the first way that can write the value; nothing for what is no date."""
    if value is None or value == "":
        return ""
    for way in ways:
        try:
            return way(value, arg)
        except (AttributeError, TypeError):
            continue
    return ""


@register.filter(expects_localtime=True, is_safe=False)
def date(value: Any, arg: str | None = None) -> Any:
    """A date in a format of the language, or one spelled out."""
    if isinstance(arg, str) and not arg.isidentifier() and isinstance(value, datetime.date):
        # Spelled out, so no language has a say in it.
        return _written(value, arg, date_text)
    return _written(value, arg, formats.date_format, date_text)


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
