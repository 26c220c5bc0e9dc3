"""Dates and times between Python and the text that SQLite stores: what loaders, binders and converters call."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from nuages.conf import settings
from nuages.utils.dateparse import parse_date, parse_datetime, parse_time

__all__ = ["read_date", "read_datetime", "read_time", "reading_in", "write_datetime", "zone_of"]

_datetime = datetime.datetime.fromisoformat
_date = datetime.date.fromisoformat
_time = datetime.time.fromisoformat


def zone_of(connection: Any) -> datetime.tzinfo | None:
    """The zone that stored moments are in; None where they are to stay without one."""
    return connection.timezone if settings.USE_TZ else None


def reading_in(
    connection: Any,
) -> tuple[datetime.tzinfo | None, Callable[[str], datetime.datetime | None], str]:
    """The zone of stored moments, what reads one in it, and what has to be put after its text for that."""
    if not settings.USE_TZ:
        return None, _datetime, ""
    zone = connection.timezone
    if zone is datetime.UTC:
        # Read together with the moment. Putting a zone on it afterwards takes longer than all the reading.
        return zone, _datetime, "Z"
    if zone is None:
        return None, _datetime, ""
    return zone, lambda text: read_datetime(text, zone), ""


def read_datetime(value: Any, zone: datetime.tzinfo | None) -> datetime.datetime | None:
    """A stored moment, or one that the driver has read, in `zone` unless it has its own."""
    if type(value) is str:
        try:
            value = _datetime(value)
        except ValueError:
            value = parse_datetime(value)
    if zone is not None and value is not None and value.tzinfo is None:
        return value.replace(tzinfo=zone)
    return value


def read_date(text: str) -> datetime.date | None:
    """A stored date."""
    try:
        return _date(text)
    except ValueError:
        return parse_date(text)


def read_time(text: str) -> datetime.time | None:
    """A stored time of day."""
    try:
        return _time(text)
    except ValueError:
        return parse_time(text)


def write_datetime(value: datetime.datetime, connection: Any) -> str | None:
    """The text of a moment; None where it has to be moved to another zone first, or refused."""
    if not settings.USE_TZ:
        return value.isoformat(" ") if value.tzinfo is None else None
    return value.replace(tzinfo=None).isoformat(" ") if value.tzinfo is connection.timezone else None
