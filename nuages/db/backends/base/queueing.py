"""Standing in line, in either lane: a fair lock and what connections shared by several tasks need.

A ticket is waited for by blocking a thread or, in a worker, by suspending it. Whoever came first goes first, so
two hundred writers of one SQLite file all get their turn.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from nuages.spine import Scope, current_scope, in_worker, offload, wait

T = TypeVar("T")


class Ticket:
    """A place in a line. `call` is called by whoever leaves, from any thread."""

    __slots__ = ("_event", "_future", "_loop", "called")

    def __init__(self) -> None:
        self.called = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._future: asyncio.Future[None] | None = None
        self._event: threading.Event | None = None
        if in_worker():
            wait(self._prepare())
        else:
            self._event = threading.Event()

    async def _prepare(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._future = self._loop.create_future()

    def call(self) -> None:
        """It is your turn."""
        self.called = True
        if self._event is not None:
            self._event.set()
        elif self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        if self._future is not None and not self._future.done():
            self._future.set_result(None)

    def wait(self, timeout: float | None) -> bool:
        """Wait to be called; False when that did not happen in time."""
        if self._event is not None:
            return self._event.wait(timeout)
        return wait(self._suspend(timeout))

    async def _suspend(self, timeout: float | None) -> bool:
        assert self._future is not None
        try:
            await asyncio.wait_for(asyncio.shield(self._future), timeout)
        except TimeoutError:
            return self.called
        return True


class Line:
    """A lock that serves in order of arrival, whatever lane its callers run in. Not reentrant."""

    __slots__ = ("_guard", "_served", "_waiting", "taken")

    def __init__(self) -> None:
        self._served = 0
        self._guard = threading.Lock()
        self.taken = False
        self._waiting: deque[Ticket] = deque()

    def enter(self, timeout: float | None = None) -> bool:
        """Take the lock, waiting for it if need be.

        Return False when nobody in the line has been served for `timeout` seconds: a long line that moves is waited for.
        """
        with self._guard:
            if not self.taken:
                self.taken = True
                return True
        ticket = Ticket()
        with self._guard:
            if not self.taken:  # it was given back while the ticket was made
                self.taken = True
                return True
            self._waiting.append(ticket)
        try:
            served = -1
            while served != self._served:
                served = self._served
                if ticket.wait(timeout):
                    return True
        except BaseException:
            self._give_up(ticket)
            raise
        return not self._give_up(ticket, keep=True)

    def _give_up(self, ticket: Ticket, keep: bool = False) -> bool:
        """Leave the line; where the call came just now, keep the lock or pass it on."""
        with self._guard:
            if not ticket.called:
                self._waiting.remove(ticket)
                return True
        if not keep:
            self.leave()
        return False

    def leave(self) -> None:
        """Give the lock to the next in line."""
        with self._guard:
            if self._waiting:
                self._served += 1
                self._waiting.popleft().call()
            else:
                self.taken = False

    def __enter__(self) -> None:
        self.enter()

    def __exit__(self, *_: object) -> None:
        self.leave()


class Turnstile:
    """Lets the tasks that share one connection through one at a time.

    Whoever holds a transaction block keeps it for the whole block; tasks started inside the block may pass (they
    wait among themselves), all others wait for the end of the block. So savepoints of siblings never interleave.
    """

    __slots__ = ("_rooms",)

    def __init__(self) -> None:
        self._rooms: list[tuple[Scope | None, Line]] = [(None, Line())]

    def enter(self) -> Line:
        """Wait for a turn to run one statement; give the result to `Line.leave` afterwards."""
        scope = current_scope()
        while True:
            owner, line = self._rooms[-1]
            if owner is None or _is_within(scope, owner):
                line.enter()
                if self._rooms[-1][1] is line:
                    return line
                line.leave()  # a block began or ended while we waited: look again
            else:
                # The owner's own room lies inside its line in the room before; stand there.
                before = self._rooms[-2][1]
                before.enter()
                before.leave()

    def begin_block(self) -> None:
        """Keep the connection for a block. Pair with `end_block`."""
        self.enter()
        self._rooms.append((current_scope(), Line()))

    def end_block(self) -> None:
        """End the innermost block."""
        self._rooms.pop()
        self._rooms[-1][1].leave()


def _is_within(scope: Scope | None, owner: Scope) -> bool:
    while scope is not None:
        if scope is owner:
            return True
        scope = scope.parent
    return False


def acquire(make: Callable[[], T], release: Callable[[T], object]) -> T:
    """Return what `make()` makes in a thread; where the caller is cancelled meanwhile, release it when it comes."""
    if not in_worker():
        return make()
    lock = threading.Lock()
    made: list[T] = []
    wanted = True

    def work() -> None:
        thing = make()
        with lock:
            if wanted:
                made.append(thing)
                return
        release(thing)

    try:
        offload(work)
    except BaseException:
        with lock:
            wanted = False
        for thing in made:
            release(thing)
        raise
    return made[0]


def pause(seconds: float) -> None:
    """Sleep, without holding the loop where there is one."""
    if in_worker():
        wait(asyncio.sleep(seconds))
    else:
        _sleep(seconds)


def _sleep(seconds: Any) -> None:
    threading.Event().wait(seconds)
