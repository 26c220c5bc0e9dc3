"""Fair turns at the write lock of an SQLite file.

SQLite lets one connection write at a time; the others try again until a time-out, and nothing says who gets in
next. In one process we can do better: writers of the same file stand in one line, whatever lane they run in, so
that each gets its turn. Other processes are not in that line: against them we try again, without ever holding
an event loop.
"""

from __future__ import annotations

import sqlite3
import time
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

from nuages.db.backends.base.queueing import Line, pause

T = TypeVar("T")

FIRST_PAUSE, LONGEST_PAUSE = 0.001, 0.05


class WriteLine(Line):
    """The line of the writers of one file."""

    __slots__ = ("__weakref__",)


_lines: weakref.WeakValueDictionary[str, WriteLine] = weakref.WeakValueDictionary()


def line_of(path: str) -> WriteLine:
    """Return the line of a database file."""
    line = _lines.get(path)
    if line is None:
        line = _lines.setdefault(path, WriteLine())
    return line


def is_busy(error: BaseException) -> bool:
    """Say whether somebody else's lock was in the way (and a new attempt can help)."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY and code != sqlite3.SQLITE_BUSY_SNAPSHOT


def patiently(call: Callable[..., T], *args: Any, until: float) -> T:
    """Call again while the database is busy, until the moment `until` (of time.monotonic)."""
    interval = FIRST_PAUSE
    while True:
        try:
            return call(*args)
        except sqlite3.OperationalError as error:
            left = until - time.monotonic()
            if left <= 0 or not is_busy(error):
                raise
        pause(min(interval, left))
        interval = min(interval * 1.5, LONGEST_PAUSE)
