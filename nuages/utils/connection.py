"""Connections (to databases, caches, mail servers ...) by alias, each made when first asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from nuages.spine import current_scope
from nuages.utils.functional import cached_property


class ConnectionProxy:
    """Stands for the connection with an alias, whichever the present context has."""

    def __init__(self, connections: Any, alias: str) -> None:
        self.__dict__["_connections"] = connections
        self.__dict__["_alias"] = alias

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connections[self._alias], name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._connections[self._alias], name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._connections[self._alias], name)

    def __contains__(self, key: object) -> bool:
        return key in self._connections[self._alias]

    def __eq__(self, other: object) -> bool:
        return self._connections[self._alias] == other

    def __hash__(self) -> int:
        return hash(self._connections[self._alias])


class ConnectionDoesNotExist(Exception):
    """No connection is configured under this alias."""


class ScopedConnections:
    """Connections by alias, separately for each unit of work: a request, a task, a thread without either."""

    def here(self) -> dict[str, Any]:
        """Return those of the present unit of work."""
        return current_scope().locals.setdefault(self, {})

    def __getattr__(self, alias: str) -> Any:
        """Return a connection that has been made here: debug toolbars ask with `hasattr()`, to make none."""
        try:
            return self.here()[alias]
        except KeyError:
            raise AttributeError(alias) from None


class BaseConnectionHandler:
    """The connections of one kind; each thread or task has its own.

    Subclasses name their setting and implement `create_connection()`.
    """

    settings_name: ClassVar[str | None] = None
    exception_class: type[Exception] = ConnectionDoesNotExist
    thread_critical = False

    def __init__(self, settings: dict[str, Any] | None = None) -> None:
        self._settings = settings
        self._connections = ScopedConnections()

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The configuration by alias."""
        self._settings = self.configure_settings(self._settings)
        return self._settings  # type: ignore[return-value]

    def configure_settings(self, settings: dict[str, Any] | None) -> dict[str, Any]:
        """Return the configuration to use: the one given, else that of the project."""
        if settings is None:
            from nuages.conf import settings as project_settings

            assert self.settings_name is not None
            return getattr(project_settings, self.settings_name)
        return settings

    def create_connection(self, alias: str) -> Any:
        """Make the connection for an alias."""
        raise NotImplementedError("Subclasses must implement create_connection().")

    def __getitem__(self, alias: str) -> Any:
        known = self._connections.here()
        if alias in known:
            return known[alias]
        if alias not in self.settings:
            raise self.exception_class(f"The connection '{alias}' doesn't exist.")
        made = known[alias] = self.create_connection(alias)
        return made

    def __setitem__(self, key: str, value: Any) -> None:
        self._connections.here()[key] = value

    def __delitem__(self, key: str) -> None:
        del self._connections.here()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.settings)

    def all(self, initialized_only: bool = False) -> list[Any]:
        """Return the connections of all aliases, or only of those that have been made here."""
        known = self._connections.here()
        return [self[alias] for alias in self if alias in known or not initialized_only]

    def close_all(self) -> None:
        """Close the connections that have been made here."""
        for connection in self.all(initialized_only=True):
            connection.close()
