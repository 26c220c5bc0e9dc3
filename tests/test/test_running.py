"""What the runner keeps and shows of tests."""

from __future__ import annotations

import logging
import sys
import unittest
from typing import Any
from unittest import mock

import pytest

from nuages.test.runner import DiscoverRunner, ParallelTestSuite, QueryFormatter, RemoteTestResult
from nuages.test.utils import iter_test_cases


class Case(unittest.TestCase):
    def runTest(self) -> None:
        """Nothing is run."""


def test_cases_are_found_in_suites_within_suites() -> None:
    one, two = Case(), Case()
    assert list(iter_test_cases(unittest.TestSuite([one, unittest.TestSuite([two])]))) == [one, two]
    with pytest.raises(TypeError, match="must be a test case or test suite not string"):
        list(iter_test_cases("abc"))


def record(message: str, *args: Any, **extra: Any) -> logging.LogRecord:
    made = logging.LogRecord("django.db.backends", logging.DEBUG, __file__, 1, message, args, None)
    made.__dict__.update(extra)
    return made


def test_queries_are_laid_out_wherever_a_record_carries_them() -> None:
    sql, laid_out = "select a from b", "SELECT a\nFROM b"
    formatter = QueryFormatter()
    assert formatter.format(record("(%.3f) %s", 1.5, sql, alias="default")) == f"(1.500) {laid_out}"
    assert formatter.format(record("%(sql)s", {"sql": sql}, alias="default")) == laid_out
    assert QueryFormatter("%(sql)s").format(record("", alias="default", sql=sql)) == laid_out
    assert QueryFormatter("%(sql)s").format(record("", alias="default", sql=None)) == "None"
    # Whose it is, nobody can say.
    assert formatter.format(record("(%.3f) %s", 1.5, sql, alias="nobody")) == f"(1.500) {sql}"
    assert formatter.format(record("%s", sql)) == sql


def test_a_record_stays_as_it_was_for_other_handlers() -> None:
    made = record("(%.3f) %s", 1.5, "select 1", alias="default", sql="select 1")
    QueryFormatter().format(made)
    assert made.args == (1.5, "select 1")


def test_a_remote_result_knows_whether_it_went_well() -> None:
    result = RemoteTestResult()
    assert result.wasSuccessful()
    case = Case()
    result.startTest(case)
    result.addSkip(case, "not today")
    assert result.wasSuccessful()
    result.addUnexpectedSuccess(case)
    assert not result.wasSuccessful()


@pytest.mark.skipif(sys.version_info < (3, 12), reason="unittest measures from 3.12 on")
def test_a_remote_result_keeps_how_long_tests_took() -> None:
    result = RemoteTestResult()
    result.addDuration(None, 2.3)
    assert result.collectedDurations == [("None", 2.3)]


def test_an_error_outside_any_test_is_played_into_a_result_that_buffers() -> None:
    class Broken(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            raise ValueError("woops")

        def test_nothing(self) -> None:
            """It is never run."""

    away = RemoteTestResult()
    suite = unittest.TestSuite([Broken("test_nothing")])
    with mock.patch.object(away, "check_picklable"):
        suite.run(away)
    here, before = unittest.TestResult(), sys.stdout
    here.buffer = True
    for event in away.events:
        ParallelTestSuite([], processes=2).handle_event(here, list(suite), event)
    assert "ValueError: woops" in here.errors[0][1]
    assert sys.stdout is before


def test_a_module_without_tests_does_not_bring_those_beside_it() -> None:
    assert DiscoverRunner(verbosity=0).build_suite(["tests.test"]).countTestCases() > 0
    assert DiscoverRunner(verbosity=0).build_suite(["tests.clusters"]).countTestCases() == 0


def test_what_fails_first_is_raised_and_what_fails_after_it_is_noted() -> None:
    runner = DiscoverRunner(verbosity=0)
    with (
        mock.patch.multiple(runner, setup_test_environment=mock.DEFAULT, setup_databases=mock.DEFAULT),
        mock.patch.object(runner, "build_suite", return_value=unittest.TestSuite()),
        mock.patch.object(runner, "run_checks", side_effect=LookupError("first")),
        mock.patch.object(runner, "teardown_databases", side_effect=ValueError("second")),
        pytest.raises(LookupError) as caught,
    ):
        runner.run_tests([])
    assert caught.value.__notes__ == ["Tearing down failed, too: ValueError('second')"]
