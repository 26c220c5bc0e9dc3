"""`SLOW_QUERY_SECONDS`: queries that take longer are logged, with the line of the site's code that asked.

Only the database's time counts: running a statement and fetching its rows, not what is done between. Parameters are
not logged, as they may be somebody's secrets; the log record has `duration`, `sql`, `alias`, `query_file` and `query_line`.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

logger = logging.getLogger("nuages.db.slow")

F = TypeVar("F", bound=Callable[..., Any])

_OURS = str(Path(__file__).parent.parent.parent)


class Stopwatch:
    """Adds up the time that a cursor spends with one statement, and reports it when it was too long."""

    __slots__ = ("alias", "limit", "spent", "sql")

    def __init__(self, alias: str, limit: float) -> None:
        self.alias, self.limit = alias, limit
        self.sql, self.spent = "", 0.0

    def begin(self, sql: Any) -> None:
        """A new statement: report the one before."""
        self.report()
        self.sql = sql

    def timed(self, function: F) -> F:
        """Return `function` so that the time of its calls counts."""

        @wraps(function)
        def measured(*args: Any, **kwargs: Any) -> Any:
            started = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.spent += time.perf_counter() - started

        return measured  # type: ignore[return-value]

    def report(self) -> None:
        """Log the statement if it was slow, and forget it."""
        spent, self.spent = self.spent, 0.0
        if spent <= self.limit:
            return
        filename, lineno = caller()
        logger.warning(
            "a query on %r took %.3f s (%s:%s): %s",
            self.alias,
            spent,
            filename,
            lineno,
            self.sql,
            extra={
                "duration": spent,
                "sql": self.sql,
                "alias": self.alias,
                "query_file": filename,
                "query_line": lineno,
            },
        )


def caller() -> tuple[str, int]:
    """Return file and line of the innermost code that is neither ours nor of a standard wrapper."""
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_machinery(frame.f_code.co_filename):
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


def _is_machinery(filename: str) -> bool:
    return filename.startswith((_OURS, "<")) or filename.endswith(("contextlib.py", "functools.py"))
