"""`BaseTaskBackend`: derive from it for a queue of your own."""

from __future__ import annotations

import inspect
from abc import ABCMeta, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

from nuages.core.checks import CheckMessage
from nuages.spine import twin
from nuages.tasks.base import (
    DEFAULT_TASK_PRIORITY,
    DEFAULT_TASK_QUEUE_NAME,
    TASK_MAX_PRIORITY,
    TASK_MIN_PRIORITY,
    Task,
    TaskResult,
    TaskResultStatus,
)
from nuages.tasks.exceptions import InvalidTask
from nuages.utils import timezone
from nuages.utils.crypto import get_random_string
from nuages.utils.inspect import get_func_args
from nuages.utils.json import normalize_json


class BaseTaskBackend(metaclass=ABCMeta):
    """Says what it supports, refuses tasks that ask for more, and enqueues the others."""

    supports_priority = False
    supports_defer = False
    supports_get_result = False
    supports_async_task = False

    task_class = Task

    def __init__(self, alias: str, params: Mapping[str, Any]) -> None:
        self.alias = alias
        self.queues = set(params.get("QUEUES", [DEFAULT_TASK_QUEUE_NAME]))
        self.options = params.get("OPTIONS", {})

    def validate_task(self, task: Task) -> None:
        """Raise `InvalidTask` where the task cannot be enqueued here."""
        for problem in self._problems(task):
            raise InvalidTask(problem)

    def _problems(self, task: Task) -> Iterable[str]:
        # A worker finds the function by its name, in another process.
        if not inspect.isfunction(task.func) or "." in task.func.__qualname__:
            yield "Task function must be defined at a module level."
        if task.is_async and not self.supports_async_task:
            yield "Backend does not support async Tasks."
        if task.takes_context and get_func_args(task.func)[:1] != ["context"]:
            yield "Task takes context but does not have a first argument of 'context'."
        if task.priority != DEFAULT_TASK_PRIORITY and not self.supports_priority:
            yield "Backend does not support setting priority of tasks."
        if not isinstance(task.priority, int) or not TASK_MIN_PRIORITY <= task.priority <= TASK_MAX_PRIORITY:
            yield (f"priority must be a whole number between {TASK_MIN_PRIORITY} and {TASK_MAX_PRIORITY}.")
        if task.run_after is not None:
            if not self.supports_defer:
                yield "Backend does not support run_after."
            if not timezone.is_aware(task.run_after):
                yield "run_after must be an aware datetime."
        if self.queues and task.queue_name not in self.queues:
            yield f"Queue {task.queue_name!r} is not valid for backend."

    @abstractmethod
    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        """Enqueue a task with its arguments."""

    aenqueue = twin(enqueue)
    # The twin follows from the method; it is not for subclasses to write.
    aenqueue.__isabstractmethod__ = False  # type: ignore[attr-defined]

    def get_result(self, result_id: str) -> TaskResult:
        """Return a result by its id; `TaskResultDoesNotExist` where there is none."""
        raise NotImplementedError("This backend does not support retrieving or refreshing results.")

    aget_result = twin(get_result)

    def check(self, **kwargs: Any) -> Iterable[CheckMessage]:
        """Return what is wrong with the configuration."""
        return ()

    def _enter(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        """Return the result of a task that enters the queue now."""
        self.validate_task(task)
        return TaskResult(
            task=task,
            id=get_random_string(32),
            status=TaskResultStatus.READY,
            enqueued_at=timezone.now(),
            started_at=None,
            finished_at=None,
            last_attempted_at=None,
            args=normalize_json(list(args)),
            kwargs=normalize_json(kwargs),
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
