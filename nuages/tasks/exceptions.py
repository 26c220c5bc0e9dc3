"""What can be wrong with a task, its backend, or the search for a result."""

from __future__ import annotations

from nuages.core.exceptions import ImproperlyConfigured


class TaskException(Exception):
    """The base of those below."""


class InvalidTask(TaskException):
    """A task cannot be enqueued as it is described."""


class InvalidTaskBackend(ImproperlyConfigured):
    """TASKS has no such backend, or names one that cannot be imported."""


class TaskResultDoesNotExist(TaskException):
    """There is no result with this id."""


class TaskResultMismatch(TaskException):
    """The result is there, but belongs to another task."""
