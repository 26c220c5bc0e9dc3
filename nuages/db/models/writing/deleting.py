"""DELETE by primary key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nuages.db import connections
from nuages.db.backends.statement import Statement

__all__ = ["BATCH", "delete_rows"]

#: Keys in one statement.
BATCH = 100


def delete_rows(model: Any, keys: Sequence[Any], using: str) -> int:
    """Delete the rows with these keys from the model's own table; returns how many there were."""
    connection = connections[using]
    size = (
        BATCH
        if connection.dialect.max_params is None
        else min(BATCH, connection.dialect.max_params // len(model._meta.pk_fields))
    )
    model._meta.concrete_model._meta.write_count += 1
    deleted = 0
    for start in range(0, len(keys), size):
        some = keys[start : start + size]
        deleted += connection.run(_statement(model, len(some), connection), _params(model, some, connection))
    return deleted


def _params(model: Any, keys: Sequence[Any], connection: Any) -> list[Any]:
    fields = model._meta.pk_fields
    if len(fields) == 1:
        (field,) = fields
        return [field.get_db_prep_value(key, connection) for key in keys]
    return [field.get_db_prep_value(part, connection) for key in keys for field, part in zip(fields, key)]


def _statement(model: Any, count: int, connection: Any) -> Statement:
    plans = model._meta.writing_plans
    place = (connection.dialect, "delete", count)
    found = plans.get(place)
    if found is None:
        found = plans[place] = Statement(_sql(model, count, connection))
    return found


def _sql(model: Any, count: int, connection: Any) -> str:
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    columns = [f"{table}.{quote(field.column)}" for field in model._meta.pk_fields]
    if len(columns) == 1:
        places = ", ".join(["%s"] * count)
        where = f"{columns[0]} IN ({places})"
    else:
        one = " AND ".join(f"{column} = %s" for column in columns)
        where = " OR ".join([f"({one})"] * count)
    return f"DELETE FROM {table} WHERE {where}"
