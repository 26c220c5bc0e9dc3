"""Reading what the suites of packages say."""

from __future__ import annotations

import pytest

from conformance.packages.catalogue import CATALOGUE
from conformance.packages.running import Outcome, read


@pytest.mark.parametrize(
    ("output", "outcome"),
    [
        ("5 failed, 1618 passed, 9 skipped, 4 warnings in 5.92s\n", Outcome(1618, 5)),
        ("=== 2 passed, 1 error in 75.95s (0:01:15) ===\n", Outcome(2, 1)),
        ("no tests collected, 1 error in 0.20s\n", Outcome(0, 1)),
        ("Ran 12 tests in 0.1s\n\nOK (skipped=2)\n", Outcome(10, 0)),
        ("Ran 12 tests in 0.1s\n\nFAILED (failures=1, errors=2)\n", Outcome(9, 3)),
        ("Ran 3 tests in 0.1s\n\nOK\n", Outcome(3, 0)),
        ("ModuleNotFoundError: No module named 'nowhere'\n", Outcome(0, 0)),
    ],
)
def test_the_last_line_of_a_suite_tells_its_outcome(output: str, outcome: Outcome) -> None:
    assert read(output) == outcome


def test_packages_are_named_once() -> None:
    assert len({package.name for package in CATALOGUE}) == len(CATALOGUE)
