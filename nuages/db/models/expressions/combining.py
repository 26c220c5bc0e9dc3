"""The node that an operator makes of two expressions."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from nuages.core.exceptions import FieldError
from nuages.db.models.expressions.base import Expression, Sql
from nuages.db.models.expressions.operators import Combinable


class CombinedExpression(Expression):
    """Two expressions and the operator between them."""

    structure = ("connector",)

    def __init__(self, lhs: Any, connector: str, rhs: Any, output_field: Any = None) -> None:
        super().__init__(output_field=output_field)
        self.connector = connector
        self.lhs = lhs
        self.rhs = rhs

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def __str__(self) -> str:
        return f"{self.lhs} {self.connector} {self.rhs}"

    def get_source_expressions(self) -> list[Any]:
        return [self.lhs, self.rhs]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.lhs, self.rhs = exprs

    @cached_property
    def allowed_default(self) -> bool:  # type: ignore[override]
        """A default may be computed from parts that may be defaults."""
        return self.lhs.allowed_default and self.rhs.allowed_default  # type: ignore[no-any-return]

    def _resolve_output_field(self) -> Any:
        from nuages.db.models.expressions.inference import combined_type

        lhs, rhs = (type(field) for field in self.get_source_fields())
        found = combined_type(lhs, self.connector, rhs)  # type: ignore[arg-type]
        if found is None:
            raise FieldError(
                f"Cannot infer type of {self.connector!r} expression involving these types: "
                f"{lhs.__name__}, {rhs.__name__}. You must set output_field."
            )
        return found()

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        resolved = super().resolve_expression(query, allow_joins, reuse, summarize, for_save)
        if type(resolved) is CombinedExpression:
            kind = _temporal_kind(resolved)
            if kind is not CombinedExpression:
                special = resolved.copy()
                special.__class__ = kind
                return special
        return resolved

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        left, left_params = compiler.compile(self.lhs)
        right, right_params = compiler.compile(self.rhs)
        # Always in brackets: what stands around is not known here.
        return f"({left} {self.connector} {right})", (*left_params, *right_params)


_NUMBERS = frozenset({"DecimalField", "DurationField", "FloatField", "IntegerField"})


class DurationExpression(CombinedExpression):
    """Arithmetic with a duration and something that is not one; each database writes it its own way."""

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        types = {internal_type(self.lhs), internal_type(self.rhs)}
        if self.connector in (self.MUL, self.DIV) and not types <= _NUMBERS:
            from nuages.db.utils import DatabaseError

            raise DatabaseError(f"Invalid arguments for operator {self.connector}.")
        parts: list[str] = []
        params: list[Any] = []
        for side in (self.lhs, self.rhs):
            sql, own = compiler.compile(side)
            if internal_type(side) == "DurationField":
                sql = connection.ops.format_for_duration_arithmetic(sql)
            parts.append(sql)
            params.extend(own)
        return f"({connection.ops.combine_duration_expression(self.connector, parts)})", tuple(params)


class TemporalSubtraction(CombinedExpression):
    """The time between two dates, times or datetimes; each database writes it its own way."""

    @cached_property
    def output_field(self) -> Any:
        """Always a duration."""
        from nuages.db.models.fields import DurationField

        return DurationField()

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        sql, params = connection.ops.subtract_temporals(
            internal_type(self.lhs), compiler.compile(self.lhs), compiler.compile(self.rhs)
        )
        return sql, tuple(params)


_POINTS = frozenset({"DateField", "DateTimeField", "TimeField"})


def internal_type(node: Any) -> str | None:
    """The internal type of a node's result, None where it has none."""
    try:
        return node.output_field.get_internal_type()  # type: ignore[no-any-return]
    except (AttributeError, FieldError):
        return None


def _temporal_kind(node: CombinedExpression) -> type[CombinedExpression]:
    left, right = internal_type(node.lhs), internal_type(node.rhs)
    if left != right and "DurationField" in (left, right):
        return DurationExpression
    if node.connector == Combinable.SUB and left == right and left in _POINTS:
        return TemporalSubtraction
    return CombinedExpression


def is_duration(value: Any) -> bool:
    """Whether a literal is a length of time."""
    return isinstance(value, datetime.timedelta)
