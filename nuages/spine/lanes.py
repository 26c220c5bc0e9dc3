"""The two lanes a request can run in.

`WorkerLane` runs work in greenlets on the loop's own thread. `ThreadLane` runs it in pooled threads, fed
through one queue; answers that are ready together wake the loop once, and those that nobody waits for dearly wait
for one another.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeVar

from nuages.spine.crew import IDLE, Crew
from nuages.spine.idleness import Idleness
from nuages.spine.scope import Scope
from nuages.spine.worker import spawn

T = TypeVar("T")

#: So many answers that may wait wake the loop, even while there is more work.
TOGETHER = 16


class Lane(Protocol):
    """Where a request runs. `run` awaits `function(*args)`, called in a scope of its own."""

    async def run(self, function: Callable[..., T], *args: Any) -> T: ...


class WorkerLane:
    """Runs work in pooled greenlets: thousands may wait at once."""

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        return await spawn(_in_scope, function, args)


class ThreadLane:
    """Runs work in pooled threads, each request to its end in one thread.

    `core` threads run at once as long as they keep the processor busy: under the interpreter lock more would only
    take it from one another, at each statement of a database again. While work waits and they do not, as they wait
    themselves, a thread is added every `patience` seconds, up to `crowd`; when nothing has moved for so long (they
    wait for something long), several are, up to `most`. Extra threads end one by one while the processor has no time
    to spare, and after `linger` idle seconds. Belongs to `loop`, or the one in which it is made.
    """

    def __init__(
        self,
        core: int = 1,
        most: int = 256,
        crowd: int = 32,
        patience: float = 0.01,
        linger: float = 10.0,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        if not 1 <= core <= most:
            raise ValueError(f"a thread lane needs 1 <= core <= most, got core={core!r}, most={most!r}")
        self.core, self.patience, self.linger = core, patience, linger
        self._loop = loop or asyncio.get_running_loop()
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._answers: list[_Job] = []
        self._announced = False
        self._lock = threading.Lock()
        self._threads = 0
        self._taken = 0
        self._put = 0
        self._done = 0
        self._closed = False
        self._watching = False
        self._crew = Crew(core, crowd, most)
        self._idleness = Idleness(IDLE)

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        return await self._queued(_Job(function, args, self._loop.create_future()))

    async def finish(self, function: Callable[..., T], *args: Any) -> T:
        """As `run`, for work that leaves nothing urgent to do, such as a request that was answered in its thread.

        While more work waits, several such answers wake the loop together: each time it wakes it takes the interpreter
        from the work. The loop hears of them when it looks after the lane for another reason, and within `patience`.
        """
        job = _Job(function, args, self._loop.create_future())
        job.urgent = False
        return await self._queued(job)

    def _queued(self, job: _Job) -> asyncio.Future[Any]:
        if self._closed:
            raise RuntimeError("this thread lane is closed")
        self._put += 1
        self._jobs.put(job)
        if self._threads < self.core:
            self._add_thread()
        elif not self._watching:
            self._watching = True
            self._idleness.begin()
            self._look_later()
        if self._answers and not self._announced:
            self._deliver()
        return job.future

    def close(self) -> None:
        """Let the threads end once the queue is empty."""
        self._closed = True
        for _ in range(self._threads):
            self._jobs.put(None)

    def _look_later(self) -> None:
        self._loop.call_later(self.patience, self._look, self._taken)

    def _look(self, taken_before: int) -> None:
        """Add threads while work waits and nothing moves, or the processor has nothing to do; else let one go."""
        if self._answers and not self._announced:
            self._deliver()
        left = self._put - self._taken
        if left <= 0 or self._closed:
            self._watching = False
            return
        change = self._crew.change(
            threads=self._threads,
            waiting=left,
            none_free=self._taken - self._done >= self._threads,
            moved=self._taken != taken_before,
            idle=self._idleness.since_last_look(),
        )
        if change < 0:
            self._jobs.put(None)
        for _ in range(change):
            self._add_thread()
        self._look_later()

    def _add_thread(self) -> None:
        with self._lock:
            self._threads += 1
            number = self._threads
        threading.Thread(target=self._serve, name=f"nuages-thread-{number}", daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=self.linger)
            except Empty:
                with self._lock:
                    if self._threads > self.core:
                        self._threads -= 1
                        return
                continue
            if job is None:
                with self._lock:
                    if self._closed or self._threads > self.core:
                        self._threads -= 1
                        return
                continue
            with self._lock:
                self._taken += 1
            if job.future.cancelled():  # the client went away before its turn
                with self._lock:
                    self._done += 1
                continue
            job.work()
            self._answer(job)
            del job

    def _answer(self, job: _Job) -> None:
        with self._lock:
            self._done += 1
            self._answers.append(job)
            due = job.urgent or len(self._answers) >= TOGETHER or self._jobs.empty()
            announce = due and not self._announced
            self._announced = self._announced or announce
        if announce:
            try:
                self._loop.call_soon_threadsafe(self._deliver)
            except RuntimeError:  # the loop is closed; nobody waits any more
                self._answers.clear()

    def _deliver(self) -> None:
        with self._lock:
            ready, self._answers = self._answers, []
            self._announced = False
        for job in ready:
            job.deliver()


class _Job:
    __slots__ = ("args", "context", "error", "function", "future", "result", "urgent")

    def __init__(
        self, function: Callable[..., Any], args: tuple[Any, ...], future: asyncio.Future[Any]
    ) -> None:
        self.function, self.args, self.future = function, args, future
        self.context = contextvars.copy_context()
        self.urgent = True
        self.result: Any = None
        self.error: BaseException | None = None

    def work(self) -> None:
        try:
            self.result = self.context.run(_in_scope, self.function, self.args)
        except BaseException as error:
            self.error = error

    def deliver(self) -> None:
        if self.future.cancelled():
            return
        if self.error is None:
            self.future.set_result(self.result)
        elif isinstance(self.error, StopIteration):
            wrapped = RuntimeError(f"{self.function!r} raised StopIteration")
            wrapped.__cause__ = self.error
            self.future.set_exception(wrapped)
        else:
            self.future.set_exception(self.error)


def _in_scope(function: Callable[..., T], args: tuple[Any, ...]) -> T:
    with Scope():
        return function(*args)
