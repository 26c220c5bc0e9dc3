"""How many threads to run: as many as keep the processor busy, and no more."""

from __future__ import annotations

#: A process that leaves its processor idle for more than this share of the time could run more threads,
IDLE = 0.25
#: and one that leaves less of it has more threads than it needs: they only take the interpreter from one another.
BUSY = 0.1
#: After so many looks at which nothing had moved there is a thread more, however busy the processor is,
STUCK = 10
#: and after so many at which the processor was busy there is one less.
LONG = 100


class Crew:
    """Says at each look, while work waits, by how many threads to change their number.

    `core` threads stay in any case; up to `crowd` are added while they wait often, up to `most` while they wait long.
    """

    def __init__(self, core: int, crowd: int, most: int) -> None:
        self.core, self.crowd, self.most = core, min(crowd, most), most
        self._still = 0
        self._full = 0

    def change(self, *, threads: int, waiting: int, none_free: bool, moved: bool, idle: float) -> int:
        """Return how many threads to add, or -1 to let one go.

        `waiting` is the work that no thread has taken yet, `moved` whether any has been taken since the last look,
        `idle` the share of that time in which the processor had nothing to do for this process.
        """
        self._still = self._still + 1 if none_free and not moved else 0
        self._full = self._full + 1 if idle < BUSY else 0
        if self._still and idle > IDLE:
            return min(waiting, max(1, threads // 2), self.most - threads)
        if self._still > STUCK:
            # Something long keeps the processor: the others take turns with it.
            self._still = 0
            return min(1, self.most - threads)
        if none_free and idle > IDLE and threads < self.crowd:
            return 1
        if self._full > LONG and threads > self.core:
            self._full = 0
            return -1
        return 0
