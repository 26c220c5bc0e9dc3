"""Writing durations."""

from __future__ import annotations

from datetime import timedelta


def _get_duration_components(duration: timedelta) -> tuple[int, int, int, int, int]:
    minutes, seconds = divmod(duration.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return duration.days, hours, minutes, seconds, duration.microseconds


def _fraction(microseconds: int) -> str:
    return f".{microseconds:06}" if microseconds else ""


def duration_string(duration: timedelta) -> str:
    """Return "D HH:MM:SS.ffffff", without the days or the fraction where they are zero."""
    days, hours, minutes, seconds, microseconds = _get_duration_components(duration)
    clock = f"{hours:02}:{minutes:02}:{seconds:02}{_fraction(microseconds)}"
    return f"{days} {clock}" if days else clock


def duration_iso_string(duration: timedelta) -> str:
    """Return the duration as ISO 8601 writes it: "P1DT01H03M05S"."""
    sign = "-" if duration < timedelta(0) else ""
    days, hours, minutes, seconds, microseconds = _get_duration_components(abs(duration))
    return f"{sign}P{days}DT{hours:02}H{minutes:02}M{seconds:02}{_fraction(microseconds)}S"


def duration_microseconds(delta: timedelta) -> int:
    """Return the duration in microseconds."""
    return delta // timedelta(microseconds=1)
