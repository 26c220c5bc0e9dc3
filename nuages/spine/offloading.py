"""`offload`: run something that blocks in a thread, without holding the event loop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

from greenlet import getcurrent

from nuages.spine.worker import Worker, wait_in_worker

T = TypeVar("T")

#: Threads for offloaded calls in one process; more callers queue.
MOST_THREADS = 32

_pool: ThreadPoolExecutor | None = None
_making = threading.Lock()


def offload(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Call `function` so that the event loop stays free: in a pool thread from a worker, directly elsewhere.

    The function sees a copy of the caller's context. A caller that is cancelled stops waiting; the function
    itself runs on to its end, as threads cannot be interrupted.
    """
    current = getcurrent()
    if type(current) is not Worker:
        return function(*args, **kwargs)
    context = copy_context()
    assert current.loop is not None
    job = current.loop.run_in_executor(_threads(), lambda: context.run(function, *args, **kwargs))
    return wait_in_worker(current, job)


def _threads() -> ThreadPoolExecutor:
    global _pool
    if _pool is None:
        with _making:
            if _pool is None:
                _pool = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="nuages-offload")
    return _pool
