"""Rows that reading one instance's brought for its peers too, and how long they stand for those in the database.

They must never be older than somebody who asks would expect:

* inside a transaction they hold for reads of the same transaction, up to a rollback to a savepoint;
* outside of one they hold for reads outside of one, for a few seconds, on the same connection, that is, in the
  same request: a loop that waits for another process to write sees what it waits for;
* a write through models to one of their tables, by anybody in this process, ends them, and so does any statement
  that may write and was run by hand through a cursor.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Self

#: How long rows hold outside of a transaction.
SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Moment:
    """What the connection stood at, and how often the tables had been written to."""

    period: object
    write_counts: tuple[int, ...]
    #: None inside of a transaction.
    clock: float | None

    @classmethod
    def of(cls, connection: Any, write_counts: tuple[int, ...]) -> Self:
        """The present moment."""
        inside = connection.in_atomic_block or not connection.autocommit
        return cls(connection.period, write_counts, None if inside else time.monotonic())


@dataclass(frozen=True, slots=True)
class Brought:
    """Rows for one instance; None where there were too many."""

    rows: list[Any] | None
    moment: Moment
    #: How often they had been fetched before and did not hold.
    turn: int

    def holds(self, now: Moment) -> bool:
        """Whether they may be taken for those in the database."""
        then = self.moment
        if then.period is not now.period or then.write_counts != now.write_counts:
            return False
        return then.clock is None or now.clock is None or now.clock - then.clock < SECONDS
