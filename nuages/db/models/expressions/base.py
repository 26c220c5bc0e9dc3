"""What every query expression can do: resolve itself, name its type, say what it reads, be compared and rebuilt."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

from nuages.core.exceptions import FieldError
from nuages.db.models.expressions.operators import Combinable
from nuages.db.models.expressions.rebuild import Rebuildable, identity_of
from nuages.utils.hashable import make_hashable

if TYPE_CHECKING:
    from nuages.db.models.expressions.ordering import OrderBy

Sql = tuple[str, tuple[Any, ...]]

# What a subclass may write itself without its SQL being able to depend on literal values.
_HARMLESS = frozenset(
    {"__init__", "__repr__", "__str__", "deconstruct", "output_field", "_resolve_output_field"}
)
_OWN_ROOMS = ("nuages.db.", "nuages.contrib.")


class derived(cached_property):  # type: ignore[type-arg]
    """An answer found once for a node, which a changed copy finds anew; one that was assigned stays."""

    def __get__(self, node: Any, owner: type | None = None) -> Any:
        if node is None:
            return self
        # Not by way of `__dict__`: asking for that makes a dictionary of attributes that need none.
        answers = node._answers
        if answers is None:
            answers = node._answers = {}
        elif self.attrname in answers:
            return answers[self.attrname]
        answer = answers[self.attrname] = self.func(node)
        return answer


class OutputFieldIsNoneError(FieldError):
    """An expression whose type is known to be unknown, such as a bare NULL."""


def is_expression(value: Any) -> bool:
    """Whether `value` takes part in queries by itself (an expression, an F, a Q, a queryset, a query)."""
    return hasattr(value, "resolve_expression")


class BaseExpression:
    """Base of all nodes that can be part of a query."""

    # What the documentation lets subclasses say about themselves.
    filterable = constraint_validation_compatible = True
    allowed_default = window_compatible = False
    set_returning = allows_composite_expressions = False
    empty_result_set_value: Any = NotImplemented
    # Whether it was resolved for a terminal aggregate.
    is_summary = False
    # What `derived` found.
    _answers: dict[str, Any] | None = None

    # Whether the SQL of this class depends on the structure of a node only, never on literal values in it.
    shape_safe: ClassVar[bool] = True
    # Attributes which, beside the source expressions, make up the structure of a node.
    structure: ClassVar[tuple[str, ...]] = ()
    # Attributes that hold an expression (or None) which is not one of the source expressions.
    beside_sources: ClassVar[tuple[str, ...]] = ()

    def __init__(self, output_field: Any = None) -> None:
        if output_field is not None:
            self.output_field = output_field

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "shape_safe" in cls.__dict__ or cls.__module__.startswith(_OWN_ROOMS):
            return
        if any(
            name not in _HARMLESS and not name.startswith("__") and _is_code(member)
            for name, member in cls.__dict__.items()
        ):
            cls.shape_safe = False

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        state.pop("_answers", None)
        return state

    # Structure

    def get_source_expressions(self) -> list[Any]:
        """The expressions inside this one, in order."""
        return []

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Put `exprs` where `get_source_expressions()` finds them."""
        if exprs:
            raise ValueError(f"{type(self).__name__} holds no expressions, got {list(exprs)!r}.")

    def copy(self) -> Self:
        """A copy that can be changed."""
        # Without answers: __getstate__ leaves them out.
        return copy.copy(self)

    def _rebuilt(self, change: Callable[[Any], Any]) -> Self:
        """A copy with `change` applied to each inner expression."""
        clone = self.copy()
        clone.set_source_expressions(
            [None if inner is None else change(inner) for inner in self.get_source_expressions()]
        )
        return clone

    def flatten(self) -> Iterator[Any]:
        """This expression and everything in it, outermost first."""
        yield self
        for inner in self.get_source_expressions():
            if inner is None:
                continue
            if hasattr(inner, "flatten"):
                yield from inner.flatten()
            else:
                yield inner

    def _any_source(self, name: str) -> bool:
        for inner in self.get_source_expressions():
            if inner is not None and getattr(inner, name, False):
                return True
        return False

    @derived
    def contains_aggregate(self) -> bool:
        """Whether an aggregate is in here, so that rows are grouped."""
        return self._any_source("contains_aggregate")

    @derived
    def contains_over_clause(self) -> bool:
        """Whether a window is in here."""
        return self._any_source("contains_over_clause")

    @derived
    def contains_column_references(self) -> bool:
        """Whether a column is read."""
        return self._any_source("contains_column_references")

    @derived
    def contains_subquery(self) -> bool:
        """Whether a subquery is in here."""
        return self._any_source("subquery") or self._any_source("contains_subquery")

    # Resolving and rewriting

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        """A copy whose names are resolved in `query`."""
        resolved = self._rebuilt(
            lambda inner: (
                inner.resolve_expression(query, allow_joins, reuse, summarize, for_save)
                if is_expression(inner)
                else inner
            )
        )
        resolved.is_summary = summarize
        resolved.refuse_composites()
        return resolved

    def refuse_composites(self) -> None:
        """Raise ValueError where a key of several columns stands in a place for one value."""
        if self.allows_composite_expressions:
            return
        if any(getattr(inner, "is_composite", False) for inner in self.get_source_expressions()):
            raise ValueError(f"{type(self).__name__} expression does not support composite primary keys.")

    def relabeled_clone(self, change_map: Mapping[Any, Any]) -> Self:
        """A copy with the table aliases renamed."""
        return self._rebuilt(lambda inner: inner.relabeled_clone(change_map))

    def replace_expressions(self, replacements: Mapping[Any, Any]) -> Any:
        """This expression with parts replaced where `replacements` has them."""
        if not replacements:
            return self
        instead = replacements.get(self)
        if instead is not None:
            return instead
        if not self.get_source_expressions():
            return self
        return self._rebuilt(lambda inner: inner.replace_expressions(replacements))

    def get_refs(self) -> set[str]:
        """Names of the annotations referred to."""
        return {
            name for inner in self.get_source_expressions() if inner is not None for name in inner.get_refs()
        }

    def prefix_references(self, prefix: str) -> Self:
        """A copy whose F() names start with `prefix`."""
        from nuages.db.models.expressions.references import F

        return self._rebuilt(
            lambda inner: (
                F(f"{prefix}{inner.name}") if isinstance(inner, F) else inner.prefix_references(prefix)
            )
        )

    def get_group_by_cols(self) -> list[Any]:
        """What has to be grouped by when this is selected beside aggregates."""
        if not self.contains_aggregate:
            return [self]
        return [
            column
            for inner in self.get_source_expressions()
            if inner is not None
            for column in inner.get_group_by_cols()
        ]

    def get_expression_for_validation(self) -> Any:
        """The part of this expression that can be computed while a constraint is validated."""
        if self.constraint_validation_compatible:
            return self
        try:
            (only,) = self.get_source_expressions()
        except ValueError as error:
            raise ValueError(
                "Expressions with constraint_validation_compatible set to False must have "
                "only one source expression."
            ) from error
        return only

    # Type

    @cached_property
    def output_field(self) -> Any:
        """The field that describes the result."""
        field = self._resolve_output_field()
        if field is None:
            raise OutputFieldIsNoneError("Cannot resolve expression type, unknown output_field")
        return field

    @property
    def _output_field_or_none(self) -> Any:
        try:
            return self.output_field
        except OutputFieldIsNoneError:
            return None

    def _resolve_output_field(self) -> Any:
        """The type that all inner expressions share."""
        shared: Any = None
        for field in self.get_source_fields():
            if field is None:
                continue
            if shared is None:
                shared = field
            elif not isinstance(shared, type(field)):
                raise FieldError(
                    "Expression contains mixed types: "
                    f"{type(shared).__name__}, {type(field).__name__}. You must set output_field."
                )
        return shared

    def get_source_fields(self) -> list[Any]:
        """The types of the inner expressions, None where unknown."""
        return [
            None if inner is None else inner._output_field_or_none for inner in self.get_source_expressions()
        ]

    @property
    def conditional(self) -> bool:
        """Whether the result is a boolean, so that it can be filtered by."""
        from nuages.db.models.fields import BooleanField

        return isinstance(self._output_field_or_none, BooleanField)

    @property
    def field(self) -> Any:
        """The same as `output_field`."""
        return self.output_field

    def get_lookup(self, lookup: str) -> Any:
        """The lookup of that name for results of this expression."""
        return self.output_field.get_lookup(lookup)

    def get_transform(self, name: str) -> Any:
        """The transform of that name for results of this expression."""
        return self.output_field.get_transform(name)

    # Values coming back

    @derived
    def convert_value(self) -> Callable[[Any, Any, Any], Any]:
        """Coerces what the database computed into the Python type of the result."""
        return _COERCIONS.get(self.output_field.get_internal_type(), _unchanged)

    def get_db_converters(self, connection: Any) -> list[Any]:
        """Functions `(value, expression, connection)` applied in order to what the database gives."""
        own = self.convert_value
        rest = self.output_field.get_db_converters(connection)
        return list(rest) if own is _unchanged else [own, *rest]

    # SQL

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        """The SQL of this node and its parameters."""
        raise NotImplementedError("Subclasses must implement as_sql()")

    def select_format(self, compiler: Any, sql: str, params: Sequence[Any]) -> Sql:
        """How the expression is written in a SELECT list."""
        field = self._output_field_or_none
        if field is not None and hasattr(field, "select_format"):
            return field.select_format(compiler, sql, params)  # type: ignore[no-any-return]
        return sql, tuple(params)

    # Ordering

    def asc(self, **kwargs: Any) -> OrderBy:
        """Sorted upwards."""
        from nuages.db.models.expressions.ordering import OrderBy

        return OrderBy(self, **kwargs)

    def desc(self, **kwargs: Any) -> OrderBy:
        """Sorted downwards."""
        from nuages.db.models.expressions.ordering import OrderBy

        return OrderBy(self, descending=True, **kwargs)

    def reverse_ordering(self) -> Any:
        """The expression for the opposite order."""
        return self

    @staticmethod
    def _parse_expressions(*expressions: Any) -> list[Any]:
        """Arguments as nodes: a string names a column, anything else is a value."""
        from nuages.db.models.expressions.arguments import as_nodes

        return as_nodes(expressions)


