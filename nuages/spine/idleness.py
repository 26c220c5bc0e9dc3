"""Whether this process leaves the processor idle, or others keep it from it."""

from __future__ import annotations

import os
import time
from pathlib import Path

_TASKS = Path("/proc/self/task")


def seconds_in_line() -> float:
    """Return for how long the threads of this process have been ready to run while others ran (Linux; elsewhere 0)."""
    nanoseconds = 0
    try:
        threads = os.listdir(_TASKS)
    except OSError:
        return 0.0
    for thread in threads:
        try:
            nanoseconds += int((_TASKS / thread / "schedstat").read_text().split()[1])
        except (OSError, IndexError):  # it has just ended, or the kernel does not count
            continue
    return nanoseconds / 1e9


class Idleness:
    """Looks at the time that the process used, again and again while somebody wants to know.

    What others took from it is looked up only where it seems to have been idle: that costs a system call a thread.
    """

    def __init__(self, suspicious: float) -> None:
        self._suspicious = suspicious
        self.begin()

    def begin(self) -> None:
        """Begin anew: what was before does not count."""
        self._then, self._used = time.monotonic(), time.process_time()
        self._in_line: float | None = None

    def since_last_look(self) -> float:
        """Return the share of the time since the last look in which the process had nothing to do.

        Where it seems to be large for the first time, it is not believed before the next look.
        """
        now, used = time.monotonic(), time.process_time()
        idle = 1 - (used - self._used) / max(now - self._then, 1e-6)
        in_line = None
        if idle > self._suspicious:
            in_line = seconds_in_line()
            if self._in_line is None:
                idle = self._suspicious
            else:
                idle -= max(0.0, in_line - self._in_line) / (now - self._then)
        self._then, self._used, self._in_line = now, used, in_line
        return idle
