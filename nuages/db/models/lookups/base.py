"""Lookup and Transform, and how both sides of a lookup get into SQL."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from nuages.core.exceptions import EmptyResultSet, FullResultSet
from nuages.db.backends.base.operations import BaseDatabaseOperations
from nuages.db.models.expressions import Col, Expression, ExpressionWrapper, Func, NegatedExpression, Value
from nuages.db.models.expressions.base import Sql, is_expression
from nuages.db.models.lookups.binding import PreparedForField, quick
from nuages.db.models.query_utils import RegisterLookupMixin
from nuages.db.models.shapes.slots import Slot


def is_query(value: Any) -> bool:
    """Whether `value` is a nested query, resolved or not yet."""
    from nuages.db.models.sql.query import Query

    return isinstance(value, Query)


def compares(node: Any) -> bool:
    """Whether the SQL of `node` is a bare comparison, or several joined by AND and OR."""
    while type(node) is ExpressionWrapper:
        node = node.expression
    # A tree of conditions is no expression, and has no type.
    return isinstance(node, (Lookup, NegatedExpression)) or hasattr(node, "children")


def compiles(value: Any) -> bool:
    """Whether `value` turns into SQL of its own."""
    return hasattr(value, "as_sql")


class Lookup(Expression):
    """A boolean comparison of a left side with a right side."""

    lookup_name: str = ""
    prepare_rhs = True
    can_use_none_as_rhs = False
    # Transforms of the left side that count for the right side too.
    bilateral_transforms: Sequence[Any] = ()
    # A left side that is a composite key has lookups of its own, and a right side is refused by name.
    allows_composite_expressions = True

    def __init__(self, lhs: Any, rhs: Any) -> None:
        super().__init__()
        self.lhs = lhs
        self.rhs = rhs
        self.rhs = self.get_prep_lookup()
        self.lhs = self.get_prep_lhs()
        if hasattr(self.lhs, "get_bilateral_transforms"):
            self.bilateral_transforms = self.lhs.get_bilateral_transforms()
            if self.bilateral_transforms and is_query(rhs):
                raise NotImplementedError(
                    "Bilateral transformations on nested querysets are not implemented."
                )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.lhs!r}, {self.rhs!r})"

    @property
    def identity(self) -> tuple[Any, ...]:  # type: ignore[override]
        from nuages.utils.hashable import make_hashable

        return type(self), self.lhs, make_hashable(self.rhs)

    @cached_property
    def output_field(self) -> Any:
        """A comparison is true, false or unknown."""
        from nuages.db.models.fields import BooleanField

        return BooleanField()

    @property
    def allowed_default(self) -> bool:  # type: ignore[override]
        """When both sides may be part of a default."""
        return bool(
            getattr(self.lhs, "allowed_default", False)
            and (not compiles(self.rhs) or getattr(self.rhs, "allowed_default", False))
        )

    # Sides

    def get_group_by_cols(self) -> list[Any]:
        # Rows are told apart by what is compared, not by how the comparison ends.
        sides = [node for node in self.get_source_expressions() if hasattr(node, "get_group_by_cols")]
        return [column for node in sides for column in node.get_group_by_cols()]

    def get_source_expressions(self) -> list[Any]:
        return [self.lhs] if self.rhs_is_direct_value() else [self.lhs, self.rhs]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        if len(exprs) == 1:
            (self.lhs,) = exprs
        else:
            self.lhs, self.rhs = exprs

    def rhs_is_direct_value(self) -> bool:
        """Whether the right side is a plain value (or the slot of one)."""
        return not compiles(self.rhs) and not is_expression(self.rhs)

    def get_prep_lhs(self) -> Any:
        """The left side as an expression."""
        return self.lhs if is_expression(self.lhs) else Value(self.lhs)

    def get_prep_lookup(self) -> Any:
        """The right side prepared for a comparison with the left one's type."""
        if not self.prepare_rhs or is_expression(self.rhs):
            return self.rhs
        if hasattr(self.lhs, "output_field"):
            prepare = getattr(self.lhs.output_field, "get_prep_value", None)
            return self.rhs if prepare is None else self.prepared(self.rhs, prepare)
        return Value(self.rhs) if self.rhs_is_direct_value() else self.rhs

    @staticmethod
    def prepared(value: Any, prepare: Any) -> Any:
        """`prepare(value)`: now for a value, at each call for a slot."""
        return value.prepared(quick(prepare, prepare)) if isinstance(value, Slot) else prepare(value)

    def get_db_prep_lookup(self, value: Any, connection: Any) -> Sql:
        """Placeholder and parameter of a plain right side."""
        return "%s", (value,)

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Sql:
        """The left side's SQL and parameters."""
        node = lhs or self.lhs
        # A column has nothing left to resolve.
        if type(node) is not Col and is_expression(node):
            node = node.resolve_expression(compiler.query)
        try:
            sql, params = compiler.compile(node)
        except EmptyResultSet:
            instead = getattr(node, "empty_result_set_value", NotImplemented)
            if instead is NotImplemented:
                raise
            sql, params = compiler.compile(Value(instead))
        # A comparison inside a comparison reads wrongly without brackets.
        return (f"({sql})", tuple(params)) if compares(node) else (sql, tuple(params))

    def process_rhs(self, compiler: Any, connection: Any) -> Sql:
        """The right side's SQL and parameters."""
        if getattr(self.rhs, "is_composite", False):
            raise ValueError(f"{type(self.rhs.output_field).__name__} cannot be used as a lookup value.")
        value = self._transformed(self.rhs, compiler) if self.bilateral_transforms else self.rhs
        if not compiles(value):
            sql, params = self.get_db_prep_lookup(value, connection)
            return sql, tuple(params)
        sql, params = compiler.compile(value)
        if sql[:1] != "(" and not isinstance(value, Value):
            sql = f"({sql})"
        return sql, tuple(params)

    def _transformed(self, value: Any, compiler: Any) -> Any:
        """A right side with the bilateral transforms of the left one."""
        node = value if compiles(value) else Value(value, output_field=self.lhs.output_field)
        return self.apply_bilateral_transforms(node).resolve_expression(compiler.query)

    def apply_bilateral_transforms(self, value: Any) -> Any:
        """The transforms of the left side that count for the right side too, in their order."""
        for transform in self.bilateral_transforms:
            value = transform(value)
        return value

    def batch_process_rhs(
        self, compiler: Any, connection: Any, rhs: Sequence[Any] | None = None
    ) -> tuple[list[str], list[Any]]:
        """Placeholders and parameters for each of several right sides."""
        sqls: list[str] = []
        params: list[Any] = []
        for value in self.rhs if rhs is None else rhs:
            if self.bilateral_transforms:
                value = self._transformed(value, compiler)
            if compiles(value):
                sql, own = compiler.compile(value)
            else:
                sql, own = self.get_db_prep_lookup(value, connection)
            sqls.append(sql)
            params.extend(own)
        return sqls, params

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        """Operator and right side."""
        return connection.operators[self.lookup_name] % rhs  # type: ignore[no-any-return]

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        raise NotImplementedError("A lookup says in as_sql() how it is written.")


