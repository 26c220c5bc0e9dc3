"""How long ago something was, or how long it is until then."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import Any

from nuages.utils.html import avoid_wrapping
from nuages.utils.timezone import is_aware
from nuages.utils.translation import gettext, ngettext_lazy

TIME_STRINGS: dict[str, Any] = {
    unit: ngettext_lazy(f"%(num)d {unit}", f"%(num)d {unit}s", "num")
    for unit in ("year", "month", "week", "day", "hour", "minute")
}

_SECONDS = {"week": 7 * 86400, "day": 86400, "hour": 3600, "minute": 60}
_UNITS = list(TIME_STRINGS)


def _months_later(moment: datetime, months: int) -> datetime:
    """Return the same day and time some months later; the last day of the month where there is no such day."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))


def timesince(
    d: Any,
    now: Any = None,
    reversed: bool = False,
    time_strings: dict[str, Any] | None = None,
    depth: int = 2,
) -> str:
    """Return the time from `d` to `now` (the present, if not given), such as "4 days, 6 hours".

    Up to `depth` neighbouring units are shown; minutes are the smallest. What lies ahead is "0 minutes".
    With `reversed` the time from `now` to `d`.
    """
    strings = TIME_STRINGS if time_strings is None else time_strings
    if depth <= 0:
        raise ValueError("depth must be greater than 0.")
    start = _moment(d)
    end = _moment(now) if now else datetime.now(UTC if is_aware(start) else None)
    if reversed:
        start, end = end, start
    # Differences of datetimes in one zone ignore its changes of offset; those in UTC do not.
    if is_aware(start) and is_aware(end):
        elapsed = end.astimezone(UTC) - start.astimezone(UTC)
        end = end.astimezone(start.tzinfo)
    else:
        elapsed = end - start
    if elapsed <= timedelta(0):
        return avoid_wrapping(strings["minute"] % {"num": 0})
    return _in_words(_counts(start, end, elapsed), strings, depth)


def _moment(value: Any) -> datetime:
    """Return a date as its midnight, and a datetime as it is."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    raise TypeError(f"expected a date or a datetime, got {value!r}")


def _counts(start: datetime, end: datetime, elapsed: timedelta) -> dict[str, int]:
    """Return how many of each unit lie between: whole months by the calendar, then the rest by the clock."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if (start.day, start.time()) > (end.day, end.time()):
        months -= 1
    counts = dict(zip(("year", "month"), divmod(months, 12)))
    # Only what is left after the months is measured; without any, all of it, exactly.
    rest = end - _months_later(start, months) if months else elapsed
    seconds = rest // timedelta(seconds=1)
    for unit, size in _SECONDS.items():
        counts[unit], seconds = divmod(seconds, size)
    return counts


def _in_words(counts: dict[str, int], strings: dict[str, Any], depth: int) -> str:
    shown = []
    for unit in _UNITS:
        if counts[unit]:
            shown.append(avoid_wrapping(strings[unit] % {"num": counts[unit]}))
        elif shown:
            # "2 weeks, 3 minutes" is more exact than anybody wants.
            break
        if len(shown) == depth:
            break
    return gettext(", ").join(shown) or avoid_wrapping(strings["minute"] % {"num": 0})


def timeuntil(d: Any, now: Any = None, time_strings: dict[str, Any] | None = None, depth: int = 2) -> str:
    """Return the time from `now` (the present, if not given) to `d`, as timesince does."""
    return timesince(d, now, reversed=True, time_strings=time_strings, depth=depth)
