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

#: So many runs must speak against what we think of a statement before we change our mind.
RUNS_IN_A_ROW = 3


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


class Statement:
    """SQL with `%s` placeholders and its other forms; made once per plan and kept with it.

    `slow` is true while running it would hold up an event loop: then it runs in a thread there. One long run proves
    nothing, as the machine may have been busy; so it takes some in a row to change it, either way.
    """

    __slots__ = ("_native", "_surprises", "name", "qmark", "slow", "sql", "writes")

    def __init__(self, sql: str, stored: str | None = None) -> None:
        """`stored` asks the same of a driver that would convert columns, and leaves that to the loader."""
        self.sql = sql
        self.qmark = qmarks(stored or sql)
        self.writes = changes_data(sql)
        self.slow = False
        self._surprises = 0
        self.name: str | None = None
        self._native: dict[Callable[[str], str], str] = {}

    def took(self, seconds: float) -> None:
        """Note how long a run has taken."""
        if (seconds > SLOW_SECONDS) == self.slow:
            self._surprises = 0
            return
        self._surprises += 1
        if self._surprises == RUNS_IN_A_ROW:
            self.slow = not self.slow
            self._surprises = 0

    @property
    def doubtful(self) -> bool:
        """Whether the last run spoke against what we think of the statement."""
        return self._surprises > 0

    def native(self, convert: Callable[[str], str]) -> str:
        """Return the form a driver wants, made by `convert` on the first call."""
        found = self._native.get(convert)
        if found is None:
            found = self._native[convert] = convert(self.sql)
        return found

    def __repr__(self) -> str:
        return f"Statement({self.sql!r})"
