"""Ways in which databases differ from the common SQL, as small functions that make writers.

A writer is `(node, compiler, connection) -> (sql, params)`; a database's table says which class has which.
"""

from __future__ import annotations

from typing import Any

from nuages.core.exceptions import FieldError
from nuages.db.backends.dialect import Writer

Sql = tuple[str, Any]


def plainly(node: Any, compiler: Any, connection: Any) -> Sql:
    """As the node writes itself."""
    return node.as_sql(compiler, connection)  # type: ignore[no-any-return]


def named(function: str) -> Writer:
    """A function under another name."""

    def write(node: Any, compiler: Any, connection: Any) -> Sql:
        return node.as_sql(compiler, connection, function=function)  # type: ignore[no-any-return]

    return write


def templated(template: str, **context: Any) -> Writer:
    """A function in another form."""

    def write(node: Any, compiler: Any, connection: Any) -> Sql:
        return node.as_sql(compiler, connection, template=template, **context)  # type: ignore[no-any-return]

    return write


def internal_type(node: Any) -> str | None:
    """The internal type of a node's result, None where it has none."""
    try:
        field = getattr(node, "_output_field_or_none", None)
    except FieldError:
        return None
    return None if field is None else field.get_internal_type()
