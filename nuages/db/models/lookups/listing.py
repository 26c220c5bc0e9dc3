"""Membership in a list, a query or a range; being null."""

from __future__ import annotations

from typing import Any

from nuages.core.exceptions import EmptyResultSet, FullResultSet
from nuages.db.models.expressions import Value
from nuages.db.models.expressions.base import Sql
from nuages.db.models.fields import Field
from nuages.db.models.lookups.base import (
    BuiltinLookup,
    FieldGetDbPrepValueIterableMixin,
    is_query,
)
from nuages.db.models.lookups.comparison import _width, one_column


@Field.register_lookup
class In(FieldGetDbPrepValueIterableMixin, BuiltinLookup):
    lookup_name = "in"

    def get_prep_lookup(self) -> Any:
        if is_query(self.rhs):
            query = self.rhs.clone()
            # Order matters only where the query is cut.
            query.clear_ordering(clear_default=True)
            return one_column(query, "the 'in'", _width(self.lhs))
        return super().get_prep_lookup()

    def process_rhs(self, compiler: Any, connection: Any) -> Any:
        if not self.rhs_is_direct_value():
            return super().process_rhs(compiler, connection)
        db = getattr(self.rhs, "_db", None)
        if db is not None and db != connection.alias:
            raise ValueError(
                "Subqueries aren't allowed across different databases. Force "
                "the inner query to be evaluated using `list(inner_query)`."
            )
        values = _distinct([value for value in self.rhs if value is not None])
        if not values:
            raise EmptyResultSet
        sqls, params = self.batch_process_rhs(compiler, connection, values)
        return f"({', '.join(sqls)})", tuple(params)

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return f"IN {rhs}"


def _distinct(values: list[Any]) -> list[Any]:
    """Without repetitions, in order; as it is where values cannot be hashed."""
    try:
        return list(dict.fromkeys(values))
    except TypeError:
        return values


@Field.register_lookup
class Range(FieldGetDbPrepValueIterableMixin, BuiltinLookup):
    lookup_name = "range"

    def get_rhs_op(self, connection: Any, rhs: Any) -> str:
        return f"BETWEEN {rhs[0]} AND {rhs[1]}"

    def get_prep_lookup(self) -> Any:
        prepared = super().get_prep_lookup()
        if isinstance(prepared, list) and len(prepared) != 2:
            error = ValueError(f"A range lookup needs two values, got {len(prepared)}.")
            error.add_note(f"Right side: {prepared!r}")
            raise error
        return prepared


@Field.register_lookup
class IsNull(BuiltinLookup):
    lookup_name = "isnull"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        if not isinstance(self.rhs, bool):
            raise ValueError("The QuerySet value for an isnull lookup must be True or False.")
        if isinstance(self.lhs, Value):
            # Known now: a constant is null or it is not.
            raise FullResultSet if (self.lhs.value is None) is self.rhs else EmptyResultSet
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} {'IS NULL' if self.rhs else 'IS NOT NULL'}", params
