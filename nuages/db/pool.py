"""Connections at rest between units of work, and a limit to how many work at a time."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from nuages.db.backends.base.queueing import Ticket
from nuages.db.exceptions import OperationalError

if TYPE_CHECKING:
    from nuages.db.backends.base.base import BaseDatabaseWrapper

#: Idle connections kept for each alias; what comes back beyond it is closed.
MOST_IDLE = 64

#: How long to wait for another unit of work to give its connection back.
PATIENCE_SECONDS = 30.0


class Pool:
    """The connections of one alias that are handed from request to request."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.working = 0
        self.idle: deque[BaseDatabaseWrapper] = deque()
        self._waiting: deque[Ticket] = deque()
        self._lock = threading.Lock()

    def take(self, make: Callable[[], BaseDatabaseWrapper]) -> BaseDatabaseWrapper:
        """Return a connection at rest or a new one; wait where too many are at work."""
        until = None
        while True:
            with self._lock:
                connection = self.idle.pop() if self.idle else None
                if connection is not None:
                    self.working += 1
            if connection is None:
                made = make()
                limit = made.request_limit
                with self._lock:
                    if limit is None or self.working < limit:
                        self.working += 1
                        return made
                now = time.monotonic()
                until = until or now + PATIENCE_SECONDS
                self._stand_in_line(until - now, limit)
            elif connection.wake():
                return connection
            else:
                connection.discard()
                self._left()

    def _stand_in_line(self, seconds: float, limit: int) -> None:
        ticket = Ticket()
        with self._lock:
            if self.working < limit or self.idle:
                return
            self._waiting.append(ticket)
        called = False
        try:
            called = seconds > 0 and ticket.wait(seconds)
        finally:
            with self._lock:
                if ticket in self._waiting:
                    self._waiting.remove(ticket)
                elif not called and self._waiting:
                    self._waiting.popleft().call()  # the call came too late for us
        if not called:
            error = OperationalError(
                f"no connection to {self.alias!r} became free in {PATIENCE_SECONDS:g} seconds: all {limit} are in use"
            )
            error.add_note(
                f"DATABASES[{self.alias!r}]['OPTIONS']['max_connections'] raises the limit. Requests hold their "
                "connection to their end; is one of them waiting for something slow, or for this very limit?"
            )
            raise error

    def give_back(self, connection: BaseDatabaseWrapper, reusable: bool) -> None:
        """Take a connection back, to rest or to be closed."""
        if reusable and len(self.idle) < MOST_IDLE:
            self.idle.append(connection)
        else:
            connection.discard()
        self._left()

    def _left(self) -> None:
        with self._lock:
            self.working -= 1
            if self._waiting:
                self._waiting.popleft().call()

    def close(self) -> None:
        """Close what is at rest."""
        while self.idle:
            self.idle.pop().discard()

    def forget(self) -> None:
        """After a fork: everything belongs to the parent process."""
        for connection in self.idle:
            connection.abandon()
        self.idle.clear()
        self._waiting.clear()
        self.working = 0
        self._lock = threading.Lock()
