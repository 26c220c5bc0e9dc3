"""Putting input formats together, for the modules of formats beside this one."""

from __future__ import annotations

from collections.abc import Iterable

CLOCKS = ("%H:%M:%S", "%H:%M:%S.%f", "%H:%M")


def days(separators: Iterable[str], order: str = "dmY") -> list[str]:
    """Return date input formats with these separators: for each, the year with four digits and with two."""
    formats = []
    for separator in separators:
        for year in "Yy":
            formats.append(separator.join(f"%{part}" for part in order.replace("Y", year)))
    return formats


def moments(dates: Iterable[str], clocks: Iterable[str] = CLOCKS) -> list[str]:
    """Return datetime input formats: each date with each clock."""
    clocks = tuple(clocks)
    return [f"{date} {clock}" for date in dates for clock in clocks]
