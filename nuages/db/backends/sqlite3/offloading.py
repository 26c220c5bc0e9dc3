"""Statements that would hold up an event loop run in a thread there.

What a statement costs is not known before it has run. So the first runs are measured on the loop; one that has shown
itself slow goes to a thread from then on, and comes back once it has been quick there for long enough (see
`statement.Pace`). A caller that is cancelled interrupts what runs in the thread and waits until it has ended: nobody
else may find the connection in use.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from nuages.db.backends.base.queueing import Ticket
from nuages.db.backends.statement import Pace
from nuages.spine import offload

T = TypeVar("T")


def at_its_pace(
    raw: sqlite3.Connection,
    pace: Pace,
    took: Callable[[float], object],
    call: Callable[..., T],
    *args: Any,
) -> T:
    """In a worker, call `call(*args)` on the loop, or in a thread if that is slow; tell `took` how long it took."""
    if pace.slow:
        return _in_thread(raw, took, call, args)
    # On a busy machine the clock on the wall runs while others do: it may suspect, the thread's own confirms.
    clock = time.thread_time if pace.doubtful else time.perf_counter
    started = clock()
    try:
        return call(*args)
    finally:
        took(clock() - started)


def _in_thread(
    raw: sqlite3.Connection, took: Callable[[float], object], call: Callable[..., T], args: tuple[Any, ...]
) -> T:
    ended = Ticket()
    lock = threading.Lock()
    begun, wanted = False, True

    def work() -> T | None:
        nonlocal begun
        with lock:
            if not wanted:
                return None
            begun = True
        # The thread's own time is what the loop would have paid; the wait for the interpreter does not count.
        started = time.thread_time()
        try:
            return call(*args)
        finally:
            took(time.thread_time() - started)
            ended.call()

    try:
        return offload(work)  # type: ignore[return-value]
    except (asyncio.CancelledError, GeneratorExit) as reason:
        with lock:
            wanted = False
        if begun:
            raw.interrupt()
            if isinstance(reason, asyncio.CancelledError):
                ended.wait(None)
        raise