class Transform(RegisterLookupMixin, Func):
    """A function of one expression that can be part of a lookup's path, such as `__year`."""

    bilateral = False
    arity = 1
    lookup_name: str

    @property
    def lhs(self) -> Any:
        """What is transformed."""
        return self.get_source_expressions()[0]

    def get_bilateral_transforms(self) -> list[Any]:
        """This transform and those below it that count for both sides, innermost first."""
        below = self.lhs
        inner = below.get_bilateral_transforms() if hasattr(below, "get_bilateral_transforms") else []
        return [*inner, type(self)] if self.bilateral else inner


class BuiltinLookup(Lookup):
    """A lookup written as left side, operator, right side."""

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Sql:
        sql, params = super().process_lhs(compiler, connection, lhs)
        internal_type = self.lhs.output_field.get_internal_type()
        ops = connection.ops
        # None of ours casts columns; a type is not worked out for nothing.
        if type(ops).field_cast_sql is not BaseDatabaseOperations.field_cast_sql:
            sql = ops.field_cast_sql(self.lhs.output_field.db_type(connection), internal_type) % sql
        sql = ops.lookup_cast(self.lookup_name, internal_type) % sql
        return sql, tuple(params)

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        return f"{lhs} {self.get_rhs_op(connection, rhs)}", (*lhs_params, *rhs_params)


class FieldGetDbPrepValueMixin:
    """Right sides are adapted by the left side's field."""

    get_db_prep_lookup_value_is_iterable: ClassVar[bool] = False
    lhs: Any

    def get_db_prep_lookup(self, value: Any, connection: Any) -> Sql:
        """Placeholder and parameter of one right side."""
        field = self.lhs.output_field
        # For a relation it is the field at the other end that knows its values.
        field = getattr(field, "target_field", None) or field
        if isinstance(value, Slot):
            param: Any = value.bound(PreparedForField(field))
        else:
            param = field.get_db_prep_value(value, connection, prepared=True)
        return "%s", (param,)


class FieldGetDbPrepValueIterableMixin(FieldGetDbPrepValueMixin):
    """The right side is several values, each adapted by the left side's field."""

    get_db_prep_lookup_value_is_iterable = True
    rhs: Any
    prepare_rhs: bool

    def get_prep_lookup(self) -> Any:
        """Each value prepared; expressions stay."""
        if is_expression(self.rhs):
            return self.rhs
        prepare = None
        if self.prepare_rhs and hasattr(self.lhs, "output_field"):
            prepare = getattr(self.lhs.output_field, "get_prep_value", None)
        prepared: list[Any] = []
        for value in self.rhs:
            if is_expression(value) or prepare is None:
                prepared.append(value)
            elif isinstance(value, Slot):
                prepared.append(value.prepared(quick(prepare, prepare)))
            else:
                prepared.append(prepare(value))
        return prepared

    def get_source_expressions(self) -> list[Any]:
        if not self.rhs_is_direct_value():  # type: ignore[attr-defined]
            return [self.lhs, self.rhs]
        return [self.lhs, *(value for value in self.rhs if is_expression(value))]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.lhs = exprs[0]
        if not self.rhs_is_direct_value():  # type: ignore[attr-defined]
            self.rhs = exprs[1]
            return
        rest = iter(exprs[1:])
        self.rhs = [next(rest) if is_expression(value) else value for value in self.rhs]

    def process_rhs(self, compiler: Any, connection: Any) -> Any:
        """SQL of the nested query, or one placeholder for each value."""
        if not self.rhs_is_direct_value():  # type: ignore[attr-defined]
            return super().process_rhs(compiler, connection)  # type: ignore[misc]
        return self.batch_process_rhs(compiler, connection)  # type: ignore[attr-defined]


class PostgresOperatorLookup(Lookup):
    """A lookup that is one operator between its sides, as PostgreSQL's own types have many."""

    postgres_operator: str = ""

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        return f"{lhs} {self.postgres_operator} {rhs}", (*lhs_params, *rhs_params)


__all__ = [
    "BuiltinLookup",
    "EmptyResultSet",
    "FieldGetDbPrepValueIterableMixin",
    "FieldGetDbPrepValueMixin",
    "FullResultSet",
    "Lookup",
    "PostgresOperatorLookup",
    "Transform",
]
