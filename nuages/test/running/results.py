"""Test results that show more: the queries of failed tests, a debugger."""

from __future__ import annotations

import io
import logging
import unittest
from collections.abc import Callable
from copy import copy
from functools import cache
from typing import Any

from nuages.db import connections

logger = logging.getLogger("django.db.backends")


class QueryFormatter(logging.Formatter):
    """Formats records of queries with their SQL laid out for people, by the database that ran it.

    The SQL is the argument or the attribute `sql` of a record, or the second of its arguments, as the framework logs.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's text."""
        alias: Any = getattr(record, "alias", None)
        if alias in connections:
            record = copy(record)
            self._lay_out(record, cache(connections[alias].ops.format_debug_sql))
        return super().format(record)

    def _lay_out(self, record: Any, laid_out: Callable[[str], str]) -> None:
        match record.args:
            case {"sql": str(sql)}:
                record.args = {**record.args, "sql": laid_out(sql)}
            case (first, str(sql), *rest):
                record.args = (first, laid_out(sql), *rest)
        if attached := getattr(record, "sql", None):
            record.sql = laid_out(attached)


class DebugSQLTextTestResult(unittest.TextTestResult):
    """Keeps the queries of each test and prints them with failures."""

    def __init__(self, stream: Any, descriptions: bool, verbosity: int, **options: Any) -> None:
        self.logger = logger
        self.level_before = logger.level
        logger.setLevel(logging.DEBUG)
        self.debug_sql_stream: io.StringIO | None = None
        super().__init__(stream, descriptions, verbosity, **options)

    def startTest(self, test: Any) -> None:
        """Start to record."""
        self.debug_sql_stream = io.StringIO()
        self.handler = logging.StreamHandler(self.debug_sql_stream)
        self.handler.setFormatter(QueryFormatter())
        self.logger.addHandler(self.handler)
        super().startTest(test)

    def stopTest(self, test: Any) -> None:
        """Stop recording, and print what was recorded if all tests are to be shown."""
        super().stopTest(test)
        self.logger.removeHandler(self.handler)
        if self.showAll and self.debug_sql_stream is not None:
            self.stream.write(self.debug_sql_stream.getvalue())
            self.stream.writeln(self.separator2)

    def addError(self, test: Any, err: Any) -> None:
        """Keep the queries with the error."""
        super().addError(test, err)
        self.errors[-1] = (*self.errors[-1], self._recorded())  # type: ignore[assignment]

    def addFailure(self, test: Any, err: Any) -> None:
        """Keep the queries with the failure."""
        super().addFailure(test, err)
        self.failures[-1] = (*self.failures[-1], self._recorded())  # type: ignore[assignment]

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        """Keep the queries with a failed part of a test."""
        super().addSubTest(test, subtest, err)
        if err is not None:
            found = self.failures if issubclass(err[0], test.failureException) else self.errors
            found[-1] = (*found[-1], self._recorded())  # type: ignore[assignment]

    def _recorded(self) -> str:
        # An error in setUpClass comes before any test.
        return self.debug_sql_stream.getvalue() if self.debug_sql_stream is not None else ""

    def printErrorList(self, flavour: str, errors: Any) -> None:
        """Print each error with its queries."""
        for test, trace, recorded in errors:
            for line in (self.separator1, f"{flavour}: {self.getDescription(test)}", self.separator2, trace):
                self.stream.writeln(line)
            self.stream.writeln(self.separator2)
            self.stream.writeln(recorded)


class PDBDebugResult(unittest.TextTestResult):
    """Opens a debugger at each failure."""

    def addError(self, test: Any, err: Any) -> None:
        """Report, then debug."""
        super().addError(test, err)
        self.debug(err)

    def addFailure(self, test: Any, err: Any) -> None:
        """Report, then debug."""
        super().addFailure(test, err)
        self.debug(err)

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        """Report, then debug."""
        if err is not None:
            self.debug(err)
        super().addSubTest(test, subtest, err)

    def debug(self, error: Any) -> None:
        """Open the debugger at the innermost frame that is not unittest's."""
        import pdb

        self._restoreStdout()  # type: ignore[attr-defined]
        self.buffer = False
        _, value, trace = error
        print(f"\nOpening PDB: {value!r}")
        frames = []
        while trace is not None:
            frames.append(trace)
            trace = trace.tb_next
        kept = [frame for frame in frames if "__unittest" not in frame.tb_frame.f_globals] or frames
        pdb.post_mortem(kept[-1])