class Expression(Rebuildable, Combinable, BaseExpression):
    """An expression that can be compared, hashed, combined and stored in migrations."""

    @derived
    def identity(self) -> tuple[Any, ...]:
        """What makes two expressions the same: class, arguments, structure and inner expressions."""
        cls = type(self)
        made_from = self._made_from
        return (
            cls,
            None if made_from is None else identity_of(cls, made_from, self._made_with),
            *(make_hashable(getattr(self, name)) for name in self.structure),
            make_hashable(self.get_source_expressions()) if made_from is None or self.is_changed else None,
        )

    # Set on copies whose inner expressions are no longer those of the constructor's arguments.
    is_changed = False

    def _rebuilt(self, change: Callable[[Any], Any]) -> Self:
        clone = super()._rebuilt(change)
        clone.is_changed = True
        return clone

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Expression):
            return NotImplemented
        return other is self or other.identity == self.identity

    def __hash__(self) -> int:
        return hash(self.identity)


def _is_code(member: Any) -> bool:
    return inspect.isfunction(member) or isinstance(
        member, (property, cached_property, classmethod, staticmethod)
    )


def _unchanged(value: Any, expression: Any, connection: Any) -> Any:
    return value


def _as_float(value: Any, expression: Any, connection: Any) -> Any:
    return None if value is None else float(value)


def _as_int(value: Any, expression: Any, connection: Any) -> Any:
    return None if value is None else int(value)


def _as_decimal(value: Any, expression: Any, connection: Any) -> Any:
    from decimal import Decimal

    return None if value is None else Decimal(value)


_COERCIONS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "FloatField": _as_float,
    "DecimalField": _as_decimal,
    **{
        f"{kind}Field": _as_int
        for kind in (
            "Integer",
            "BigInteger",
            "SmallInteger",
            "PositiveInteger",
            "PositiveBigInteger",
            "PositiveSmallInteger",
            "Auto",
            "BigAuto",
            "SmallAuto",
        )
    },
}
