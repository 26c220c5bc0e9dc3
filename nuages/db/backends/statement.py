"""`Statement`: SQL that is run many times, with what is worth knowing about it found out once."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

_PLACEHOLDER = re.compile(r"%(%|s)")
_LEADING = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*([A-Za-z]+)", re.DOTALL)
_READS = frozenset(
    {
        "SELECT",
        "EXPLAIN",
        "PRAGMA",
        "VALUES",
        "SAVEPOINT",
        "RELEASE",
        "ROLLBACK",
        "COMMIT",
        "BEGIN",
        "END",
        "SHOW",
        "ATTACH",
        "DETACH",
    }
)
_WITH_WRITES = re.compile(r"\b(?:INSERT|UPDATE|DELETE|REPLACE|MERGE)\b", re.IGNORECASE)


#: A statement that would hold the loop longer than this runs in a thread.
SLOW_SECONDS = 0.004

#: A run of this length, on the thread's own clock, needs no third one to confirm it.
VERY_SLOW_SECONDS = 0.1

#: So many runs must speak against what we think of a statement before we change our mind; and at most so many.
RUNS_IN_A_ROW, MOST_RUNS_IN_A_ROW = 3, 1024


def qmarks(sql: str) -> str:
    """Turn `%s` placeholders into `?` and `%%` into `%`."""
    if "%%" not in sql:
        return sql.replace("%s", "?")
    return _PLACEHOLDER.sub(lambda found: "?" if found[1] == "s" else "%", sql)


def verb(sql: str) -> str:
    """Return the first word of a statement in capitals."""
    found = _LEADING.match(sql)
    return found[1].upper() if found else ""


@lru_cache(maxsize=2048)
def changes_data(sql: str) -> bool:
    """Say whether a statement may write. In doubt it does."""
    word = verb(sql)
    if word == "WITH":
        return _WITH_WRITES.search(sql) is not None
    return word not in _READS


class Pace:
    """Whether something holds up an event loop: `slow` means that it runs in a thread there.

    One long run proves nothing, as the machine may have been busy; so it takes some in a row to change it, either way
    (two, where the second was very long). What turns out slow again has to be quick for twice as long the next time.
    """

    __slots__ = ("_needed", "_surprises", "calm", "slow")

    def __init__(self) -> None:
        self.slow = False
        self._surprises = 0
        #: Whether it is quick and nothing speaks against that: another quick run tells nothing new.
        self.calm = True
        #: So many quick runs in a row end being slow.
        self._needed = RUNS_IN_A_ROW

    def took(self, seconds: float) -> None:
        """Note how long a run has taken."""
        if (seconds > SLOW_SECONDS) == self.slow:
            self._surprises = 0
            self.calm = not self.slow
            return
        self._surprises += 1
        self.calm = False
        if self.slow:
            if self._surprises >= self._needed:
                self._turn(slow=False)
                self._needed = min(self._needed * 2, MOST_RUNS_IN_A_ROW)
        elif self._surprises >= RUNS_IN_A_ROW or (self._surprises > 1 and seconds > VERY_SLOW_SECONDS):
            self._turn(slow=True)

    @property
    def doubtful(self) -> bool:
        """Whether the last run spoke against what we think of it."""
        return self._surprises > 0

    def _turn(self, slow: bool) -> None:
        self.slow, self._surprises = slow, 0
        self.calm = not slow


@lru_cache(maxsize=4096)
def pace_of(what: str, sql: str) -> Pace:
    """Return what is known about running ("run") this SQL or reading its rows ("read")."""
    return Pace()


class Statement:
    """SQL with `%s` placeholders and its other forms; made once per plan and kept with it."""

    __slots__ = ("_native", "_pace", "fills_columns", "name", "qmark", "reads_stored", "sql", "writes")

    def __init__(
        self, sql: str, stored: str | None = None, reads_stored: bool = False, fills_columns: bool = False
    ) -> None:
        """`stored` asks the same of a driver that would convert columns, and leaves that to the loader.

        `reads_stored` says that the loader takes every column as it is stored, `fills_columns` that every parameter is
        the value of a column, so that a server knows its type without seeing it.
        """
        self.sql = sql
        self.fills_columns = fills_columns
        self.reads_stored = reads_stored
        self._pace: Pace | None = None
        self.qmark = qmarks(stored or sql)
        self.writes = changes_data(sql)
        self.name: str | None = None
        self._native: dict[Callable[[str], str], str] = {}

    @property
    def pace(self) -> Pace:
        """How quick it is. Plans that are made anew for each execution share it by their SQL."""
        if self._pace is None:
            self._pace = pace_of("run", self.sql)
        return self._pace

    def native(self, convert: Callable[[str], str]) -> str:
        """Return the form a driver wants, made by `convert` on the first call."""
        found = self._native.get(convert)
        if found is None:
            found = self._native[convert] = convert(self.sql)
        return found

    def __repr__(self) -> str:
        return f"Statement({self.sql!r})"
