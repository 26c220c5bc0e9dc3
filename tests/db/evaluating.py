"""Expressions without a query: compiled by the dialect's writers and computed by SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nuages.db import connections
from nuages.db.models.shapes.slots import Late, Slot


class BareCompiler:
    """What nodes need of a compiler, and no more."""

    query = None

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.dialect = connection.dialect

    def quote_name(self, name: str) -> str:
        return str(self.dialect.quote(name))

    def compile(self, node: Any) -> tuple[str, Any]:
        for kind in type(node).__mro__:
            writer = self.dialect.writers.get(kind)
            if writer is not None:
                return writer(node, self, self.connection)
        return node.as_sql(self, self.connection)  # type: ignore[no-any-return]


def sql_of(node: Any, vendor_connection: Any = None) -> tuple[str, tuple[Any, ...]]:
    """The SQL and parameters of a node that names no columns."""
    connection = vendor_connection or connections["default"]
    sql, params = BareCompiler(connection).compile(node.resolve_expression(None))
    return sql, tuple(params)


def evaluate(node: Any, values: Sequence[Any] = ()) -> Any:
    """What SQLite says a node is, as the query layer would give it."""
    connection = connections["default"]
    sql, params = sql_of(node)
    bound = [
        param.resolve(values, connection) if isinstance(param, (Slot, Late)) else param for param in params
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", bound)
        (value,) = cursor.fetchone()
    resolved = node.resolve_expression(None)
    for convert in [*connection.ops.get_db_converters(resolved), *resolved.get_db_converters(connection)]:
        value = convert(value, resolved, connection)
    return value
