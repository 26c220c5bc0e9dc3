"""`bulk_create()` of many rows where the database has a quicker way in than INSERT, with the same result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nuages.db.models.writing.binding import Expressions
from nuages.db.models.writing.plans import Returned

#: Below this, asking whether the table can be copied into costs more than it saves.
LEAST_ROWS = 1000


def copied(
    model: Any,
    objs: Sequence[Any],
    fields: Sequence[Any],
    rows: Sequence[Sequence[Any]],
    bind: Callable[[Sequence[Any], Any], tuple[Any, ...]],
    returned: Returned,
    connection: Any,
) -> bool:
    """Copy rows into the model's table; False where INSERT has to do it.

    What is read back may only be the key that the database numbers.
    """
    options = model._meta
    if len(objs) < LEAST_ROWS or not connection.can_copy_rows():
        return False
    numbered = returned.fields == (options.auto_field,)
    if returned.fields and not numbered:
        return False
    if any(hasattr(field, "get_placeholder_sql") for field in fields):
        return False
    try:
        bound = [bind(row, connection) for row in rows]
    except Expressions:
        return False
    keys = connection.copy_rows(
        options.db_table,
        options.auto_field.column if numbered else None,
        [field.column for field in fields],
        [_kind(field) for field in fields],
        bound,
    )
    if keys is None:
        return False
    if numbered:
        returned.apply_all(objs, [(key,) for key in keys], connection)
    return True


def _kind(field: Any) -> str:
    """The internal type of a column's field: that of the key which a relation points to."""
    while field.remote_field:
        field = field.target_field
    kind: str = field.get_internal_type()
    return kind
