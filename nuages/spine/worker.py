"""Worker greenlets: where plain code runs while the event loop stays free.

A worker runs one job at a time and goes back to its thread's pool. What it waits for travels up to the loop
as bare futures; the parent side is the generator in `spawn`, which yields them to the surrounding task.
"""

from __future__ import annotations

import contextvars
import threading
import types
from asyncio import AbstractEventLoop, _get_running_loop, _set_running_loop
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

from nuages.spine.guard import Guard

T = TypeVar("T")

#: Idle workers kept per thread; each holds a small C stack, so a burst does not stay for ever.
MOST_IDLE = 512

_DONE = object()
_WAITING = object()


class Worker(greenlet):
    """A pooled greenlet; `loop` is the event loop its futures belong to."""

    loop: AbstractEventLoop | None


class _ThreadState(threading.local):
    """Greenlets cannot leave their thread, so each thread has its own pool and its own guard."""

    def __init__(self) -> None:
        self.idle: list[Worker] = []
        self.guard: Guard | None = None


_here = _ThreadState()


def in_worker() -> bool:
    """Say whether the calling code runs in a worker, so that waiting leaves the loop free."""
    return type(getcurrent()) is Worker


def set_guard(guard: Guard | None) -> None:
    """Watch this thread's workers with `guard`, or stop watching with None."""
    _here.guard = guard


def _work() -> None:
    me = getcurrent()
    job = me.parent.switch()
    while True:
        function, args = job
        outcome: tuple[Any, BaseException | None]
        try:
            outcome = function(*args), None
        except BaseException as error:
            outcome = None, error
        # Nothing of a finished job may stay alive in the frame of an idle worker.
        del job, function, args
        job = me.parent.switch(_DONE, outcome)
        del outcome


@types.coroutine
def spawn(function: Callable[..., T], *args: Any) -> Generator[Any, Any, T]:
    """Run `function(*args)` in a worker; await the result from the loop's side.

    The function sees a copy of the caller's context and no running loop. Cancellation of the awaiting task
    is raised inside the function, at the place where it waits.
    """
    here = getcurrent()
    loop = _get_running_loop()
    state = _here
    if state.idle:
        worker = state.idle.pop()
        worker.parent = here
    else:
        worker = Worker(_work, here)
        worker.switch()
    worker.loop = loop
    worker.gr_context = contextvars.copy_context()
    guard = state.guard
    tag = None
    try:
        _set_running_loop(None)
        if guard:
            guard.enter()
        tag, value = worker.switch((function, args))
        while tag is not _DONE:
            if guard:
                guard.leave()
            _set_running_loop(loop)
            try:
                answer = yield value
            except BaseException as error:
                worker.parent = getcurrent()
                if guard:
                    guard.enter()
                tag, value = worker.throw(error)
            else:
                worker.parent = getcurrent()
                if guard:
                    guard.enter()
                tag, value = worker.switch(answer)
    finally:
        if guard:
            guard.leave()
        _set_running_loop(loop)
        if tag is _DONE:
            worker.gr_context = None
            if len(state.idle) < MOST_IDLE:
                state.idle.append(worker)
    result, error = value
    if error is not None:
        try:
            raise error
        finally:
            del value, error
    return result


def wait_in_worker(worker: Worker, awaitable: Awaitable[T]) -> T:
    """Drive `awaitable` inside `worker`, handing each bare future up to the loop."""
    caller_sees = _get_running_loop()  # None in plain code, the loop inside a coroutine's step
    steps = steps_of(awaitable)
    step, value = steps.send, None
    _set_running_loop(worker.loop)
    try:
        while True:
            future = step(value)
            try:
                step, value = steps.send, worker.parent.switch(_WAITING, future)
            except BaseException as error:
                step, value = steps.throw, error
    except StopIteration as done:
        return done.value
    finally:
        _set_running_loop(caller_sees)


def steps_of(awaitable: Awaitable[T]) -> Any:
    """Return an object with `send` and `throw` that steps through `awaitable`."""
    kind: type = type(awaitable)
    if kind is types.CoroutineType or kind is types.GeneratorType:
        return awaitable
    steps = awaitable.__await__()
    if isinstance(steps, Generator | Coroutine) or callable(getattr(type(steps), "throw", None)):
        return steps
    return _from_iterator(steps)  # C extensions may give a bare iterator


def _from_iterator(steps: Iterator[Any]) -> Generator[Any, Any, Any]:
    return (yield from steps)
