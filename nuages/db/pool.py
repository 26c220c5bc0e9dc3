"""Connections at rest between units of work, and a limit to how many work at a time.

Whoever finds the limit reached stands in line and gets the connection that is given back next, in the order of
arrival: a thread sleeps meanwhile, a worker leaves the loop to others.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nuages.db.backends.base.queueing import Ticket
from nuages.db.exceptions import OperationalError

if TYPE_CHECKING:
    from nuages.db.backends.base.base import BaseDatabaseWrapper

#: Idle connections kept for each alias where there is no limit; what comes back beyond it is closed.
MOST_IDLE = 64


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections to one database the requests of a process may have."""

    #: So many serve requests at a time; None for any number.
    most: int | None = None
    #: So many stay open however long nobody needs them.
    least: int = 0
    #: How long to wait for another request to give its connection back.
    patience: float = 30.0
    #: A connection that nobody has needed for so long is closed when another one comes to rest.
    idle_seconds: float = 600.0
    #: What raises the limit, for the message that it is too low.
    setting: str = ""


class _Place(Ticket):
    """A place in the line of those who wait for a connection."""

    __slots__ = ("connection",)

    #: What has been handed over; None to make a new one.
    connection: BaseDatabaseWrapper | None


class Pool:
    """The connections of one alias that are handed from request to request."""

    def __init__(self, alias: str, limits: Callable[[], Limits]) -> None:
        self.alias = alias
        self.working = 0
        #: Each with the moment from which on it has been at rest; the latest is the first to be used again.
        self.idle: deque[tuple[BaseDatabaseWrapper, float]] = deque()
        self._read_limits = limits
        self._limits: Limits | None = None
        self._waiting: deque[_Place] = deque()
        self._lock = threading.Lock()

    @property
    def limits(self) -> Limits:
        """The limits, read from the settings on first use and after `close`."""
        if self._limits is None:
            self._limits = self._read_limits()
        return self._limits

    def take(self, make: Callable[[], BaseDatabaseWrapper]) -> BaseDatabaseWrapper:
        """Return a connection at rest or a new one; wait where too many are at work.

        Raises `OperationalError` where none has become free in time.
        """
        limits = self.limits
        with self._lock:
            found = self._enter(limits)
        if found is None:
            place = _Place()
            with self._lock:
                found = self._enter(limits)  # one may have come back while the place was made
                if found is None:
                    self._waiting.append(place)
        connection = self._stand_in_line(place, limits) if found is None else found[0]
        try:
            while connection is not None:
                if connection.wake():
                    return connection
                connection.discard()
                connection = self._next_idle()
            return make()
        except BaseException:
            self._pass_on(None)
            raise

    def _enter(self, limits: Limits) -> tuple[BaseDatabaseWrapper | None] | None:
        """Begin to work where there is room, with a connection at rest if there is one. Needs the lock."""
        if limits.most is not None and self.working >= limits.most:
            return None
        self.working += 1
        return (self.idle.pop()[0] if self.idle else None,)

    def _next_idle(self) -> BaseDatabaseWrapper | None:
        with self._lock:
            return self.idle.pop()[0] if self.idle else None

    def _stand_in_line(self, place: _Place, limits: Limits) -> BaseDatabaseWrapper | None:
        try:
            in_time = place.wait(limits.patience)
        except BaseException:
            self._step_out(place)
            raise
        if in_time or not self._step_out(place, keep=True):
            return place.connection
        error = OperationalError(
            f"no connection to {self.alias!r} became free in {limits.patience:g} seconds: "
            f"all {limits.most} are in use"
        )
        error.add_note(
            f"DATABASES[{self.alias!r}]['OPTIONS']{limits.setting} raises the limit. Requests hold their connection "
            "to their end; is one of them waiting for something slow, or for this very limit?"
        )
        raise error

    def _step_out(self, place: _Place, keep: bool = False) -> bool:
        """Leave the line; where a connection came just now, keep it (False) or pass it on."""
        with self._lock:
            if not place.called:
                self._waiting.remove(place)
                return True
        if not keep:
            self._pass_on(place.connection)
        return False

    def give_back(self, connection: BaseDatabaseWrapper, reusable: bool) -> None:
        """Take a connection back, to rest or to be closed."""
        if reusable:
            self._pass_on(connection)
        else:
            connection.discard()
            self._pass_on(None)

    def _pass_on(self, connection: BaseDatabaseWrapper | None) -> None:
        """Hand a connection (or the right to make one) to who has waited longest; else it rests."""
        too_many: list[BaseDatabaseWrapper] = []
        with self._lock:
            if self._waiting:
                place = self._waiting.popleft()
                place.connection = connection
                place.call()
                return
            self.working -= 1
            if connection is not None:
                now = time.monotonic()
                self.idle.append((connection, now))
                if len(self.idle) > 1:  # by itself it has not rested for long
                    too_many = self._too_many(now)
        for each in too_many:
            each.discard()

    def _too_many(self, now: float) -> list[BaseDatabaseWrapper]:
        """Take out what has rested for too long. Needs the lock."""
        limits, found = self.limits, []
        while len(self.idle) > (limits.most or MOST_IDLE) or (
            len(self.idle) + self.working > limits.least and now - self.idle[0][1] > limits.idle_seconds
        ):
            found.append(self.idle.popleft()[0])
        return found

    def close(self) -> None:
        """Close what is at rest, and read the limits anew."""
        self._limits = None
        while (connection := self._next_idle()) is not None:
            connection.discard()

    def forget(self) -> None:
        """After a fork: everything belongs to the parent process."""
        for connection, _ in self.idle:
            connection.abandon()
        self.idle.clear()
        self._waiting.clear()
        self.working = 0
        self._lock = threading.Lock()
