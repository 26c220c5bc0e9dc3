"""The two lanes a request can run in.

`WorkerLane` runs work in greenlets on the loop's own thread. `ThreadLane` runs it in pooled threads, fed
through one queue; answers that are ready together wake the loop once.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeVar

from nuages.spine.scope import Scope
from nuages.spine.worker import spawn

T = TypeVar("T")

#: A process that leaves its processor idle for more than this share of the time could run more threads.
IDLE = 0.5


class Lane(Protocol):
    """Where a request runs. `run` awaits `function(*args)`, called in a scope of its own."""

    async def run(self, function: Callable[..., T], *args: Any) -> T: ...


class WorkerLane:
    """Runs work in pooled greenlets: thousands may wait at once."""

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        return await spawn(_in_scope, function, args)


class ThreadLane:
    """Runs work in pooled threads, each request to its end in one thread.

    `core` threads run at once as long as they keep the processor busy, which keeps the tail short under the
    interpreter lock. While work waits and they do not, as they wait themselves, a thread is added every `patience`
    seconds, up to `crowd`; when nothing has moved for so long (they are stuck), several are, up to `most`. Extra
    threads end after `linger` idle seconds. Belongs to `loop`, or the one in which it is made.
    """

    def __init__(
        self,
        core: int = 2,
        most: int = 256,
        crowd: int = 32,
        patience: float = 0.01,
        linger: float = 10.0,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        if not 1 <= core <= most:
            raise ValueError(f"a thread lane needs 1 <= core <= most, got core={core!r}, most={most!r}")
        self.core, self.most, self.patience, self.linger = core, most, patience, linger
        self.crowd = min(crowd, most)
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

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        if self._closed:
            raise RuntimeError("this thread lane is closed")
        job = _Job(function, args, self._loop.create_future(), contextvars.copy_context())
        self._put += 1
        self._jobs.put(job)
        if self._threads < self.core:
            self._add_thread()
        elif not self._watching:
            self._watching = True
            self._look_later()
        return await job.future

    def close(self) -> None:
        """Let the threads end once the queue is empty."""
        self._closed = True
        for _ in range(self._threads):
            self._jobs.put(None)

    def _look_later(self) -> None:
        self._loop.call_later(self.patience, self._look, self._taken, time.monotonic(), time.process_time())

    def _look(self, taken_before: int, then: float, used_then: float) -> None:
        """Add threads while work waits and nothing moves, or the processor has nothing to do."""
        left = self._put - self._taken
        if left <= 0 or self._closed:
            self._watching = False
            return
        wanted = 0
        if self._taken - self._done < self._threads:
            # One is free, and only has to get its turn on a busy machine.
            pass
        elif self._taken == taken_before:
            wanted = min(left, max(1, self._threads // 2), self.most - self._threads)
        elif self._threads < self.crowd:
            idle = 1 - (time.process_time() - used_then) / (time.monotonic() - then)
            wanted = 1 if idle > IDLE else 0
        for _ in range(wanted):
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
                return
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
            announced, self._announced = self._announced, True
        if not announced:
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
    __slots__ = ("args", "context", "error", "function", "future", "result")

    def __init__(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        future: asyncio.Future[Any],
        context: contextvars.Context,
    ) -> None:
        self.function, self.args, self.future, self.context = function, args, future, context
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
