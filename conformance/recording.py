"""Executed, after the prelude, by a process that runs several labels: writes how each test ends.

A line `outcome<TAB>test` each, into the file that CONFORMANCE_RECORD names.
"""

import os
import unittest
from collections.abc import Callable
from typing import Any


def _note(outcome: str, test: Any) -> None:
    with open(os.environ["CONFORMANCE_RECORD"], "a", encoding="utf-8") as record:
        record.write(f"{outcome}\t{test.id()}\n")


def _noting(method: Callable[..., None], outcome: str) -> Callable[..., None]:
    def noting(self: Any, test: Any, *rest: Any) -> None:
        _note(outcome, test)
        method(self, test, *rest)

    return noting


def _noting_parts(method: Callable[..., None]) -> Callable[..., None]:
    def noting(self: Any, test: Any, part: Any, error: Any) -> None:
        if error is not None:
            _note("failed" if issubclass(error[0], test.failureException) else "errors", test)
        method(self, test, part, error)

    return noting


_result: Any = unittest.TestResult
for _name, _outcome in (
    ("addSuccess", "passed"),
    ("addExpectedFailure", "passed"),
    ("addFailure", "failed"),
    ("addUnexpectedSuccess", "failed"),
    ("addError", "errors"),
    ("addSkip", "skipped"),
):
    setattr(_result, _name, _noting(getattr(_result, _name), _outcome))
_result.addSubTest = _noting_parts(_result.addSubTest)
