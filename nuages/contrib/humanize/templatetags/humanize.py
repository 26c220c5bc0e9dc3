"""Numbers and dates as people say them."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from nuages.template import Library
from nuages.template.defaultfilters import date as date_filter
from nuages.utils.formats import number_format
from nuages.utils.safestring import mark_safe
from nuages.utils.timezone import is_aware
from nuages.utils.translation import (
    gettext,
    gettext_lazy,
    ngettext,
    ngettext_lazy,
    npgettext_lazy,
    pgettext,
    round_away_from_one,
)

register = Library()


@register.filter(is_safe=True)
def ordinal(value: Any) -> Any:
    """1 as 1st, 2 as 2nd, 3 as 3rd. Negative numbers stay."""
    try:
        number = int(value)
    except (TypeError, ValueError):
        return value
    if number < 0:
        return str(number)
    return mark_safe(_ordinal_pattern(number).format(number))


def _ordinal_pattern(number: int) -> str:
    """The translated pattern for a number's last digits; most languages tell fewer apart than this."""
    if number == 1:
        return str(pgettext("ordinal is 1", "{}st"))
    if number % 100 in (11, 12, 13):
        return str(pgettext("ordinal 11, 12, 13", "{}th"))
    match number % 10:
        case 0:
            return str(pgettext("ordinal 0", "{}th"))
        case 1:
            return str(pgettext("ordinal 1", "{}st"))
        case 2:
            return str(pgettext("ordinal 2", "{}nd"))
        case 3:
            return str(pgettext("ordinal 3", "{}rd"))
        case 4:
            return str(pgettext("ordinal 4", "{}th"))
        case 5:
            return str(pgettext("ordinal 5", "{}th"))
        case 6:
            return str(pgettext("ordinal 6", "{}th"))
        case 7:
            return str(pgettext("ordinal 7", "{}th"))
        case 8:
            return str(pgettext("ordinal 8", "{}th"))
        case _:
            return str(pgettext("ordinal 9", "{}th"))


_NUMBER = re.compile(r"(-?\d+)(\.\d+)?\Z")
_WHOLE = re.compile(r"(-?)(\d+)")


@register.filter(is_safe=True)
def intcomma(value: Any, use_l10n: bool = True) -> Any:
    """A number with its digits in groups: 3000 as 3,000 (or as the language writes it)."""
    if use_l10n:
        number = _as_number(value)
        if number is None:
            return intcomma(value, False)
        return number_format(number, use_l10n=True, force_grouping=True)
    text = str(value)
    match = _WHOLE.match(text)
    return f"{match[1]}{_grouped(match[2])}{text[match.end() :]}" if match else text


def _grouped(digits: str) -> str:
    """Digits with a comma before each three from the end."""
    first = len(digits) % 3 or 3
    return ",".join([digits[:first], *(digits[at : at + 3] for at in range(first, len(digits), 3))])


def _as_number(value: Any) -> Any:
    if isinstance(value, float | Decimal):
        return value if math.isfinite(value) else None
    try:
        return int(value)
    except (TypeError, ValueError):
        pass
    try:
        return Decimal(str(value).translate(_ASCII_DIGITS)) if _NUMBER.match(str(value)) else None
    except ArithmeticError:
        return None


