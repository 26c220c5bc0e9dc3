"""Dates by format characters, as the `date` filter takes them; specified in ref/templates/builtins.

A format is taken apart once into a list of functions and literal text.
"""

from __future__ import annotations

import ast
import builtins
import calendar
import datetime
from collections.abc import Callable
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

from nuages.utils.dates import MONTHS, MONTHS_3, MONTHS_ALT, MONTHS_AP, WEEKDAYS, WEEKDAYS_ABBR, spoken
from nuages.utils.timezone import (
    _datetime_ambiguous_or_imaginary,
    get_default_timezone,
    is_naive,
    make_aware,
)
from nuages.utils.translation import gettext as _


class Formatter:
    """Formats what it was made for, by a method for each format character."""

    data: Any
    characters: frozenset[str] = frozenset()

    def __init_subclass__(cls) -> None:
        cls.characters = frozenset(name for name in dir(cls) if len(name) == 1)

    def format(self, formatstr: Any) -> str:
        """Return the value with each format character replaced; a backslash makes the next one plain text."""
        return "".join(
            [part if plain else str(getattr(self, part)()) for plain, part in self._parts(str(formatstr))]
        )

    @classmethod
    def _parts(cls, formatstr: str) -> tuple[tuple[bool, str], ...]:
        return _parts_of(cls, formatstr)  # type: ignore[arg-type]


@lru_cache(maxsize=512)
def _parts_of(formatter: type[Formatter], formatstr: str) -> tuple[tuple[bool, str], ...]:
    """Return (is it plain text, text or format character) for each part of a format."""
    parts: list[tuple[bool, str]] = []
    characters = iter(formatstr)
    for character in characters:
        if character == "\\":
            parts.append((True, next(characters, "\\")))
        else:
            parts.append((character not in formatter.characters, character))
    return tuple(parts)


class TimeFormat(Formatter):
    """Formats times of day, and the times of datetimes."""

    def __init__(self, obj: Any) -> None:
        self.data = obj
        self.timezone: datetime.tzinfo | None = None
        if isinstance(obj, datetime.datetime):
            self.timezone = get_default_timezone() if is_naive(obj) else obj.tzinfo

    def format(self, formatstr: Any) -> str:
        # A date says nothing of the time; a datetime is a date as well.
        if isinstance(self.data, datetime.date) and not isinstance(self.data, datetime.datetime):
            for plain, character in self._parts(str(formatstr)):
                if not plain and character in TimeFormat.clock_characters:
                    raise TypeError(
                        "The format for date objects may not contain time-related format specifiers "
                        f"(found {character!r})."
                    )
        return super().format(formatstr)

    clock_characters = frozenset("aAfgGhHiPsu")

    def _offset(self) -> datetime.timedelta | None:
        """Return the offset from UTC; None where there is none, or clocks show the time twice or never."""
        if not isinstance(self.data, datetime.datetime) or self.timezone is None:
            return None
        if is_naive(self.data):
            if _datetime_ambiguous_or_imaginary(self.data, self.timezone):
                return None
            return self.timezone.utcoffset(self.data)
        return self.data.utcoffset()

    def a(self) -> str:
        "'a.m.' or 'p.m.'"
        return _("p.m.") if self.data.hour > 11 else _("a.m.")

    def A(self) -> str:
        "'AM' or 'PM'"
        return _("PM") if self.data.hour > 11 else _("AM")

    def e(self) -> str:
        "Name of the time zone; empty for naive values."
        if not isinstance(self.data, datetime.datetime) or self.data.tzinfo is None:
            return ""
        try:
            return self.data.tzname() or ""
        except NotImplementedError:
            return ""

    def f(self) -> str:
        "12-hour time, without minutes on the full hour: '1', '1:30'"
        return f"{self.g()}:{self.i()}" if self.data.minute else str(self.g())

    def g(self) -> int:
        "Hour, 12-hour, no leading zero"
        return self.data.hour % 12 or 12

    def G(self) -> int:
        "Hour, 24-hour, no leading zero"
        return self.data.hour

    def h(self) -> str:
        "Hour, 12-hour, two digits"
        return f"{self.g():02}"

    def H(self) -> str:
        "Hour, 24-hour, two digits"
        return f"{self.data.hour:02}"

    def i(self) -> str:
        "Minutes, two digits"
        return f"{self.data.minute:02}"

    def O(self) -> str:  # noqa: E743
        "Difference from Greenwich: '+0200'"
        offset = self._offset()
        if offset is None:
            return ""
        minutes = offset // datetime.timedelta(minutes=1)
        return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"

    def P(self) -> str:
        "'1 a.m.', '1:30 p.m.', 'midnight', 'noon'"
        special = {0: _("midnight"), 12: _("noon")} if self.data.minute == 0 else {}
        return special.get(self.data.hour) or f"{self.f()} {self.a()}"

    def s(self) -> str:
        "Seconds, two digits"
        return f"{self.data.second:02}"

    def T(self) -> str:
        "Time zone of the value, or of this project where it has none"
        if self._offset() is None or self.timezone is None:
            return ""
        return self.timezone.tzname(self.data) or ""

    def u(self) -> str:
        "Microseconds, six digits"
        return f"{self.data.microsecond:06}"

    def Z(self) -> int | str:
        "Offset from UTC in seconds"
        offset = self._offset()
        return "" if offset is None else offset.days * 86400 + offset.seconds


