"""Databases: the connections, the router and the exceptions."""

from __future__ import annotations

from typing import Any

from nuages.core import signals
from nuages.db.utils import (
    DEFAULT_DB_ALIAS,
    DJANGO_VERSION_PICKLE_KEY,
    ConnectionHandler,
    ConnectionRouter,
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)
from nuages.utils.connection import ConnectionProxy

__all__ = [
    "DEFAULT_DB_ALIAS",
    "DJANGO_VERSION_PICKLE_KEY",
    "DataError",
    "DatabaseError",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "close_old_connections",
    "connection",
    "connections",
    "reset_queries",
    "router",
]

connections = ConnectionHandler()
router = ConnectionRouter()
connection: Any = ConnectionProxy(connections, DEFAULT_DB_ALIAS)


def reset_queries(**kwargs: Any) -> None:
    """Forget the queries logged so far."""
    for used in connections.all(initialized_only=True):
        used.queries_log.clear()


def close_old_connections(**kwargs: Any) -> None:
    """Close what is no longer usable or older than `CONN_MAX_AGE` allows."""
    for used in connections.all(initialized_only=True):
        used.close_if_unusable_or_obsolete()


def _follow_settings(*, setting: str, **kwargs: Any) -> None:
    """Forget what was worked out from a setting that a test has changed."""
    if setting == "DATABASE_ROUTERS":
        router.__dict__.pop("routers", None)
    elif setting in {"USE_TZ", "TIME_ZONE"}:
        for used in connections.all(initialized_only=True):
            for name in ("timezone", "timezone_name"):
                used.__dict__.pop(name, None)
            used.ensure_timezone()
    elif setting == "SLOW_QUERY_SECONDS":
        for used in connections.all(initialized_only=True):
            used.slow_seconds = kwargs["value"]


signals.setting_changed.connect(_follow_settings)
signals.request_started.connect(reset_queries)
signals.request_started.connect(close_old_connections)
signals.request_finished.connect(close_old_connections)