class _Digits(dict[int, str]):
    """Digits of other scripts to ASCII."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        return str(int(sign)) if sign.isdigit() else sign


_ASCII_DIGITS = _Digits()

# Power of ten, and the words for a number of that size.
_SCALES = (
    (6, lambda number: ngettext("%(value)s million", "%(value)s million", number)),
    (9, lambda number: ngettext("%(value)s billion", "%(value)s billion", number)),
    (12, lambda number: ngettext("%(value)s trillion", "%(value)s trillion", number)),
    (15, lambda number: ngettext("%(value)s quadrillion", "%(value)s quadrillion", number)),
    (18, lambda number: ngettext("%(value)s quintillion", "%(value)s quintillion", number)),
    (21, lambda number: ngettext("%(value)s sextillion", "%(value)s sextillion", number)),
    (24, lambda number: ngettext("%(value)s septillion", "%(value)s septillion", number)),
    (27, lambda number: ngettext("%(value)s octillion", "%(value)s octillion", number)),
    (30, lambda number: ngettext("%(value)s nonillion", "%(value)s nonillion", number)),
    (33, lambda number: ngettext("%(value)s decillion", "%(value)s decillion", number)),
    (100, lambda number: ngettext("%(value)s googol", "%(value)s googol", number)),
)


@register.filter(is_safe=False)
def intword(value: Any) -> Any:
    """A large number in words: 1200000 as 1.2 million."""
    try:
        number = int(value)
    except (TypeError, ValueError):
        return value
    magnitude = abs(number)
    if magnitude < 10**6:
        return number
    for exponent, words in _SCALES:
        if magnitude < 10**exponent * 1000:
            scaled = round(number / 10**exponent, 1)
            return words(round_away_from_one(abs(scaled))) % {"value": number_format(scaled, 1)}
    return value


_SMALL_NUMBERS = (
    gettext_lazy("one"),
    gettext_lazy("two"),
    gettext_lazy("three"),
    gettext_lazy("four"),
    gettext_lazy("five"),
    gettext_lazy("six"),
    gettext_lazy("seven"),
    gettext_lazy("eight"),
    gettext_lazy("nine"),
)


@register.filter(is_safe=True)
def apnumber(value: Any) -> Any:
    """The numbers 1 to 9 spelled out, as newspapers do."""
    try:
        number = int(value)
    except (TypeError, ValueError):
        return value
    return str(_SMALL_NUMBERS[number - 1]) if 0 < number < 10 else number


@register.filter(expects_localtime=True)
def naturalday(value: Any, arg: str | None = None) -> Any:
    """Yesterday, today, tomorrow, or the date."""
    zone = getattr(value, "tzinfo", None)
    try:
        day = date(value.year, value.month, value.day)
    except (AttributeError, ValueError):
        return value
    match (day - datetime.now(zone).date()).days:
        case 0:
            return gettext("today")
        case 1:
            return gettext("tomorrow")
        case -1:
            return gettext("yesterday")
    return date_filter(value, arg)


@register.filter
def naturaltime(value: Any) -> Any:
    """How long ago or how far away a time is: "a minute ago", "2 hours from now"."""
    return NaturalTimeFormatter.string_for(value)


class NaturalTimeFormatter:
    """The words for the distance of a time from now.

    The words for days and more depend on what they stand in: some languages inflect them.
    """

    # Translators: the parts of "2 weeks, 3 days ago".
    past_substrings = {
        "year": npgettext_lazy("naturaltime-past", "%(num)d year", "%(num)d years", "num"),
        "month": npgettext_lazy("naturaltime-past", "%(num)d month", "%(num)d months", "num"),
        "week": npgettext_lazy("naturaltime-past", "%(num)d week", "%(num)d weeks", "num"),
        "day": npgettext_lazy("naturaltime-past", "%(num)d day", "%(num)d days", "num"),
        "hour": npgettext_lazy("naturaltime-past", "%(num)d hour", "%(num)d hours", "num"),
        "minute": npgettext_lazy("naturaltime-past", "%(num)d minute", "%(num)d minutes", "num"),
    }
    # Translators: the parts of "2 weeks, 3 days from now".
    future_substrings = {
        "year": npgettext_lazy("naturaltime-future", "%(num)d year", "%(num)d years", "num"),
        "month": npgettext_lazy("naturaltime-future", "%(num)d month", "%(num)d months", "num"),
        "week": npgettext_lazy("naturaltime-future", "%(num)d week", "%(num)d weeks", "num"),
        "day": npgettext_lazy("naturaltime-future", "%(num)d day", "%(num)d days", "num"),
        "hour": npgettext_lazy("naturaltime-future", "%(num)d hour", "%(num)d hours", "num"),
        "minute": npgettext_lazy("naturaltime-future", "%(num)d minute", "%(num)d minutes", "num"),
    }
    # Translators: \u00a0 is a no-break space; %(count)s is 2 or more in the plural.
    past = (
        (3600, ngettext_lazy("an hour ago", "%(count)s\u00a0hours ago", "count")),
        (60, ngettext_lazy("a minute ago", "%(count)s\u00a0minutes ago", "count")),
        (1, ngettext_lazy("a second ago", "%(count)s\u00a0seconds ago", "count")),
    )
    future = (
        (3600, ngettext_lazy("an hour from now", "%(count)s\u00a0hours from now", "count")),
        (60, ngettext_lazy("a minute from now", "%(count)s\u00a0minutes from now", "count")),
        (1, ngettext_lazy("a second from now", "%(count)s\u00a0seconds from now", "count")),
    )

    @classmethod
    def string_for(cls, value: Any) -> Any:
        """The words for a time; dates and other things stay as they are."""
        if not isinstance(value, date) or not hasattr(value, "hour"):
            return value
        moment: Any = value
        now = datetime.now(UTC if is_aware(moment) else None)
        if moment < now:
            return cls._words(now - moment, moment, now, cls.past, is_past=True)
        return cls._words(moment - now, moment, now, cls.future, is_past=False)

    @classmethod
    def _words(cls, delta: Any, moment: Any, now: Any, scale: Any, *, is_past: bool) -> str:
        if delta.days:
            return cls._in_days(moment, now, is_past=is_past)
        for size, words in scale:
            count = delta.seconds // size
            if count:
                return str(words % {"count": count})
        return gettext("now")

    @classmethod
    def _in_days(cls, moment: Any, now: Any, *, is_past: bool) -> str:
        from nuages.utils.timesince import timesince, timeuntil

        if is_past:
            words = timesince(moment, now, time_strings=cls.past_substrings)
            return str(pgettext("naturaltime", "%(delta)s ago")) % {"delta": words}
        words = timeuntil(moment, now, time_strings=cls.future_substrings)
        return str(pgettext("naturaltime", "%(delta)s from now")) % {"delta": words}


__all__ = [
    "NaturalTimeFormatter",
    "apnumber",
    "intcomma",
    "intword",
    "naturalday",
    "naturaltime",
    "ordinal",
    "register",
]
