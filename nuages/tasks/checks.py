"""`manage.py check` asks every configured backend."""

from __future__ import annotations

from typing import Any

from nuages.core import checks
from nuages.tasks.handler import task_backends


def watch() -> None:
    """Register the check."""
    checks.register(check_tasks, "tasks")


def check_tasks(app_configs: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Return what the backends of TASKS find wrong with their configuration."""
    return [message for backend in task_backends.all() for message in backend.check()]
