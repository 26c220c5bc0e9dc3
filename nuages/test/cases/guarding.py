"""Keeping test cases away from databases they did not ask for."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from nuages.core.exceptions import ImproperlyConfigured
from nuages.db import connections

#: What a test may not do with a database it has not named, and what that is called in the message.
GUARDED = (
    ("connect", "connections"),
    ("temporary_connection", "connections"),
    ("cursor", "queries"),
    ("chunked_cursor", "queries"),
    ("fetch", "queries"),
    ("fetch_one", "queries"),
    ("fetch_chunks", "queries"),
    ("run", "queries"),
    ("run_many", "queries"),
)


class DatabaseOperationForbidden(AssertionError):
    """Raised when a test uses a database that is not among its `databases`."""


class Refusal:
    """Stands in the place of a connection's method and refuses to work; `wrapped` is what it replaced."""

    def __init__(self, wrapped: Any, message: str) -> None:
        self.wrapped = wrapped
        self.message = message

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise DatabaseOperationForbidden(self.message)


def checked_databases(case: type, databases: Any) -> frozenset[str]:
    """Return the aliases a test case may use. Raises `ImproperlyConfigured` for unknown ones."""
    if databases == "__all__":
        return frozenset(connections)
    for alias in databases:
        if alias not in connections:
            message = (
                f"{case.__module__}.{case.__qualname__}.databases refers to {alias!r} which is not defined in "
                "settings.DATABASES."
            )
            close = difflib.get_close_matches(alias, list(connections))
            raise ImproperlyConfigured(f"{message} Did you mean {close[0]!r}?" if close else message)
    return frozenset(databases)


def refuse(case: type, allowed: Iterable[str], template: str) -> list[Any]:
    """Make the connections outside `allowed` refuse; return what `release` needs."""
    refused = []
    for alias in set(connections) - set(allowed):
        connection = connections[alias]
        for name, operation in GUARDED:
            message = template % {
                "alias": alias,
                "operation": operation,
                "test": f"{case.__module__}.{case.__qualname__}",
            }
            setattr(connection, name, Refusal(getattr(connection, name), message))
        refused.append(connection)
    return refused


def release(refused: Iterable[Any]) -> None:
    """Undo `refuse`."""
    for connection in refused:
        for name, _ in GUARDED:
            vars(connection).pop(name, None)
