"""Constants in a query: parameters, raw SQL, the database's own default."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from nuages.db.models.expressions.base import Expression, Sql
from nuages.db.models.shapes.slots import Opaque, Slot

# Python type → name of the field that describes it; a subclass comes before its base.
_FIELD_OF: tuple[tuple[type, str], ...] = (
    (str, "CharField"),
    (bool, "BooleanField"),
    (int, "IntegerField"),
    (float, "FloatField"),
    (datetime.datetime, "DateTimeField"),
    (datetime.date, "DateField"),
    (datetime.time, "TimeField"),
    (datetime.timedelta, "DurationField"),
    (Decimal, "DecimalField"),
    (bytes, "BinaryField"),
    (uuid.UUID, "UUIDField"),
)


def field_for(value: Any) -> Any:
    """The field a plain Python value would be stored in, None where there is none."""
    from nuages.db.models import fields

    for kind, name in _FIELD_OF:
        if isinstance(value, kind):
            return getattr(fields, name)()
    return None


class Value(Expression):
    """A Python value as an expression; bound as a parameter, never written into the SQL."""

    structure = ("for_save",)
    allowed_default = True
    # Whether the value is written into a column rather than compared with one.
    for_save = False

    def __init__(self, value: Any, output_field: Any = None) -> None:
        super().__init__(output_field=output_field)
        self.value = value

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value!r})"

    @property
    def identity(self) -> tuple[Any, ...]:  # type: ignore[override]
        # 1, 1.0 and True are equal in Python but not in SQL.
        return (*super().identity, type(self.value), self.value if isinstance(self.value, Slot) else None)

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        value = self.value
        field = self._output_field_or_none
        if field is None:
            return ("NULL", ()) if value is None else ("%s", (value,))
        # None given as a value is the field's own null (JSON has one), not a column left empty.
        saving = self.for_save and value is not None
        convert = field.get_db_prep_save if saving else field.get_db_prep_value
        if isinstance(value, Slot):
            value = value.bound(convert)
        else:
            value = convert(value, connection=connection)
            if value is None:
                return "NULL", ()
        placeholder = getattr(field, "get_placeholder_sql", None)
        if placeholder is not None:
            if isinstance(value, Slot) and not placeholder.__func__.__module__.startswith("nuages."):
                # A custom field's placeholder may look at the value.
                raise Opaque
            return placeholder(value, compiler, connection)  # type: ignore[no-any-return]
        return "%s", (value,)

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        resolved = super().resolve_expression(query, allow_joins, reuse, summarize, for_save)
        resolved.for_save = for_save
        return resolved

    def get_group_by_cols(self) -> list[Any]:
        return []

    def _resolve_output_field(self) -> Any:
        return field_for(self.value)

    @property
    def empty_result_set_value(self) -> Any:  # type: ignore[override]
        """A constant does not depend on rows."""
        return self.value


class RawSQL(Expression):
    """SQL written by hand; `params` are bound, never interpolated."""

    allowed_default = True
    structure = ("sql",)
    # A caller's own SQL may treat parameters in ways that depend on them (their number, their type).
    shape_safe = False

    def __init__(self, sql: str, params: Sequence[Any], output_field: Any = None) -> None:
        if output_field is None:
            from nuages.db.models.fields import Field

            output_field = Field()
        self.sql = sql
        self.params = params
        super().__init__(output_field=output_field)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.sql}, {self.params})"

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        return f"({self.sql})", tuple(self.params)

    def get_group_by_cols(self) -> list[Any]:
        return [self]

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        # The SQL may name columns of parent models: have their tables joined.
        if query is not None and getattr(query, "model", None) is not None:
            for parent in query.model._meta.all_parents:
                for field in parent._meta.local_fields:
                    if field.column.lower() in self.sql.lower():
                        query.resolve_ref(field.name, allow_joins, reuse, summarize)
                        break
        return super().resolve_expression(query, allow_joins, reuse, summarize, for_save)


class DatabaseDefault(Expression):
    """The place of a value that the database fills in from the column's `db_default`."""

    def __init__(self, expression: Any, output_field: Any = None) -> None:
        super().__init__(output_field=output_field)
        self.expression = expression

    def get_source_expressions(self) -> list[Any]:
        return [self.expression]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.expression,) = exprs

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        resolved = self.expression.resolve_expression(query, allow_joins, reuse, summarize, for_save)
        # Outside of INSERT and UPDATE the expression itself is what the default means.
        return type(self)(resolved, output_field=self._output_field_or_none) if for_save else resolved

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        if not connection.features.supports_default_keyword_in_insert:
            return compiler.compile(self.expression)  # type: ignore[no-any-return]
        return "DEFAULT", ()
