"""Background tasks: how work is described, enqueued and looked up. Documented in topics/tasks and ref/tasks.

What runs the tasks is a backend's business; the two that come along are for development and tests.
"""

from __future__ import annotations

from nuages.tasks import checks, logs
from nuages.tasks.base import (
    DEFAULT_TASK_BACKEND_ALIAS,
    DEFAULT_TASK_QUEUE_NAME,
    Task,
    TaskContext,
    TaskError,
    TaskResult,
    TaskResultStatus,
)
from nuages.tasks.decorator import task
from nuages.tasks.handler import TaskBackendHandler, default_task_backend, task_backends

__all__ = [
    "DEFAULT_TASK_BACKEND_ALIAS",
    "DEFAULT_TASK_QUEUE_NAME",
    "Task",
    "TaskBackendHandler",
    "TaskContext",
    "TaskError",
    "TaskResult",
    "TaskResultStatus",
    "default_task_backend",
    "task",
    "task_backends",
]

checks.watch()
logs.watch()
