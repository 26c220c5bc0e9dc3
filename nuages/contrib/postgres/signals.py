"""Types that extensions bring: their ids differ from database to database and are asked for once."""

from __future__ import annotations

import functools
from typing import Any

from psycopg import ProgrammingError
from psycopg.types import TypeInfo
from psycopg.types.hstore import register_hstore

from nuages.compat import spelled
from nuages.db import connections
from nuages.db.backends.base.base import NO_DB_ALIAS


def _oids(alias: str, type_name: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT oid, typarray FROM pg_type WHERE typname = %s", (type_name,))
        found = cursor.fetchall()
    return tuple(row[0] for row in found), tuple(row[1] for row in found)


@functools.lru_cache
def get_hstore_oids(connection_alias: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Ids of hstore and of arrays of it, in each schema that has it."""
    return _oids(connection_alias, "hstore")


@functools.lru_cache
def get_citext_oids(connection_alias: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Ids of citext and of arrays of it."""
    return _oids(connection_alias, "citext")


#: Fields for the types of ranges, which have the same ids everywhere.
_RANGE_FIELDS = {
    3904: "IntegerRangeField",
    3906: "DecimalRangeField",
    3910: "DateTimeRangeField",
    3912: "DateRangeField",
    3926: "BigIntegerRangeField",
}


def _teach_introspection(connection: Any, hstore_oids: tuple[int, ...]) -> None:
    """Let `inspectdb` name the fields of this app."""
    introspection = connection.introspection
    fields = _RANGE_FIELDS | dict.fromkeys(hstore_oids, "HStoreField")
    where = spelled("nuages.contrib.postgres")
    known = {oid: f"{where}.fields.{name}" for oid, name in fields.items()}
    introspection.data_types_reverse = {**introspection.data_types_reverse, **known}


def forget_types(connection: Any) -> None:
    """Undo what `register_type_handlers()` taught the introspection."""
    connection.introspection.__dict__.pop("data_types_reverse", None)


def register_type_handlers(connection: Any, **kwargs: Any) -> None:
    """Teach a connection the types of the extensions that its database has."""
    if connection.vendor != "postgresql" or connection.alias == NO_DB_ALIAS:
        return
    raw = connection.connection
    _teach_introspection(connection, get_hstore_oids(connection.alias)[0])
    for oids, register in (
        (get_hstore_oids(connection.alias), _register_hstore),
        (get_citext_oids(connection.alias), _register_citext),
    ):
        for oid, array_oid in zip(*oids, strict=True):
            try:
                register(raw, oid, array_oid)
            except ProgrammingError:
                # The extension has gone since it was asked for.
                pass


def _register_hstore(raw: Any, oid: int, array_oid: int) -> None:
    register_hstore(TypeInfo("hstore", oid, array_oid), raw)


def _register_citext(raw: Any, oid: int, array_oid: int) -> None:
    # Known by name, an array of it is read as a list of texts.
    TypeInfo("citext", oid, array_oid).register(raw)
