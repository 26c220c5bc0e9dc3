"""Values that are expressions, in INSERT and UPDATE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nuages.core.exceptions import FieldError

__all__ = ["InsertWriter", "UpdateWriter"]


class _Writer:
    """Writes placeholders, or the SQL of expressions, for the values of one row."""

    #: Whether columns are written, and shown in errors, with the name of their table.
    alias_cols = False

    def __init__(self, model: Any, connection: Any) -> None:
        from nuages.db.models.sql.query import Query

        self.model = model
        self.connection = connection
        self.query = Query(model, alias_cols=self.alias_cols)
        self.compiler = self.query.get_compiler(connection=connection)

    def row(self, fields: Sequence[Any], values: Sequence[Any]) -> tuple[list[str], list[Any]]:
        """A placeholder for each field, and all parameters."""
        places: list[str] = []
        params: list[Any] = []
        for field, value in zip(fields, values):
            sql, some = self.place(field, self.prepared(field, value))
            places.append(sql)
            params.extend(some)
        return places, params

    def prepared(self, field: Any, value: Any) -> Any:
        if hasattr(value, "resolve_expression"):
            return self.resolved(field, value)
        if hasattr(value, "prepare_database_save"):
            if not field.remote_field:
                raise TypeError(
                    f"Tried to update field {field} with a model instance, {value!r}. Use a value compatible with "
                    f"{field.__class__.__name__}."
                )
            value = value.prepare_database_save(field)
        return field.get_db_prep_save(value, connection=self.connection)

    def place(self, field: Any, value: Any) -> tuple[str, Sequence[Any]]:
        own = getattr(field, "get_placeholder_sql", None)
        if own is not None:
            return own(value, self.compiler, self.connection)
        if hasattr(value, "as_sql"):
            return self.compiler.compile(value)
        return "%s", (value,)

    def resolved(self, field: Any, value: Any) -> Any:
        raise NotImplementedError

    def refuse(self, field: Any, value: Any) -> None:
        if value.contains_aggregate:
            raise FieldError(f"Aggregate functions are not allowed in this query ({field.name}={value!r}).")
        if value.contains_over_clause:
            raise FieldError(f"Window expressions are not allowed in this query ({field.name}={value!r}).")


class InsertWriter(_Writer):
    """Rows of an INSERT: expressions cannot speak of columns, as there is no row yet."""

    alias_cols = True

    def resolved(self, field: Any, value: Any) -> Any:
        value = value.resolve_expression(self.query, allow_joins=False, for_save=True)
        if value.contains_column_references:
            raise ValueError(
                f'Failed to insert expression "{value}" on {field}. F() expressions can only be used to update, not to '
                "insert."
            )
        self.refuse(field, value)
        return value


class UpdateWriter(_Writer):
    """The row of an UPDATE."""

    def resolved(self, field: Any, value: Any) -> Any:
        value = value.resolve_expression(self.query, allow_joins=False, for_save=True)
        self.refuse(field, value)
        return value
