"""`connections`: from an alias of `DATABASES` to the connection of the work at hand.

Connections belong to scopes (`nuages.spine.Scope`): one per request, child task or thread. Each scope keeps a
table of them; a child task shares its parent's connection while that is inside a transaction and has its own
otherwise. When a request's scope closes, its connections rest in a pool, ready for the next; those of a thread
outside of requests are closed with the thread.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from nuages.compat import spelled
from nuages.core.exceptions import ImproperlyConfigured
from nuages.spine import Scope, current_scope
from nuages.utils.connection import BaseConnectionHandler, ConnectionDoesNotExist
from nuages.utils.functional import cached_property

if TYPE_CHECKING:
    from types import ModuleType

    from nuages.db.backends.base.base import BaseDatabaseWrapper
    from nuages.db.pool import Limits, Pool

    Table = dict[str, BaseDatabaseWrapper]

DEFAULT_DB_ALIAS = "default"

#: What a database of the settings says when it does not say it.
DEFAULTS: Mapping[str, Any] = {
    "ATOMIC_REQUESTS": False,
    "AUTOCOMMIT": True,
    "CONN_HEALTH_CHECKS": False,
    "CONN_MAX_AGE": 0,
    "HOST": "",
    "NAME": "",
    "PASSWORD": "",
    "PORT": "",
    "TIME_ZONE": None,
    "USER": "",
}
TEST_DEFAULTS: Mapping[str, Any] = {
    "CHARSET": None,
    "COLLATION": None,
    "MIGRATE": True,
    "MIRROR": None,
    "NAME": None,
}

RENAMED_ENGINES = {
    "postgresql_psycopg2": "postgresql",
    "django.db.backends.postgresql_psycopg2": "django.db.backends.postgresql",
    "nuages.db.backends.postgresql_psycopg2": "nuages.db.backends.postgresql",
}


def load_backend(backend_name: str) -> ModuleType:
    """Import the `base` module of a database backend named by `ENGINE`.

    Paths that start with `django.db.backends` mean ours.
    """
    wanted = RENAMED_ENGINES.get(backend_name, backend_name)
    if wanted.startswith("django.db.backends"):
        wanted = "nuages" + wanted.removeprefix("django")
    try:
        return import_module(wanted + ".base")
    except ImportError as error:
        ours = import_module("nuages.db.backends")
        names = sorted(_subpackages(ours))
        if wanted in {f"{ours.__name__}.{name}" for name in names}:
            raise  # it is ours, and something that it needs is missing: that message says more
        message = (
            f"{backend_name!r} isn't an available database backend or couldn't be imported. "
            "Check the above exception. To use one of the built-in backends, use "
            f"'{spelled(ours.__name__)}.XXX', where XXX is one of:\n    {', '.join(map(repr, names))}"
        )
        raise ImproperlyConfigured(message) from error


def _subpackages(package: ModuleType) -> Iterator[str]:
    for _, name, is_package in iter_modules(package.__path__):
        if is_package and name not in {"base", "dummy"}:
            yield name


class ConnectionHandler(BaseConnectionHandler):
    """The connections of a set of databases, found by alias: `connections["default"]`."""

    settings_name = "DATABASES"

    def __init__(self, settings: dict[str, dict[str, Any]] | None = None) -> None:
        self._settings = settings
        self._pools: dict[str, Pool] = {}
        self._lent: Table = {}
        _handlers.add(self)

    # Settings

    @cached_property
    def settings(self) -> dict[str, dict[str, Any]]:
        return self.configure_settings(self._settings)

    @property
    def databases(self) -> dict[str, dict[str, Any]]:
        """The settings, under the name third parties know."""
        return self.settings

    def configure_settings(self, databases: dict[str, dict[str, Any]] | None) -> dict[str, dict[str, Any]]:
        """Fill in what the settings leave out."""
        configured = super().configure_settings(databases)
        if not configured:
            configured[DEFAULT_DB_ALIAS] = {}
        if DEFAULT_DB_ALIAS not in configured:
            raise ImproperlyConfigured(f"You must define a '{DEFAULT_DB_ALIAS}' database.")
        dummy = spelled("nuages.db.backends.dummy")
        if not configured[DEFAULT_DB_ALIAS]:
            configured[DEFAULT_DB_ALIAS]["ENGINE"] = dummy
        for database in configured.values():
            if database.get("ENGINE") in {None, "", "django.db.backends.", "nuages.db.backends."}:
                database["ENGINE"] = dummy
            for name, value in DEFAULTS.items():
                database.setdefault(name, value)
            database.setdefault("OPTIONS", {})
            test = database.setdefault("TEST", {})
            for name, value in TEST_DEFAULTS.items():
                test.setdefault(name, value)
        return configured

    # Access

    def __getitem__(self, alias: str) -> BaseDatabaseWrapper:
        scope = current_scope()
        try:
            return scope.locals[self][alias]  # type: ignore[no-any-return]
        except KeyError:
            pass
        return self._find(scope, alias)

    def __setitem__(self, alias: str, connection: BaseDatabaseWrapper) -> None:
        self._table(current_scope())[alias] = connection

    def __delitem__(self, alias: str) -> None:
        table = self._table(current_scope())
        if alias not in table:
            raise AttributeError(alias)
        del table[alias]

    def __iter__(self) -> Iterator[str]:
        return iter(self.settings)

    def __contains__(self, alias: object) -> bool:
        return alias in self.settings

    def all(self, initialized_only: bool = False) -> list[BaseDatabaseWrapper]:
        """Return the connections of all aliases, or of those used so far in this scope."""
        if not initialized_only:
            return [self[alias] for alias in self.settings]
        table = current_scope().locals.get(self)
        return [table[alias] for alias in self.settings if alias in table] if table else []

    def create_connection(self, alias: str) -> BaseDatabaseWrapper:
        """Make a new connection for `alias`, which belongs to no scope yet."""
        database = self.settings[alias]
        backend = load_backend(database["ENGINE"])
        return backend.DatabaseWrapper(database, alias)

    def close_all(self) -> None:
        """Close this scope's connections and the idle ones."""
        for connection in self.all(initialized_only=True):
            connection.close()
        self.close_idle()

    def close_idle(self, alias: str | None = None) -> None:
        """Close the connections at rest (of one alias)."""
        for name, pool in list(self._pools.items()):
            if alias in (None, name):
                pool.close()

    def lend(self, alias: str, connection: BaseDatabaseWrapper) -> None:
        """Make every scope of this process use one connection: what a live test server's requests need."""
        connection.inc_thread_sharing()
        connection.share()
        self._lent[alias] = connection

    def reclaim(self, alias: str) -> None:
        """End what `lend` began."""
        self._lent.pop(alias).dec_thread_sharing()

    # Scopes

    def _table(self, scope: Scope) -> Table:
        table: Table | None = scope.locals.get(self)
        if table is None:
            table = scope.locals[self] = {}
            scope.on_close(lambda: self._scope_closed(table))
        return table

    def _find(self, scope: Scope, alias: str) -> BaseDatabaseWrapper:
        if alias in self._lent:
            return self._lent[alias]
        if alias not in self.settings:
            error = ConnectionDoesNotExist(self.exception_message(alias))
            error.add_note(f"DATABASES has: {', '.join(self.settings)}.")
            raise error
        ancestor = scope.parent
        while ancestor is not None:
            theirs = ancestor.locals.get(self, {}).get(alias)
            if theirs is not None and theirs.must_be_shared():
                theirs.share()
                return theirs
            ancestor = ancestor.parent
        table = self._table(scope)
        if scope.entered:
            connection = self._pool(alias).take(lambda: self.create_connection(alias))
            connection.pooled = True
        else:
            connection = self.create_connection(alias)
        table[alias] = connection
        return connection

    def _pool(self, alias: str) -> Pool:
        pool = self._pools.get(alias)
        if pool is None:
            from nuages.db.pool import Pool

            pool = self._pools.setdefault(alias, Pool(alias, lambda: self._limits(alias)))
        return pool

    def _limits(self, alias: str) -> Limits:
        database = self.settings[alias]
        return load_backend(database["ENGINE"]).DatabaseWrapper.pool_limits(database["OPTIONS"])

    def exception_message(self, alias: str) -> str:
        return f"The connection '{alias}' doesn't exist."

    def _scope_closed(self, table: Table) -> None:
        for alias, connection in table.items():
            if connection.pooled and connection.alias == alias:
                self._pool(alias).give_back(connection, connection.rest())
            elif not connection.allow_thread_sharing:  # else somebody holds it and will close it
                connection.discard()
        table.clear()

    def _forget_idle(self) -> None:
        """After a fork: the sockets and locks belong to the parent."""
        for pool in self._pools.values():
            pool.forget()


_handlers: weakref.WeakSet[ConnectionHandler] = weakref.WeakSet()


def _after_fork() -> None:
    for handler in list(_handlers):
        handler._forget_idle()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
