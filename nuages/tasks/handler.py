"""`task_backends`: the backends that TASKS names, each made when first asked for."""

from __future__ import annotations

from typing import Any

from nuages.core.signals import setting_changed
from nuages.tasks.exceptions import InvalidTaskBackend
from nuages.utils.connection import BaseConnectionHandler, ConnectionProxy
from nuages.utils.module_loading import import_string

DEFAULT_TASK_BACKEND_ALIAS = "default"


class _OfTheProcess:
    """Backends live as long as the process: what one request enqueues, another may ask for."""

    def __init__(self) -> None:
        self.made: dict[str, Any] = {}

    def here(self) -> dict[str, Any]:
        return self.made


class TaskBackendHandler(BaseConnectionHandler):
    """The configured backends by alias."""

    settings_name = "TASKS"
    exception_class = InvalidTaskBackend

    def __init__(self, settings: dict[str, Any] | None = None) -> None:
        super().__init__(settings)
        self.forget()

    def create_connection(self, alias: str) -> Any:
        """Return a new backend. Raises `InvalidTaskBackend` where its class cannot be imported."""
        configured = self.settings[alias]
        path = configured.get("BACKEND", "")
        try:
            backend = import_string(path)
        except ImportError as error:
            raise InvalidTaskBackend(f"Could not find backend '{path}': {error}") from error
        return backend(alias=alias, params=configured)

    def forget(self) -> None:
        """Drop the backends and what was read of the settings."""
        self._connections = _OfTheProcess()  # type: ignore[assignment]
        self.__dict__.pop("settings", None)
        self._settings = None


task_backends = TaskBackendHandler()
default_task_backend: Any = ConnectionProxy(task_backends, DEFAULT_TASK_BACKEND_ALIAS)


def _on_change(*, setting: str, **_: Any) -> None:
    if setting == TaskBackendHandler.settings_name:
        task_backends.forget()


setting_changed.connect(_on_change)
