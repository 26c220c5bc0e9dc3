"""Equality and order."""

from __future__ import annotations

import math
from typing import Any

from nuages.core.exceptions import EmptyResultSet, FullResultSet
from nuages.db.models.expressions import (
    Exists,
    ExpressionWrapper,
    NegatedExpression,
    RawSQL,
    Ref,
    Value,
)
from nuages.db.models.expressions.base import Sql
from nuages.db.models.fields import DateTimeField, Field, IntegerField
from nuages.db.models.lookups.base import BuiltinLookup, FieldGetDbPrepValueMixin, Lookup, compares, is_query
from nuages.db.models.lookups.binding import NotNone, kept_by, quick
from nuages.db.models.shapes.slots import Opaque, Slot


def one_column(query: Any, lookup_name: str, wanted: int = 1) -> Any:
    """`query` giving the columns that a comparison needs: its own selection, else the primary key."""
    if not query.has_select_fields:
        query = query.clone()
        query.clear_select_clause()
        query.add_fields(["pk"])
    if (received := _selected(query)) != wanted:
        raise ValueError(
            f"The QuerySet value for {lookup_name} lookup must have {wanted} "
            f"selected fields (received {received})"
        )
    return query


def _selected(query: Any) -> int:
    """How many columns a query gives."""
    plain = sum(len(column) if getattr(column, "is_composite", False) else 1 for column in query.select)
    return plain + len(query.annotation_select) + len(query.extra_select)


@Field.register_lookup
class Exact(FieldGetDbPrepValueMixin, BuiltinLookup):
    lookup_name = "exact"

    def get_prep_lookup(self) -> Any:
        if is_query(self.rhs):
            if not self.rhs.has_limit_one():
                raise ValueError(
                    "The QuerySet value for an exact lookup must be limited to one result using slicing."
                )
            return one_column(self.rhs, "the exact", _width(self.lhs))
        return super().get_prep_lookup()

    @staticmethod
    def prepared(value: Any, prepare: Any) -> Any:
        return value.prepared(quick(NotNone(prepare), prepare)) if isinstance(value, Slot) else prepare(value)

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        # A condition compared with a truth value is the condition or its negation. A column without a
        # boolean type of its own is compared, so that an index on it serves.
        bare = connection.features.has_native_boolean_field or is_predicate(self.lhs)
        if bare and isinstance(self.rhs, bool) and getattr(self.lhs, "conditional", False):
            return self._as_condition(compiler, connection)
        return super().as_sql(compiler, connection)

    def _as_condition(self, compiler: Any, connection: Any) -> Sql:
        try:
            lhs, params = compiler.compile(self.lhs)
        except EmptyResultSet:
            # What never holds is false, and not being it always holds.
            raise EmptyResultSet if self.rhs else FullResultSet from None
        except FullResultSet:
            raise FullResultSet if self.rhs else EmptyResultSet from None
        if not self.rhs:
            lhs = f"NOT ({lhs})" if compares(self.lhs) else f"NOT {lhs}"
        return lhs, tuple(params)


def _width(node: Any) -> int:
    return len(node) if getattr(node, "is_composite", False) else 1


def is_predicate(node: Any) -> bool:
    """Whether the SQL of `node` is a condition by itself, rather than a stored truth value."""
    if isinstance(node, (Exists, Lookup, NegatedExpression)):
        return True
    if isinstance(node, RawSQL):
        return node.conditional
    if isinstance(node, ExpressionWrapper):
        return is_predicate(node.expression)
    if isinstance(node, Ref):
        return is_predicate(node.source)
    return not hasattr(node, "output_field") or type(node).__name__ == "WhereNode"


@Field.register_lookup
class IExact(BuiltinLookup):
    lookup_name = "iexact"
    prepare_rhs = False

    def process_rhs(self, compiler: Any, connection: Any) -> Sql:
        sql, params = super().process_rhs(compiler, connection)
        if params and self.rhs_is_direct_value() and not self.bilateral_transforms:
            # Compared by LIKE on some databases: the text is meant literally.
            first = params[0]
            first = (
                first.bound(_literal)
                if isinstance(first, Slot)
                else connection.ops.prep_for_iexact_query(first)
            )
            params = (first, *params[1:])
        return sql, params


def _literal(value: Any, connection: Any) -> Any:
    return connection.ops.prep_for_iexact_query(value)


