"""`wait`: the one place where plain code waits for an awaitable, in whatever lane it runs."""

from __future__ import annotations

import asyncio
import threading
import weakref
from asyncio import _get_running_loop, _set_running_loop
from collections.abc import Awaitable
from typing import TypeVar

from greenlet import getcurrent

from nuages.spine.scope import Scope, adopt, current_scope
from nuages.spine.worker import Worker, wait_in_worker

T = TypeVar("T")


class _ThreadRunner(threading.local):
    """The thread's own event loop, made on first use and closed with the thread."""

    runner: asyncio.Runner | None = None

    def get(self) -> asyncio.Runner:
        if self.runner is None:
            self.runner = asyncio.Runner(loop_factory=_new_loop)
            weakref.finalize(threading.current_thread(), _close, self.runner)
        return self.runner


_own = _ThreadRunner()


def wait(awaitable: Awaitable[T]) -> T:
    """Wait for `awaitable` from plain code and return its result, or raise its exception.

    In a worker the event loop goes on meanwhile. Elsewhere (a thread, a script, inside somebody else's running
    loop) the calling thread blocks and the awaitable runs on that thread's own loop.
    """
    current = getcurrent()
    if type(current) is Worker:
        return wait_in_worker(current, awaitable)
    scope = current_scope()
    outer = _get_running_loop()
    _set_running_loop(None)
    try:
        return _own.get().run(_as_coroutine(awaitable, scope))
    finally:
        _set_running_loop(outer)


async def _as_coroutine(awaitable: Awaitable[T], scope: Scope) -> T:
    # The awaitable is part of the caller's work: it uses the caller's connections.
    adopt(scope)
    return await awaitable


def _new_loop() -> asyncio.AbstractEventLoop:
    from nuages.spine.tasks import task_factory

    loop = asyncio.new_event_loop()
    loop.set_task_factory(task_factory)
    return loop


def _close(runner: asyncio.Runner) -> None:
    # The thread is gone, or the process is about to be: what is left on its loop is ended here.
    if not runner.get_loop().is_closed():
        runner.close()
