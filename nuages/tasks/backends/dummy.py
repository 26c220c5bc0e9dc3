"""Remembers tasks and never runs them, for tests."""

from __future__ import annotations

import copy
from typing import Any

from nuages.tasks.backends.base import BaseTaskBackend
from nuages.tasks.base import Task, TaskResult
from nuages.tasks.exceptions import TaskResultDoesNotExist
from nuages.tasks.signals import task_enqueued


class DummyBackend(BaseTaskBackend):
    """Keeps what was enqueued in `results`."""

    supports_defer = True
    supports_async_task = True
    supports_priority = True

    def __init__(self, alias: str, params: Any) -> None:
        super().__init__(alias, params)
        self.results: list[TaskResult] = []

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        """Note the task down."""
        result = self._enter(task, args, kwargs)
        # As with a real queue, what the caller holds is not what the queue holds.
        self.results.append(copy.copy(result))
        task_enqueued.send(type(self), task_result=result)
        return result

    def get_result(self, result_id: str) -> TaskResult:
        """Return the result noted down under this id."""
        for result in self.results:
            if result.id == result_id:
                return result
        raise TaskResultDoesNotExist(result_id)

    def clear(self) -> None:
        """Forget everything."""
        self.results.clear()
