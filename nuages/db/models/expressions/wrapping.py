"""Expressions around expressions: lists, a type put on one, negation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nuages.core.exceptions import EmptyResultSet, FullResultSet
from nuages.db.models.expressions.base import Expression, Sql
from nuages.db.models.expressions.functions import Func


class ExpressionList(Func):
    """Several expressions, written with commas between."""

    template = "%(expressions)s"
    allows_composite_expressions = True

    def __str__(self) -> str:
        return self.arg_joiner.join(str(inner) for inner in self.source_expressions)

    def get_group_by_cols(self) -> list[Any]:
        return [column for inner in self.source_expressions for column in inner.get_group_by_cols()]


class ExpressionWrapper(Expression):
    """Puts a type on an expression whose own is missing or mixed."""

    def __init__(self, expression: Any, output_field: Any) -> None:
        super().__init__(output_field=output_field)
        self.expression = expression

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.expression})"

    def get_source_expressions(self) -> list[Any]:
        return [self.expression]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.expression,) = exprs

    def get_group_by_cols(self) -> list[Any]:
        if isinstance(self.expression, Expression):
            inner = self.expression.copy()
            inner.output_field = self.output_field
            return inner.get_group_by_cols()
        # A condition reads columns but is itself no expression that could be grouped by.
        return super().get_group_by_cols()

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        return compiler.compile(self.expression)  # type: ignore[no-any-return]

    @property
    def allowed_default(self) -> bool:  # type: ignore[override]
        """As its expression."""
        return self.expression.allowed_default  # type: ignore[no-any-return]


class NegatedExpression(ExpressionWrapper):
    """NOT of a boolean expression; negating it again gives the expression back."""

    def __init__(self, expression: Any) -> None:
        from nuages.db.models.fields import BooleanField

        super().__init__(expression, output_field=BooleanField())

    def __invert__(self) -> Any:
        return self.expression.copy()

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        try:
            sql, params = super().as_sql(compiler, connection)
        except EmptyResultSet:
            return _true(compiler, connection)
        except FullResultSet:
            raise EmptyResultSet from None
        return f"NOT {sql}", params

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        resolved = super().resolve_expression(query, allow_joins, reuse, summarize, for_save)
        if not getattr(resolved.expression, "conditional", False):
            raise TypeError("Cannot negate non-conditional expressions.")
        return resolved

    def select_format(self, compiler: Any, sql: str, params: Sequence[Any]) -> Sql:
        """A predicate as a value, where the database does not select predicates."""
        supported = compiler.connection.ops.conditional_expression_supported_in_where_clause(self.expression)
        if supported and not compiler.connection.features.supports_boolean_expr_in_select_clause:
            return f"CASE WHEN {sql} THEN 1 ELSE 0 END", tuple(params)
        return sql, tuple(params)


def _true(compiler: Any, connection: Any) -> Sql:
    from nuages.db.models.expressions.values import Value

    if not connection.features.supports_boolean_expr_in_select_clause:
        return "1=1", ()
    return compiler.compile(Value(True))  # type: ignore[no-any-return]