class DateFormat(TimeFormat):
    """Formats dates and datetimes."""

    def b(self) -> Any:
        "Month, three letters, lower case"
        return MONTHS_3[self.data.month]

    def c(self) -> str:
        "ISO 8601"
        return self.data.isoformat()

    def d(self) -> str:
        "Day of the month, two digits"
        return f"{self.data.day:02}"

    def D(self) -> Any:
        "Day of the week, three letters"
        return WEEKDAYS_ABBR[self.data.weekday()]

    def E(self) -> Any:
        "Month as it stands beside a day's number"
        return MONTHS_ALT[self.data.month]

    def F(self) -> Any:
        "Month, long"
        return MONTHS[self.data.month]

    def I(self) -> str:  # noqa: E743
        "'1' in summer time, '0' otherwise"
        if self._offset() is None or self.timezone is None:
            return ""
        return "1" if self.timezone.dst(self.data) else "0"

    def j(self) -> int:
        "Day of the month, no leading zero"
        return self.data.day

    def l(self) -> Any:  # noqa: E743
        "Day of the week, long"
        return WEEKDAYS[self.data.weekday()]

    def L(self) -> bool:
        "Whether it is a leap year"
        return calendar.isleap(self.data.year)

    def m(self) -> str:
        "Month, two digits"
        return f"{self.data.month:02}"

    def M(self) -> str:
        "Month, three letters"
        return str(MONTHS_3[self.data.month]).title()

    def n(self) -> int:
        "Month, no leading zero"
        return self.data.month

    def N(self) -> Any:
        "Month as the Associated Press abbreviates it"
        return MONTHS_AP[self.data.month]

    def o(self) -> int:
        "Year to which the ISO 8601 week belongs"
        return self.data.isocalendar().year

    def r(self) -> str:
        "RFC 5322 date: 'Thu, 21 Dec 2000 16:01:07 +0200'; always in English"
        moment = self.data
        if not isinstance(moment, datetime.datetime):
            moment = datetime.datetime.combine(moment, datetime.time.min)
        if is_naive(moment):
            moment = make_aware(moment, timezone=self.timezone or get_default_timezone())
        return format_datetime(moment)

    def S(self) -> str:
        "English ordinal suffix of the day: 'st', 'nd', 'rd', 'th'"
        day = self.data.day
        return "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")

    def t(self) -> int:
        "Number of days in the month"
        return calendar.monthrange(self.data.year, self.data.month)[1]

    def U(self) -> int:
        "Seconds since the Unix epoch"
        moment = self.data
        if not isinstance(moment, datetime.datetime):
            moment = datetime.datetime.combine(moment, datetime.time.min)
        return int(moment.timestamp())

    def w(self) -> int:
        "Day of the week, 0 for Sunday"
        return self.data.isoweekday() % 7

    def W(self) -> int:
        "ISO 8601 week"
        return self.data.isocalendar().week

    def y(self) -> str:
        "Year, two digits"
        return f"{self.data.year % 100:02}"

    def Y(self) -> str:
        "Year, four digits"
        return f"{self.data.year:04}"

    def z(self) -> int:
        "Day of the year"
        return self.data.timetuple().tm_yday