class _Ordered(FieldGetDbPrepValueMixin, BuiltinLookup):
    """Less or greater."""


@Field.register_lookup
class GreaterThan(_Ordered):
    lookup_name = "gt"


@Field.register_lookup
class GreaterThanOrEqual(_Ordered):
    lookup_name = "gte"


@Field.register_lookup
class LessThan(_Ordered):
    lookup_name = "lt"


@Field.register_lookup
class LessThanOrEqual(_Ordered):
    lookup_name = "lte"


class _InRange:
    """`prepare` step: an integer outside of what the column holds needs no query, or no condition."""

    __slots__ = ("field", "kept", "rounded")

    def __init__(self, field: Any, rounded: Any) -> None:
        self.field = field
        self.rounded = rounded
        # The type of numbers that neither changes; ours round no whole ones.
        self.kept: Any = kept_by(field.get_prep_value) if rounded.__module__ == __name__ else None

    def __call__(self, value: Any) -> Any:
        if type(value) is self.kept and 0 <= value < 2**15:
            return value
        prepared = self.field.get_prep_value(self.rounded(value))
        if prepared is None or (type(prepared) is int and 0 <= prepared < 2**15):
            return prepared
        if isinstance(prepared, int) and beyond(self.field, prepared):
            raise Opaque
        return prepared


def beyond(field: Any, value: int) -> int:
    """-1 below the range that any backend's column for `field` holds, 1 above, 0 within."""
    from nuages.db import connection

    low, high = connection.ops.integer_field_range(field.get_internal_type())
    if low is not None and value < low:
        return -1
    return 1 if high is not None and value > high else 0


class IntegerFieldOverflow:
    """Comparisons with integers that the column cannot hold are decided without asking the database."""

    underflow_exception: type[Exception] = EmptyResultSet
    overflow_exception: type[Exception] = EmptyResultSet
    rhs: Any
    lhs: Any

    @staticmethod
    def rounded(value: Any) -> Any:
        """The right side as the integer that gives the same comparison."""
        return value

    def get_prep_lookup(self) -> Any:
        """The right side, rounded and checked against the column's range."""
        if isinstance(self.rhs, Slot) and hasattr(self.lhs, "output_field"):
            return self.rhs.prepared(_InRange(self.lhs.output_field, self.rounded))
        if isinstance(self.rhs, float):
            self.rhs = self.rounded(self.rhs)
        return super().get_prep_lookup()  # type: ignore[misc]

    def process_rhs(self, compiler: Any, connection: Any) -> Sql:
        """The right side, unless the answer is known already."""
        rhs = self.rhs.value if isinstance(self.rhs, Value) else self.rhs
        if isinstance(rhs, int):
            low, high = connection.ops.integer_field_range(self.lhs.output_field.get_internal_type())
            if low is not None and rhs < low:
                raise self.underflow_exception
            if high is not None and rhs > high:
                raise self.overflow_exception
        return super().process_rhs(compiler, connection)  # type: ignore[misc, no-any-return]


@IntegerField.register_lookup
class IntegerFieldExact(IntegerFieldOverflow, Exact):
    pass


def _up(value: Any) -> Any:
    return math.ceil(value) if isinstance(value, float) and math.isfinite(value) else value


@IntegerField.register_lookup
class IntegerGreaterThan(IntegerFieldOverflow, GreaterThan):
    underflow_exception = FullResultSet


@IntegerField.register_lookup
class IntegerGreaterThanOrEqual(IntegerFieldOverflow, GreaterThanOrEqual):
    underflow_exception = FullResultSet
    rounded = staticmethod(_up)


@IntegerField.register_lookup
class IntegerLessThan(IntegerFieldOverflow, LessThan):
    overflow_exception = FullResultSet
    rounded = staticmethod(_up)


@IntegerField.register_lookup
class IntegerLessThanOrEqual(IntegerFieldOverflow, LessThanOrEqual):
    overflow_exception = FullResultSet


__all__ = [
    "DateTimeField",
    "Exact",
    "GreaterThan",
    "GreaterThanOrEqual",
    "IExact",
    "IntegerFieldExact",
    "IntegerFieldOverflow",
    "IntegerGreaterThan",
    "IntegerGreaterThanOrEqual",
    "IntegerLessThan",
    "IntegerLessThanOrEqual",
    "LessThan",
    "LessThanOrEqual",
]
