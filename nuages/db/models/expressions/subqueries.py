"""A query inside of a query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from nuages.core.exceptions import EmptyResultSet
from nuages.db.models.expressions.base import BaseExpression, Expression, Sql
from nuages.db.models.expressions.operators import Combinable


class Subquery(BaseExpression, Combinable):
    """The one value (or, with IN, the rows) that another queryset gives."""

    template = "(%(subquery)s)"
    contains_aggregate = False  # type: ignore[assignment]
    empty_result_set_value = None
    subquery = True

    def __init__(self, queryset: Any, output_field: Any = None, **extra: Any) -> None:
        # Accepts a queryset or a bare query.
        self.query = getattr(queryset, "query", queryset).clone()
        self.query.subquery = True
        self.template = extra.pop("template", self.template)
        self.extra = extra
        super().__init__(output_field)

    structure = ("template", "extra")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Subquery):
            return NotImplemented
        return (type(self), self.query, self.template, self.extra) == (
            type(other),
            other.query,
            other.template,
            other.extra,
        )

    def __hash__(self) -> int:
        return hash((type(self), self.template, self.query))

    def get_source_expressions(self) -> list[Any]:
        return [self.query]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.query,) = exprs

    def _resolve_output_field(self) -> Any:
        return self.query.output_field

    def copy(self) -> Self:
        clone = super().copy()
        clone.query = clone.query.clone()
        return clone

    @property
    def external_aliases(self) -> Any:
        """Aliases of the enclosing query that the subquery reads."""
        return self.query.external_aliases

    def get_external_cols(self) -> list[Any]:
        """Columns of the enclosing query that the subquery reads."""
        return self.query.get_external_cols()  # type: ignore[no-any-return]

    def get_refs(self) -> set[str]:
        return set()

    def as_sql(
        self, compiler: Any, connection: Any, template: str | None = None, **extra_context: Any
    ) -> Sql:
        connection.ops.check_expression_support(self)
        sql, params = self.query.as_sql(compiler, connection)
        # The query writes its own brackets; the template decides about them here.
        data = {**self.extra, **extra_context, "subquery": sql[1:-1] if sql.startswith("(") else sql}
        text = template or data.get("template", self.template)
        return text % data, tuple(params)

    def get_group_by_cols(self) -> list[Any]:
        outside = self.get_external_cols()
        if any(getattr(column, "possibly_multivalued", False) for column in outside):
            return [self]
        return outside


class Exists(Subquery):
    """Whether the queryset has any row."""

    template = "EXISTS(%(subquery)s)"
    empty_result_set_value = False  # type: ignore[assignment]

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        from nuages.db.models.fields import BooleanField

        kwargs.setdefault("output_field", BooleanField())
        super().__init__(queryset, **kwargs)

    def as_sql(
        self, compiler: Any, connection: Any, template: str | None = None, **extra_context: Any
    ) -> Sql:
        asking = self.copy()
        asking.query = self.query.exists()
        try:
            return Subquery.as_sql(asking, compiler, connection, template, **extra_context)
        except EmptyResultSet:
            if connection.features.supports_boolean_expr_in_select_clause:
                raise
            return "", ()

    def select_format(self, compiler: Any, sql: str, params: Sequence[Any]) -> Sql:
        """A predicate as a value, where the database does not select predicates."""
        if not compiler.connection.features.supports_boolean_expr_in_select_clause:
            return f"CASE WHEN {sql} THEN 1 ELSE 0 END", tuple(params)
        return sql, tuple(params)


__all__ = ["Exists", "Expression", "Subquery"]
