"""Reading moments: the server tells them in the session's zone, the models want them in the connection's, or in none.

The session's zone is the connection's, so the clock that the server tells is right already. Turning it into a moment
in UTC and back, as psycopg does for sessions of any zone, would be a third of what a list of objects takes.
"""

from __future__ import annotations

import datetime
from functools import cache
from typing import Any

from psycopg import DataError, adapters
from psycopg.adapt import Loader
from psycopg.pq import Format

__all__ = ["loader_for", "stored_loader"]

_MOMENT, _CLOCK = adapters.types["timestamptz"].oid, adapters.types["timestamp"].oid


def _fastest(oid: int) -> type[Any]:
    """psycopg's own loader of a type: the one in C, where it has that."""
    found = adapters.get_loader(oid, Format.TEXT)
    assert found is not None
    return found


class _Zoned(Loader):
    """Gives what is read the connection's zone."""

    zone: datetime.tzinfo | None = None
    #: What reads the same for those who give it the zone themselves.
    stored: type[Any] = _fastest(_MOMENT)

    def __init__(self, oid: int, context: Any = None) -> None:
        super().__init__(oid, context)
        # It is asked rather than inherited from, which psycopg's loaders in C do not allow.
        self._load = self.stored(oid, context).load

    def load(self, data: Any) -> datetime.datetime:
        moment: datetime.datetime = self._load(data)
        return moment.replace(tzinfo=self.zone)


def _reads_clocks(loader: type[Any]) -> bool:
    """Whether a loader of moments without a zone passes over an offset: psycopg's in C does."""
    try:
        moment = loader(_CLOCK).load(b"2026-11-22 10:00:00-06")
    except DataError:
        return False
    return bool(moment == datetime.datetime(2026, 11, 22, 10))


#: Reads the clock alone.
_CLOCK_LOADER: type[Any] = _fastest(_CLOCK) if _reads_clocks(_fastest(_CLOCK)) else _Zoned


@cache
def loader_for(zone: datetime.tzinfo | None) -> type[Any]:
    """What reads moments as datetimes of a zone, naive where that is None."""
    # A clock that is put back shows an hour twice, and only the offset tells which of the two it is.
    stored = _CLOCK_LOADER if zone is datetime.UTC else _fastest(_MOMENT)
    return type("ZonedLoader", (_Zoned,), {"zone": zone, "stored": stored})


def stored_loader(used: Any) -> type[Any]:
    """What reads moments for loaders of rows, which give them their zone, from the adapters that are used otherwise."""
    loader = used.get_loader(_MOMENT, Format.TEXT)
    return loader.stored if issubclass(loader, _Zoned) else loader
