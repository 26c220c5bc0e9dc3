"""Sent by backends along the life of a task; `sender` is the backend's class, `task_result` the result."""

from __future__ import annotations

from nuages.dispatch import Signal

task_enqueued = Signal()
task_started = Signal()
task_finished = Signal()
