"""Functions that compare or convert."""

from __future__ import annotations

import re
from typing import Any

from nuages.db.models.expressions import Func
from nuages.db.models.expressions.base import Sql

_COLLATION = re.compile(r"[\w-]+")


class Cast(Func):
    """An expression converted to the type of a field."""

    function = "CAST"
    template = "%(function)s(%(expressions)s AS %(db_type)s)"

    def __init__(self, expression: Any, output_field: Any) -> None:
        super().__init__(expression, output_field=output_field)

    def as_sql(self, compiler: Any, connection: Any, **extra_context: Any) -> Sql:  # type: ignore[override]
        extra_context.setdefault("db_type", self.output_field.cast_db_type(connection))
        return super().as_sql(compiler, connection, **extra_context)


class _AtLeastTwo(Func):
    """A function of two or more expressions."""

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        if len(expressions) < 2:
            raise ValueError(f"{type(self).__name__} must take at least two expressions")
        super().__init__(*expressions, **extra)


class Coalesce(_AtLeastTwo):
    """The first of its arguments that is not null."""

    function = "COALESCE"

    @property
    def empty_result_set_value(self) -> Any:  # type: ignore[override]
        """Over no rows: the first argument that has a value then."""
        for inner in self.get_source_expressions():
            value = inner.empty_result_set_value
            if value is NotImplemented or value is not None:
                return value
        return None


class Collate(Func):
    """A text compared and sorted by the rules of a collation."""

    function = "COLLATE"
    template = "%(expressions)s %(function)s %(collation)s"
    allowed_default = False  # type: ignore[assignment]
    structure = ("collation", "extra")

    def __init__(self, expression: Any, collation: str) -> None:
        # It becomes part of the SQL text.
        if not (collation and _COLLATION.fullmatch(collation)):
            raise ValueError(f"Invalid collation name: {collation!r}.")
        self.collation = collation
        super().__init__(expression)

    def as_sql(self, compiler: Any, connection: Any, **extra_context: Any) -> Sql:  # type: ignore[override]
        extra_context.setdefault("collation", connection.ops.quote_name(self.collation))
        return super().as_sql(compiler, connection, **extra_context)


class Greatest(_AtLeastTwo):
    """The greatest of its arguments."""

    function = "GREATEST"


class Least(_AtLeastTwo):
    """The least of its arguments."""

    function = "LEAST"


class NullIf(Func):
    """Null where both arguments are equal, else the first."""

    function = "NULLIF"
    arity = 2
