"""Reading dates, times and durations; specified in ref/utils.

Each function returns None for text of another form, and raises ValueError for the right form with wrong
numbers in it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from nuages.utils.regex_helper import _lazy_re_compile
from nuages.utils.timezone import get_fixed_timezone

_DATE = r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<microsecond>\d{1,6})\d{0,6})?)?"
)
_ZONE = r"(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)"

date_re = _lazy_re_compile(rf"{_DATE}\Z")
time_re = _lazy_re_compile(rf"{_CLOCK}(?:\s*[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?\Z")
datetime_re = _lazy_re_compile(rf"{_DATE}[T ]{_CLOCK}\s*{_ZONE}?\Z")

standard_duration_re = _lazy_re_compile(
    r"(?:(?P<days>-?\d+) (?:days?, )?)?"
    r"(?P<sign>-?)"
    r"(?:(?:(?P<hours>\d+):)?(?P<minutes>\d+):)?"
    r"(?P<seconds>\d+)(?:[.,](?P<microseconds>\d{1,6})\d{0,6})?\Z"
)
iso8601_duration_re = _lazy_re_compile(
    r"(?P<sign>[-+]?)P(?=.)"
    + "".join(rf"(?:(?P<{unit}>\d+(?:[.,]\d+)?){unit[0].upper()})?" for unit in ("weeks", "days"))
    + "(?:T(?=.)"
    + "".join(
        rf"(?:(?P<{unit}>\d+(?:[.,]\d+)?){unit[0].upper()})?" for unit in ("hours", "minutes", "seconds")
    )
    + r")?\Z"
)
postgres_interval_re = _lazy_re_compile(
    r"(?:(?P<days>-?\d+) days? ?)?"
    r"(?:(?P<sign>[-+])?(?P<hours>\d+):(?P<minutes>\d\d):(?P<seconds>\d\d)(?:\.(?P<microseconds>\d{1,6}))?)?\Z"
)


def _fraction(digits: str | None) -> int:
    """Return the digits after the point of a second as microseconds."""
    return int(digits.ljust(6, "0")) if digits else 0


def _clock(found: Any) -> tuple[int, int, int, int]:
    return (
        int(found["hour"]),
        int(found["minute"]),
        int(found["second"] or 0),
        _fraction(found["microsecond"]),
    )


def _zone(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return get_fixed_timezone(-minutes if text[0] == "-" else minutes)


def parse_date(value: str) -> date | None:
    """Return the date that the text says."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        found = date_re.match(value)
    return date(int(found["year"]), int(found["month"]), int(found["day"])) if found else None


def parse_time(value: str) -> time | None:
    """Return the time of day that the text says; an offset from UTC is passed over."""
    try:
        # The standard library takes more forms since Python 3.11, among them ones with an offset.
        return time.fromisoformat(value).replace(tzinfo=None)
    except ValueError:
        found = time_re.match(value)
    return time(*_clock(found)) if found else None


def parse_datetime(value: str) -> datetime | None:
    """Return the datetime that the text says; aware when it gives an offset from UTC."""
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        found = datetime_re.match(value)
    if found is None:
        return None
    day = (int(found["year"]), int(found["month"]), int(found["day"]))
    return datetime(*day, *_clock(found), tzinfo=_zone(found["zone"]))


def parse_duration(value: str) -> timedelta | None:
    """Return the duration that the text says: "D HH:MM:SS.ffffff", ISO 8601 or PostgreSQL's form."""
    if found := standard_duration_re.match(value):
        return _duration(found, found["sign"] == "-")
    if found := iso8601_duration_re.match(value):
        numbers = {
            unit: float(number.replace(",", "."))
            for unit, number in found.groupdict().items()
            if number and unit != "sign"
        }
        return timedelta(**numbers) * (-1 if found["sign"] == "-" else 1)
    if found := postgres_interval_re.match(value):
        return _duration(found, found["sign"] == "-")
    return None


def _duration(found: Any, negative: bool) -> timedelta:
    """Return days plus a time whose sign is its own: "-4 15:30" is four days back and then a quarter hour on."""
    # Not int(), which refuses very many digits with another error; whatever fits a duration is exact in a float.
    parts = {unit: float(found[unit] or 0) for unit in ("days", "hours", "minutes", "seconds")}
    days = timedelta(days=parts.pop("days"))
    clock = timedelta(**parts, microseconds=_fraction(found["microseconds"]))
    return days + (-clock if negative else clock)
