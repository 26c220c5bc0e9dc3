"""Tasks and their results: frozen records, the same for every backend."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from nuages.db.models.enums import TextChoices
from nuages.spine import call as run_either_colour
from nuages.spine import is_async, twin
from nuages.tasks.exceptions import TaskResultMismatch
from nuages.tasks.handler import DEFAULT_TASK_BACKEND_ALIAS, task_backends
from nuages.utils import timezone
from nuages.utils.module_loading import import_string

__all__ = [
    "DEFAULT_TASK_BACKEND_ALIAS",
    "DEFAULT_TASK_PRIORITY",
    "DEFAULT_TASK_QUEUE_NAME",
    "TASK_MAX_PRIORITY",
    "TASK_MIN_PRIORITY",
    "Task",
    "TaskContext",
    "TaskError",
    "TaskResult",
    "TaskResultStatus",
]

DEFAULT_TASK_QUEUE_NAME = "default"
DEFAULT_TASK_PRIORITY = 0
TASK_MIN_PRIORITY = -100
TASK_MAX_PRIORITY = 100


class TaskResultStatus(TextChoices):
    """How far a task has come."""

    READY = "READY"
    RUNNING = "RUNNING"
    SUCCESSFUL = "SUCCESSFUL"
    FAILED = "FAILED"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A function that can be run in the background. Made by the `task` decorator; changed by `using()`."""

    func: Callable[..., Any]
    takes_context: bool = False
    # Where it goes ...
    backend: str = DEFAULT_TASK_BACKEND_ALIAS
    queue_name: str = DEFAULT_TASK_QUEUE_NAME
    # ... and when it is its turn.
    run_after: datetime | None = None
    priority: int = DEFAULT_TASK_PRIORITY

    def __post_init__(self) -> None:
        self.get_backend().validate_task(self)

    @property
    def name(self) -> str:
        """The function's name."""
        return self.func.__name__

    @property
    def module_path(self) -> str:
        """Where the task can be imported from."""
        return f"{self.func.__module__}.{self.func.__qualname__}"

    @property
    def is_async(self) -> bool:
        """Whether the function is an `async def`."""
        return is_async(self.func)

    def using(
        self,
        *,
        priority: int | None = None,
        queue_name: str | None = None,
        run_after: datetime | timedelta | None = None,
        backend: str | None = None,
    ) -> Task:
        """Return this task with some attributes changed."""
        if isinstance(run_after, timedelta):
            run_after = timezone.now() + run_after
        wanted: dict[str, Any] = {
            "priority": priority,
            "queue_name": queue_name,
            "run_after": run_after,
            "backend": backend,
        }
        return dataclasses.replace(
            self, **{name: value for name, value in wanted.items() if value is not None}
        )

    def get_backend(self) -> Any:
        """Return the backend that the task goes to."""
        return task_backends[self.backend]

    def enqueue(self, *args: Any, **kwargs: Any) -> TaskResult:
        """Hand the task to its backend; return the result, which is usually still to come."""
        return self.get_backend().enqueue(self, args, kwargs)

    aenqueue = twin(enqueue)

    def get_result(self, result_id: str) -> TaskResult:
        """Return the result with this id; `TaskResultMismatch` where it is another task's."""
        result = self.get_backend().get_result(result_id)
        if result.task.func is not self.func:
            raise TaskResultMismatch(f"Task does not match (received {result.task.module_path!r})")
        return result

    aget_result = twin(get_result)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Run the function here and now, whatever its colour."""
        return run_either_colour(self.func, *args, **kwargs)

    acall = twin(call)

    def __reduce__(self) -> tuple[Any, ...]:
        # The function cannot be pickled by its name: there the task is found.
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return type(self)._reconstruct, ({**fields, "func": self.module_path},)

    @classmethod
    def _reconstruct(cls, kwargs: dict[str, Any]) -> Task:
        path = kwargs["func"]
        try:
            found = import_string(path)
        except ImportError:
            found = None
        if not isinstance(found, Task):
            raise ValueError(f"Expected {path!r} to point to a Task instance.")
        return cls(**{**kwargs, "func": found.func})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TaskError:
    """What one run of a task failed with."""

    exception_class_path: str
    traceback: str

    @property
    def exception_class(self) -> type[BaseException]:
        """The class of the exception."""
        found = import_string(self.exception_class_path)
        if isinstance(found, type) and issubclass(found, BaseException):
            return found
        raise ValueError(f"{self.exception_class_path!r} does not reference a valid exception.")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    """One enqueued run of a task, as it was when it was fetched."""

    id: str
    backend: str
    task: Task
    args: list[Any]
    kwargs: dict[str, Any]
    status: TaskResultStatus
    worker_ids: list[str]
    errors: list[TaskError]
    enqueued_at: datetime | None
    started_at: datetime | None
    last_attempted_at: datetime | None
    finished_at: datetime | None
    _return_value: Any = dataclasses.field(init=False, default=None)

    @property
    def return_value(self) -> Any:
        """What the function returned; `ValueError` before that, or where it failed."""
        match self.status:
            case TaskResultStatus.SUCCESSFUL:
                return self._return_value
            case TaskResultStatus.FAILED:
                raise ValueError("Task failed")
        raise ValueError("Task has not finished yet")

    @property
    def is_finished(self) -> bool:
        """Whether the task has run, well or not."""
        return self.status in (TaskResultStatus.FAILED, TaskResultStatus.SUCCESSFUL)

    @property
    def attempts(self) -> int:
        """How often it was run; a run that is going on does not count."""
        return len(self.worker_ids) - (self.status is TaskResultStatus.RUNNING)

    def refresh(self) -> None:
        """Take over what the backend knows by now."""
        latest = self.task.get_backend().get_result(self.id)
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, getattr(latest, field.name))

    arefresh = twin(refresh)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TaskContext:
    """Given to functions that take a context."""

    task_result: TaskResult

    @property
    def attempt(self) -> int:
        """The number of this run, from 1."""
        return len(self.task_result.worker_ids)