# Quicker to look up than to work out.
_DIGITS = tuple(f"{number}" for number in range(100))
_TWO_DIGITS = tuple(f"{number:02}" for number in range(100))

# What can be said of a value in one expression. Any other character of a format makes the methods above do the work.
_OF_DATES = {
    "Y": "_TWO_DIGITS[value.year // 100] + _TWO_DIGITS[value.year % 100]",
    "y": "_TWO_DIGITS[value.year % 100]",
    "m": "_TWO_DIGITS[value.month]",
    "n": "_DIGITS[value.month]",
    "F": "spoken('MONTHS')[value.month]",
    "b": "spoken('MONTHS_3')[value.month]",
    "M": "spoken('MONTHS_3')[value.month].title()",
    "N": "spoken('MONTHS_AP')[value.month]",
    "E": "spoken('MONTHS_ALT')[value.month]",
    "d": "_TWO_DIGITS[value.day]",
    "j": "_DIGITS[value.day]",
    "l": "spoken('WEEKDAYS')[value.weekday()]",
    "D": "spoken('WEEKDAYS_ABBR')[value.weekday()]",
    "w": "_DIGITS[value.isoweekday() % 7]",
}
_OF_TIMES = {
    "g": "_DIGITS[value.hour % 12 or 12]",
    "h": "_TWO_DIGITS[value.hour % 12 or 12]",
    "G": "_DIGITS[value.hour]",
    "H": "_TWO_DIGITS[value.hour]",
    "i": "_TWO_DIGITS[value.minute]",
    "s": "_TWO_DIGITS[value.second]",
    "u": "format(value.microsecond, '06')",
    "A": "_('PM') if value.hour > 11 else _('AM')",
    "a": "_('p.m.') if value.hour > 11 else _('a.m.')",
}
_EXPRESSIONS: dict[tuple[type, type], dict[str, str]] = {
    (DateFormat, datetime.date): _OF_DATES,
    (DateFormat, datetime.datetime): _OF_DATES | _OF_TIMES,
    (TimeFormat, datetime.time): _OF_TIMES,
    (TimeFormat, datetime.datetime): _OF_TIMES,
}
_NAMES = {"_": _, "_DIGITS": _DIGITS, "_TWO_DIGITS": _TWO_DIGITS, "format": builtins.format, "spoken": spoken}


@lru_cache(maxsize=512)
def writer_of(formatter: Any, kind: type, formatstr: str) -> Callable[[Any], str] | None:
    """Return the function that writes values of exactly this type in a format, None where there is none.

    The function is made of the expressions above alone; the text of a format never becomes Python.
    """
    known = _EXPRESSIONS.get((formatter, kind))
    if known is None:
        return None
    written: list[ast.expr] = []
    for plain, part in _parts_of(formatter, formatstr):
        if plain:
            written.append(ast.Constant(part))
        elif part in known:
            written.append(ast.FormattedValue(ast.parse(known[part], mode="eval").body, -1, None))
        else:
            return None
    signature = ast.arguments([], [ast.arg("value")], None, [], [], None, [])
    function = ast.Expression(ast.Lambda(signature, ast.JoinedStr(written)))
    code = compile(ast.fix_missing_locations(function), "<date format>", "eval")
    return eval(code, dict(_NAMES))  # type: ignore[no-any-return]


def format(value: Any, format_string: Any) -> str:
    """Return a date or datetime in this format."""
    kind: Any = type(value)
    write = writer_of(DateFormat, kind, str(format_string))
    return DateFormat(value).format(format_string) if write is None else write(value)


def time_format(value: Any, format_string: Any) -> str:
    """Return a time of day, or the time of a datetime, in this format.

    Raises `TypeError` for a format that has to do with the date.
    """
    character = _first_of_date(str(format_string))
    if character is not None:
        raise TypeError(
            "The format for time objects may not contain date-related format specifiers "
            f"(found {character!r})."
        )
    kind: Any = type(value)
    write = writer_of(TimeFormat, kind, str(format_string))
    return TimeFormat(value).format(format_string) if write is None else write(value)


@lru_cache(maxsize=512)
def _first_of_date(formatstr: str) -> str | None:
    """Return the first character of a format that stands for something of a date alone."""
    of_date = DateFormat.characters - TimeFormat.characters
    return next(
        (part for plain, part in _parts_of(DateFormat, formatstr) if not plain and part in of_date), None
    )
