"""What the works share: importing `django` as one or the other, and timing."""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from collections.abc import Callable

#: Rounds end after so long, once there are two.
MOST_SECONDS = 1.0


def choose(implementation: str) -> None:
    """Make `import django` mean the implementation that is measured."""
    if implementation == "nuages":
        from nuages.compat import install

        install()


def set_up(*apps: str) -> None:
    """Set up a project with some applications, on SQLite in memory."""
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="benchmark",
        INSTALLED_APPS=apps,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()


def timed(
    work: Callable[[], object], seconds: float = 0.25, clock: Callable[[], float] = time.process_time
) -> float:
    """Return the seconds of processor time that one call takes: the best of several rounds, after a warm-up.

    Time on the clock would count what others do on the machine, too; another `clock` is for work that waits. Slow
    work is repeated less often.
    """
    work()
    started = clock()
    work()
    number = max(1, int(seconds / 8 / max(1e-7, clock() - started)))
    rounds: list[float] = []
    while len(rounds) < 8 and (len(rounds) < 2 or number * sum(rounds) < MOST_SECONDS):
        started = clock()
        for _ in range(number):
            work()
        rounds.append((clock() - started) / number)
    return min(rounds)


def report(results: dict[str, float]) -> None:
    """Hand the results to whoever started this process."""
    sys.stdout.write(json.dumps(results) + "\n")


def memory() -> int:
    """Return the bytes of memory that this process holds."""
    gc.collect()
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()
