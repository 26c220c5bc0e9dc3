"""Sort order as an expression."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nuages.db.models.expressions.base import Expression, Sql, is_expression
from nuages.db.models.expressions.functions import Func
from nuages.db.models.expressions.references import F


class OrderBy(Expression):
    """An expression with a direction and a place for nulls."""

    template = "%(expression)s %(ordering)s"
    conditional = False  # type: ignore[assignment]
    allows_composite_expressions = True
    structure = ("descending", "nulls_first", "nulls_last")

    def __init__(
        self,
        expression: Any,
        descending: bool = False,
        nulls_first: bool | None = None,
        nulls_last: bool | None = None,
    ) -> None:
        if nulls_first and nulls_last:
            raise ValueError("nulls_first and nulls_last are mutually exclusive")
        if nulls_first is False or nulls_last is False:
            raise ValueError("nulls_first and nulls_last values must be True or None.")
        if not is_expression(expression):
            raise ValueError("expression must be an expression type")
        super().__init__()
        self.expression = expression
        self.descending = descending
        self.nulls_first = nulls_first
        self.nulls_last = nulls_last

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.expression!r}, descending={self.descending})"

    def get_source_expressions(self) -> list[Any]:
        return [self.expression]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.expression,) = exprs

    def as_sql(
        self, compiler: Any, connection: Any, template: str | None = None, **extra_context: Any
    ) -> Sql:
        text = template or self.template
        inner, params = compiler.compile(self.expression)
        if self.nulls_first or self.nulls_last:
            text, copies = self._placing_nulls(text, connection)
            params = tuple(params) * copies
        direction = "DESC" if self.descending else "ASC"
        return text % {"expression": inner, "ordering": direction, **extra_context}, tuple(params)

    def _placing_nulls(self, template: str, connection: Any) -> tuple[str, int]:
        """The template with nulls placed, and how many times it shows the expression."""
        if connection.features.supports_order_by_nulls_modifier:
            return f"{template} NULLS {'LAST' if self.nulls_last else 'FIRST'}", 1
        first_by_itself = connection.features.order_by_nulls_first
        if self.nulls_last and not (self.descending and first_by_itself):
            return f"%(expression)s IS NULL, {template}", 2
        if self.nulls_first and not (not self.descending and first_by_itself):
            return f"%(expression)s IS NOT NULL, {template}", 2
        return template, 1

    def get_group_by_cols(self) -> list[Any]:
        return [column for inner in self.get_source_expressions() for column in inner.get_group_by_cols()]

    def reverse_ordering(self) -> OrderBy:
        """The opposite order, nulls at the other end. Changes and returns this node, as documented of `reverse()`."""
        self.descending = not self.descending
        if self.nulls_first:
            self.nulls_last, self.nulls_first = True, None
        elif self.nulls_last:
            self.nulls_first, self.nulls_last = True, None
        self._answers = None
        return self

    def asc(self) -> None:  # type: ignore[override]
        """Make the direction upwards."""
        self.descending = False
        self._answers = None

    def desc(self) -> None:  # type: ignore[override]
        """Make the direction downwards."""
        self.descending = True
        self._answers = None


class OrderByList(Func):
    """The ORDER BY of an aggregate or window: names (with "-" for downwards) and expressions."""

    allows_composite_expressions = True
    template = "ORDER BY %(expressions)s"

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        super().__init__(*map(_directed, expressions), **extra)

    def __str__(self) -> str:
        return self.arg_joiner.join(str(inner) for inner in self.source_expressions)

    def get_group_by_cols(self) -> list[Any]:
        return [column for inner in self.source_expressions for column in inner.get_group_by_cols()]

    @classmethod
    def from_param(cls, context: str, param: Any) -> OrderByList | None:
        """The list for an `order_by` argument: nothing, a name, an expression or several of them."""
        if param is None:
            return None
        if isinstance(param, (list, tuple)):
            return cls(*param) if param else None
        if isinstance(param, str) or is_expression(param):
            return cls(param)
        raise ValueError(
            f"{context} must be either a string reference to a field, an expression, or a list or tuple of them "
            f"not {param!r}."
        )


def _directed(given: Any) -> Any:
    if isinstance(given, str) and given.startswith("-"):
        return OrderBy(F(given[1:]), descending=True)
    return given
