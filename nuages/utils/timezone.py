"""Time zones: the default one, the current one, and datetimes between them; specified in ref/utils."""

from __future__ import annotations

from contextlib import ContextDecorator
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any

from nuages.utils.memo import worked_out_from

__all__ = [
    "activate",
    "deactivate",
    "get_current_timezone",
    "get_current_timezone_name",
    "get_default_timezone",
    "get_default_timezone_name",
    "get_fixed_timezone",
    "is_aware",
    "is_naive",
    "localdate",
    "localtime",
    "make_aware",
    "make_naive",
    "now",
    "override",
    "template_localtime",
]

# A context variable: each thread, task and request has its own current time zone.
_active: ContextVar[tzinfo | None] = ContextVar("active_timezone", default=None)


def get_fixed_timezone(offset: timedelta | int) -> timezone:
    """Return a time zone with a fixed offset from UTC, in minutes or as a timedelta; east is positive."""
    if isinstance(offset, timedelta):
        offset = round(offset.total_seconds()) // 60
    hours, minutes = divmod(abs(offset), 60)
    return timezone(timedelta(minutes=offset), f"{'-' if offset < 0 else '+'}{hours:02}{minutes:02}")


@worked_out_from("TIME_ZONE", "USE_TZ")
def get_default_timezone() -> tzinfo:
    """Return the time zone that TIME_ZONE names."""
    from zoneinfo import ZoneInfo

    from nuages.conf import settings

    return ZoneInfo(settings.TIME_ZONE)


def get_default_timezone_name() -> str:
    """Return the name of the default time zone."""
    return _get_timezone_name(get_default_timezone())


def get_current_timezone() -> tzinfo:
    """Return the time zone that is active in this context, or the default one."""
    return _active.get() or get_default_timezone()


def get_current_timezone_name() -> str:
    """Return the name of the current time zone."""
    return _get_timezone_name(get_current_timezone())


def _get_timezone_name(timezone: tzinfo) -> str:
    """Return the offset of a fixed zone where it has no name, else the name of the zone."""
    return timezone.tzname(None) or str(timezone)


def activate(timezone: tzinfo | str) -> None:
    """Make this time zone, or the one of this name, the current one of this context."""
    _active.set(_zone(timezone))


def _zone(timezone: tzinfo | str) -> tzinfo:
    if isinstance(timezone, tzinfo):
        return timezone
    if isinstance(timezone, str):
        from zoneinfo import ZoneInfo

        return ZoneInfo(timezone)
    raise ValueError(f"Invalid timezone: {timezone!r}")


def deactivate() -> None:
    """Make the default time zone the current one again."""
    _active.set(None)


class override(ContextDecorator):
    """Make a time zone the current one for a block or a function; None stands for the default one."""

    def __init__(self, timezone: tzinfo | str | None) -> None:
        self.timezone = timezone
        self._before: list[tzinfo | None] = []

    def __enter__(self) -> None:
        self._before.append(_active.get())
        if self.timezone is None:
            deactivate()
        else:
            activate(self.timezone)

    def __exit__(self, *exc: object) -> None:
        _active.set(self._before.pop())


def template_localtime(value: Any, use_tz: bool | None = None) -> Any:
    """Return an aware datetime in the current time zone, as templates show it; anything else as it is."""
    if (
        not isinstance(value, datetime)
        or is_naive(value)
        or not getattr(value, "convert_to_local_time", True)
    ):
        return value
    return localtime(value) if (_use_tz() if use_tz is None else use_tz) else value


def localtime(value: datetime | None = None, timezone: tzinfo | None = None) -> datetime:
    """Return an aware datetime, now if none is given, in another time zone: by default the current one."""
    if value is None:
        value = now()
    if is_naive(value):
        raise ValueError("localtime() cannot be applied to a naive datetime")
    return value.astimezone(timezone or get_current_timezone())


def localdate(value: datetime | None = None, timezone: tzinfo | None = None) -> date:
    """Return the date of an aware datetime, now if none is given, in another time zone."""
    return localtime(value, timezone).date()


@worked_out_from("USE_TZ")
def _use_tz() -> bool:
    from nuages.conf import settings

    return settings.USE_TZ


def now() -> datetime:
    """Return the present time: aware, in UTC, with USE_TZ; else naive, in local time."""
    return datetime.now(tz=UTC if _use_tz() else None)


def is_aware(value: Any) -> bool:
    """Return whether a datetime knows its offset from UTC."""
    return value.utcoffset() is not None


def is_naive(value: Any) -> bool:
    """Return whether a datetime knows no offset from UTC."""
    return value.utcoffset() is None


def make_aware(value: datetime, timezone: tzinfo | None = None) -> datetime:
    """Return a naive datetime as one in this time zone: by default the current one."""
    if is_aware(value):
        raise ValueError(f"make_aware expects a naive datetime, got {value}")
    return value.replace(tzinfo=timezone or get_current_timezone())


def make_naive(value: datetime, timezone: tzinfo | None = None) -> datetime:
    """Return an aware datetime as the time that clocks show in this time zone: by default the current one."""
    if is_naive(value):
        raise ValueError("make_naive() cannot be applied to a naive datetime")
    return value.astimezone(timezone or get_current_timezone()).replace(tzinfo=None)


def _datetime_ambiguous_or_imaginary(dt: datetime, tz: tzinfo) -> bool:
    """Return whether clocks in this zone show this time twice, or never."""
    return tz.utcoffset(dt.replace(fold=not dt.fold)) != tz.utcoffset(dt)
