"""The task factory: tasks that user code starts run in workers of their own, each in its own scope."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Generator
from types import CodeType, CoroutineType, FrameType
from typing import Any, TypeVar

from greenlet import getcurrent

from nuages.spine.scope import Scope, starting_scope
from nuages.spine.worker import Worker, spawn, wait_in_worker

T = TypeVar("T")

# Of the coroutines that a server has around what is the project's: see `leave_on_loop`.
_on_loop: list[CodeType] = []


def task_factory(
    loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, T] | Generator[Any, None, T], **options: Any
) -> asyncio.Task[T]:
    """Give each task its own worker, so that plain calls work in it: `loop.set_task_factory(task_factory)`."""
    if type(coro) is CoroutineType:
        code = coro.cr_code
        for known in _on_loop:
            if code is known:
                return asyncio.Task(coro, loop=loop, **options)
    if isinstance(coro, Coroutine):
        return asyncio.Task(InWorker(coro), loop=loop, **options)
    return asyncio.Task(coro, loop=loop, **options)


def leave_on_loop(code: CodeType) -> None:
    """Start tasks of coroutines with this code without a worker: they put what may wait into a lane themselves."""
    if not any(code is known for known in _on_loop):
        _on_loop.append(code)


class InWorker(Coroutine[Any, Any, T]):
    """A coroutine whose body is driven inside a worker.

    It stands in for the body wherever asyncio shows or ends it, so that a task cancelled before its first step
    ends like any other.
    """

    __slots__ = ("__qualname__", "body", "steps")

    def __init__(self, body: Coroutine[Any, Any, T]) -> None:
        self.body = body
        self.steps: Generator[Any, Any, T] | None = None
        self.__qualname__ = getattr(body, "__qualname__", type(body).__qualname__)

    def send(self, value: Any) -> Any:
        if self.steps is None:
            self.steps = spawn(_run_in_scope, starting_scope(), self.body)
        return self.steps.send(value)

    def throw(self, typ: Any, val: Any = None, tb: Any = None) -> Any:
        target = self.body if self.steps is None else self.steps
        return target.throw(typ if val is None else val)

    def close(self) -> None:
        (self.body if self.steps is None else self.steps).close()

    def __await__(self) -> Generator[Any, Any, T]:
        return spawn(_run_in_scope, starting_scope(), self.body)

    @property
    def __name__(self) -> str:
        return getattr(self.body, "__name__", self.__qualname__)

    @property
    def cr_code(self) -> CodeType | None:
        return getattr(self.body, "cr_code", None)

    @property
    def cr_frame(self) -> FrameType | None:
        return getattr(self.body, "cr_frame", None)

    @property
    def cr_running(self) -> bool:
        return getattr(self.body, "cr_running", False)

    @property
    def cr_await(self) -> Any:
        return getattr(self.body, "cr_await", None)


def _run_in_scope(parent: Scope, body: Awaitable[T]) -> T:
    worker = getcurrent()
    assert isinstance(worker, Worker)
    with Scope(parent):
        return wait_in_worker(worker, body)
