"""What the works share: importing `django` as one or the other, and timing."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable


def choose(implementation: str) -> None:
    """Make `import django` mean the implementation that is measured."""
    if implementation == "nuages":
        from nuages.compat import install

        install()


def timed(work: Callable[[], object], seconds: float = 0.25) -> float:
    """Return the seconds that one call takes: the best of several rounds, after a warm-up."""
    work()
    started = time.perf_counter()
    work()
    number = max(1, int(seconds / 4 / max(1e-7, time.perf_counter() - started)))
    rounds = []
    for _ in range(4):
        started = time.perf_counter()
        for _ in range(number):
            work()
        rounds.append((time.perf_counter() - started) / number)
    return min(rounds)


def report(results: dict[str, float]) -> None:
    """Hand the results to whoever started this process."""
    sys.stdout.write(json.dumps(results) + "\n")
