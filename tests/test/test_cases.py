"""When test cases set up what their tests need."""

from __future__ import annotations

import unittest
from typing import Any

from nuages.db import connection
from nuages.test import SimpleTestCase, TransactionTestCase, testcases


def events_of(*names: str, skipped: bool = False) -> list[str]:
    """Run tests of a case that notes what happens, and return that."""
    events: list[str] = []

    class Noting(TransactionTestCase):
        databases: Any = set()

        @classmethod
        def setUpClass(cls) -> None:
            super().setUpClass()
            events.append("class")

        @classmethod
        def _fixture_setup(cls) -> None:
            events.append("fixtures")

        def _fixture_teardown(self) -> None:
            events.append("flush")

        def note(self) -> None:
            events.append("test")

        test_one = test_two = unittest.skipIf(skipped, "not today")(note)

    assert unittest.TestSuite(Noting(name) for name in names).run(unittest.TestResult()).wasSuccessful()
    return events


def test_fixtures_are_there_when_a_class_is_set_up_and_for_each_test() -> None:
    assert events_of("test_one", "test_two") == [
        *("fixtures", "class", "test", "flush"),
        *("fixtures", "test", "flush"),
    ]


def test_what_was_set_up_for_no_test_is_undone() -> None:
    assert events_of("test_one", skipped=True) == ["fixtures", "class", "flush"]


def test_packages_can_tell_a_connection_that_a_test_may_not_use() -> None:
    seen: list[bool] = []

    class Looking(SimpleTestCase):
        def test_one(self) -> None:
            seen.append(isinstance(connection.cursor, testcases._DatabaseFailure))

    assert unittest.TestSuite([Looking("test_one")]).run(unittest.TestResult()).wasSuccessful()
    assert seen == [True]
    assert not isinstance(connection.cursor, testcases._DatabaseFailure)
