"""Dates and times as SQLite stores them (text), taken apart, cut and moved."""

from __future__ import annotations

import datetime
import functools
import zoneinfo
from collections.abc import Callable
from typing import Any

from nuages.utils.dateparse import parse_date, parse_datetime, parse_time

DAY = datetime.timedelta(days=1)


@functools.lru_cache(maxsize=256)
def zone(name: str) -> datetime.tzinfo:
    """The zone of a name; `+HH:MM` and `-HH:MM` after a name (or alone) move it."""
    mark = max(name.rfind("+"), name.rfind("-"))
    moved = mark >= 0 and ":" in name[mark:]
    if not moved:
        return zoneinfo.ZoneInfo(name)
    hours, minutes = name[mark + 1 :].split(":")
    distance = datetime.timedelta(hours=int(hours), minutes=int(minutes))
    return datetime.timezone(distance if name[mark] == "+" else -distance)


def read_moment(
    text: Any, zone_name: str | None = None, stored_zone: str | None = None
) -> datetime.datetime | None:
    """A stored datetime (or date), in the zone asked for; None for what is neither."""
    if text is None:
        return None
    try:
        moment = parse_datetime(text) or _midnight(text)
    except (TypeError, ValueError):
        return None
    if moment is None or zone_name is None:
        return moment
    return moment.replace(tzinfo=zone(stored_zone or "UTC")).astimezone(zone(zone_name))


def _midnight(text: str) -> datetime.datetime | None:
    day = parse_date(text)
    return None if day is None else datetime.datetime.combine(day, datetime.time.min)


def _unsupported(kind: str) -> ValueError:
    return ValueError(f"Unsupported lookup type: {kind!r}")


# Parts ------------------------------------------------------------------------------------------------------

PARTS: dict[str, Callable[[Any], int]] = {
    "week_day": lambda day: day.isoweekday() % 7 + 1,
    "iso_week_day": lambda day: day.isoweekday(),
    "week": lambda day: day.isocalendar()[1],
    "iso_year": lambda day: day.isocalendar()[0],
    "quarter": lambda day: (day.month + 2) // 3,
    **{
        name: (lambda day, name=name: getattr(day, name))
        for name in ("year", "month", "day", "hour", "minute", "second")
    },  # type: ignore[misc]
}


def _part(kind: str, value: Any) -> int | None:
    if value is None:
        return None
    try:
        return PARTS[kind](value)
    except KeyError:
        raise _unsupported(kind) from None


def datetime_extract(
    kind: str, text: Any, zone_name: str | None = None, stored_zone: str | None = None
) -> int | None:
    """One part of a datetime."""
    return _part(kind, read_moment(text, zone_name, stored_zone))


def date_extract(kind: str, text: Any) -> int | None:
    """One part of a date."""
    return _part(kind, read_moment(text))


def time_extract(kind: str, text: Any) -> int | None:
    """One part of a time of day."""
    try:
        clock = parse_time(text)
    except (TypeError, ValueError):
        return None
    return _part(kind, clock)


# Cutting ----------------------------------------------------------------------------------------------------


def _first_day(kind: str, day: datetime.date) -> datetime.date | None:
    """The first day of the year, quarter, month or week that `day` is in; None for a smaller kind."""
    if kind == "year":
        return day.replace(month=1, day=1)
    if kind == "quarter":
        return day.replace(month=day.month - (day.month - 1) % 3, day=1)
    if kind == "month":
        return day.replace(day=1)
    if kind == "week":
        return day - DAY * day.weekday()
    return day if kind == "day" else None


def _clock(kind: str, value: Any) -> Any:
    """A time (or datetime) without what is smaller than `kind`."""
    smaller = {"hour": ("minute", "second"), "minute": ("second",), "second": ()}.get(kind)
    if smaller is None:
        raise _unsupported(kind)
    return value.replace(microsecond=0, **dict.fromkeys(smaller, 0))


def date_trunc(
    kind: str, text: Any, zone_name: str | None = None, stored_zone: str | None = None
) -> str | None:
    """A date cut to its year, quarter, month or week."""
    moment = read_moment(text, zone_name, stored_zone)
    if moment is None:
        return None
    day = _first_day(kind, moment.date())
    if day is None:
        raise _unsupported(kind)
    return day.isoformat()


def time_trunc(
    kind: str, text: Any, zone_name: str | None = None, stored_zone: str | None = None
) -> str | None:
    """A time of day cut to its hour, minute or second."""
    if text is None:
        return None
    moment = read_moment(text, zone_name, stored_zone)
    value = parse_time(text) if moment is None else moment
    return None if value is None else _clock(kind, value).strftime("%H:%M:%S")  # type: ignore[no-any-return]


def datetime_trunc(
    kind: str, text: Any, zone_name: str | None = None, stored_zone: str | None = None
) -> str | None:
    """A datetime cut to one of its parts."""
    moment = read_moment(text, zone_name, stored_zone)
    if moment is None:
        return None
    day = _first_day(kind, moment.date())
    cut = _clock(kind, moment) if day is None else datetime.datetime.combine(day, datetime.time.min)
    return cut.replace(tzinfo=None).isoformat(sep=" ")  # type: ignore[no-any-return]


def date_cast(text: Any, zone_name: str | None = None, stored_zone: str | None = None) -> str | None:
    """The date of a datetime."""
    moment = read_moment(text, zone_name, stored_zone)
    return None if moment is None else moment.date().isoformat()


def time_cast(text: Any, zone_name: str | None = None, stored_zone: str | None = None) -> str | None:
    """The time of day of a datetime."""
    moment = read_moment(text, zone_name, stored_zone)
    return None if moment is None else moment.time().isoformat()


# Arithmetic -------------------------------------------------------------------------------------------------


def microseconds(span: datetime.timedelta) -> int:
    """A duration as it is stored."""
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def _operand(value: Any) -> Any:
    """A duration from a number of microseconds, a moment or time from text."""
    if isinstance(value, int):
        return datetime.timedelta(microseconds=value)
    if isinstance(value, float):
        return value
    moment = read_moment(value)
    if moment is not None:
        return moment
    return datetime.datetime.combine(datetime.date(1900, 1, 1), parse_time(value) or datetime.time.min)


def with_duration(operator: str, left: Any, right: Any) -> Any:
    """`left operator right` where one is a duration in microseconds."""
    if operator in "*/":
        return left * right if operator == "*" else left / right
    try:
        first, second = _operand(left), _operand(right)
        result = first + second if operator == "+" else first - second
    except (ValueError, TypeError, OverflowError):
        return None
    if isinstance(result, datetime.timedelta):
        return microseconds(result)
    # A time of day stays one.
    if not any(isinstance(value, str) and "-" in value for value in (left, right)):
        return result.time().isoformat()
    return str(result)


def time_difference(left: str, right: str) -> int:
    """Microseconds between two times of day."""
    ends = [parse_time(text) or datetime.time.min for text in (left, right)]
    today = datetime.date(1900, 1, 1)
    late, early = (datetime.datetime.combine(today, end) for end in ends)
    return microseconds(late - early)


def timestamp_difference(left: Any, right: Any) -> int | None:
    """Microseconds between two dates or datetimes."""
    late, early = read_moment(left), read_moment(right)
    return None if late is None or early is None else microseconds(late - early)
