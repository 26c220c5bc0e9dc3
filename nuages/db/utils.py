"""Documented face of the database room: its exceptions, the handler behind `connections`, the router.

Drivers raise exceptions of their own; `DatabaseErrorWrapper` turns them into the ones below, so that code
catches the same classes whatever the database is. The driver's exception stays as `__cause__`.
"""

from __future__ import annotations

from nuages.db.errors import DatabaseErrorWrapper
from nuages.db.exceptions import (
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
from nuages.db.handler import DEFAULT_DB_ALIAS, ConnectionHandler, load_backend
from nuages.db.routing import ConnectionRouter
from nuages.utils.connection import ConnectionDoesNotExist

#: Pickled models and querysets carry the version that made them under this key.
DJANGO_VERSION_PICKLE_KEY = "_django_version"

__all__ = [
    "DEFAULT_DB_ALIAS",
    "DJANGO_VERSION_PICKLE_KEY",
    "ConnectionDoesNotExist",
    "ConnectionHandler",
    "ConnectionRouter",
    "DataError",
    "DatabaseError",
    "DatabaseErrorWrapper",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "load_backend",
]
