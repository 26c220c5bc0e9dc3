"""What the `django.tasks` logger is told."""

from __future__ import annotations

import logging
import sys
from typing import Any

from nuages.tasks.base import TaskResult, TaskResultStatus
from nuages.tasks.signals import task_enqueued, task_finished, task_started

logger = logging.getLogger("django.tasks")


def watch() -> None:
    """Begin to listen."""
    task_enqueued.connect(_enqueued)
    task_started.connect(_started)
    task_finished.connect(_finished)


def _enqueued(sender: Any, task_result: TaskResult, **_: Any) -> None:
    logger.debug(
        "Task id=%s path=%s enqueued backend=%s",
        task_result.id,
        task_result.task.module_path,
        task_result.backend,
    )


def _started(sender: Any, task_result: TaskResult, **_: Any) -> None:
    _say_state(logging.INFO, task_result)


def _finished(sender: Any, task_result: TaskResult, **_: Any) -> None:
    failed = task_result.status is TaskResultStatus.FAILED
    _say_state(logging.ERROR if failed else logging.INFO, task_result, sys.exception() if failed else None)


def _say_state(level: int, result: TaskResult, error: BaseException | None = None) -> None:
    logger.log(
        level,
        "Task id=%s path=%s state=%s",
        result.id,
        result.task.module_path,
        result.status,
        exc_info=error,
    )
