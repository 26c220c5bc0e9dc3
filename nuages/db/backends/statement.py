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


def qmarks(sql: str) -> str:
    """Turn `%s` placeholders into `?` and `%%` into `%`."""
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

    `slow` becomes true when running it has held up an event loop; from then on it runs in a thread there.
    """

    __slots__ = ("_native", "name", "qmark", "slow", "sql", "writes")

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.qmark = qmarks(sql)
        self.writes = changes_data(sql)
        self.slow = False
        self.name: str | None = None
        self._native: dict[Callable[[str], str], str] = {}

    def native(self, convert: Callable[[str], str]) -> str:
        """Return the form a driver wants, made by `convert` on the first call."""
        found = self._native.get(convert)
        if found is None:
            found = self._native[convert] = convert(self.sql)
        return found

    def __repr__(self) -> str:
        return f"Statement({self.sql!r})"
