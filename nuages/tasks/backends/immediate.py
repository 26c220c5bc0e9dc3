"""Runs a task when it is enqueued, where it is enqueued: for development and tests."""

from __future__ import annotations

import traceback
from asyncio import CancelledError
from typing import Any

from greenlet import GreenletExit

from nuages.tasks.backends.base import BaseTaskBackend
from nuages.tasks.base import Task, TaskContext, TaskError, TaskResult, TaskResultStatus
from nuages.tasks.signals import task_enqueued, task_finished, task_started
from nuages.utils import timezone
from nuages.utils.crypto import get_random_string
from nuages.utils.json import normalize_json

# These stop whoever runs the task; they are not the task's own failure.
_STOPS = (KeyboardInterrupt, GeneratorExit, CancelledError, GreenletExit)


class ImmediateBackend(BaseTaskBackend):
    """Runs tasks at once, in the caller's thread or worker and in the caller's transaction."""

    supports_async_task = True
    supports_priority = True

    def __init__(self, alias: str, params: Any) -> None:
        super().__init__(alias, params)
        self.worker_id = get_random_string(32)

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        """Run the task; its failures are in the result."""
        result = self._enter(task, args, kwargs)
        task_enqueued.send(type(self), task_result=result)
        self._run(result)
        return result

    def _run(self, result: TaskResult) -> None:
        now = timezone.now()
        result.worker_ids.append(self.worker_id)
        _note(result, status=TaskResultStatus.RUNNING, started_at=now, last_attempted_at=now)
        task_started.send(type(self), task_result=result)
        given = [TaskContext(task_result=result)] if result.task.takes_context else []
        try:
            returned = normalize_json(result.task.call(*given, *result.args, **result.kwargs))
        except _STOPS:
            raise
        except BaseException as error:
            kind = type(error)
            result.errors.append(
                TaskError(
                    exception_class_path=f"{kind.__module__}.{kind.__qualname__}",
                    traceback="".join(traceback.format_exception(error)),
                )
            )
            _note(result, status=TaskResultStatus.FAILED, finished_at=timezone.now())
            task_finished.send(type(self), task_result=result)
        else:
            _note(
                result,
                status=TaskResultStatus.SUCCESSFUL,
                finished_at=timezone.now(),
                _return_value=returned,
            )
            task_finished.send(type(self), task_result=result)


def _note(result: TaskResult, **changes: Any) -> None:
    """Change a result, which nobody but its backend does."""
    for name, value in changes.items():
        object.__setattr__(result, name, value)
