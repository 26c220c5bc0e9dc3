"""`@task`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nuages.tasks.base import (
    DEFAULT_TASK_BACKEND_ALIAS,
    DEFAULT_TASK_PRIORITY,
    DEFAULT_TASK_QUEUE_NAME,
    Task,
)
from nuages.tasks.handler import task_backends


def task(
    function: Callable[..., Any] | None = None,
    *,
    priority: int = DEFAULT_TASK_PRIORITY,
    queue_name: str = DEFAULT_TASK_QUEUE_NAME,
    backend: str = DEFAULT_TASK_BACKEND_ALIAS,
    takes_context: bool = False,
    **kwargs: Any,
) -> Any:
    """Make a function a task; `kwargs` are for the `task_class` of the backend."""
    if "run_after" in kwargs:
        raise TypeError("run_after cannot be defined statically with the @task decorator.")

    def made(func: Callable[..., Any]) -> Task:
        return task_backends[backend].task_class(
            func=func,
            priority=priority,
            queue_name=queue_name,
            backend=backend,
            takes_context=takes_context,
            **kwargs,
        )

    return made if function is None else made(function)
