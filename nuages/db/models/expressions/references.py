"""References to what is outside of an expression: columns, annotations, outer queries."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from nuages.db.models.constants import LOOKUP_SEP
from nuages.db.models.expressions.base import BaseExpression, Expression, Sql
from nuages.db.models.expressions.operators import Combinable
from nuages.db.models.expressions.rebuild import Rebuildable

if TYPE_CHECKING:
    from nuages.db.models.expressions.ordering import OrderBy


class F(Rebuildable, Combinable):
    """The value of a field, of a transform of it, or of an annotation, by name."""

    allowed_default = False

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name})"

    def __getitem__(self, subscript: Any) -> Sliced:
        return Sliced(self, subscript)

    def __contains__(self, other: Any) -> bool:
        # Indexing would otherwise make Python walk an endless sequence.
        raise TypeError(f"argument of type {type(self).__name__!r} is not iterable")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.name == other.name  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash((type(self), self.name))

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        """The column or annotation that the name means in `query`."""
        return query.resolve_ref(self.name, allow_joins, reuse, summarize)

    def replace_expressions(self, replacements: Mapping[Any, Any]) -> Any:
        """What `replacements` has for this name, with the transforms of the name applied to it."""
        instead = replacements.get(self)
        if instead is not None:
            return instead
        name, *transforms = self.name.split(LOOKUP_SEP)
        if not transforms:
            return self
        node = replacements.get(F(name))
        if node is None or getattr(node, "_output_field_or_none", None) is None:
            return self
        for transform in transforms:
            found = node.get_transform(transform)
            if found is None:
                return self
            node = found(node)
        return node

    def flatten(self) -> Iterator[Any]:
        """Only itself."""
        yield self

    def copy(self) -> Self:
        """A copy that can be changed."""
        return copy.copy(self)

    def get_refs(self) -> set[str]:
        """None: an unresolved name is not yet known to be an annotation."""
        return set()

    def asc(self, **kwargs: Any) -> OrderBy:
        """Sorted upwards."""
        from nuages.db.models.expressions.ordering import OrderBy

        return OrderBy(self, **kwargs)

    def desc(self, **kwargs: Any) -> OrderBy:
        """Sorted downwards."""
        from nuages.db.models.expressions.ordering import OrderBy

        return OrderBy(self, descending=True, **kwargs)


class ResolvedOuterRef(F):
    """A name of the enclosing query, inside a subquery that is already resolved."""

    contains_aggregate = False
    contains_over_clause = False
    contains_column_references = True
    contains_subquery = False
    empty_result_set_value = NotImplemented
    set_returning = False

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        """Refused: only an enclosing query gives the name a meaning."""
        raise ValueError(
            "This queryset contains a reference to an outer query and may only be used in a subquery."
        )

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        resolved = super().resolve_expression(query, allow_joins, reuse, summarize, for_save)
        if getattr(resolved, "contains_over_clause", False):
            from nuages.db.utils import NotSupportedError

            raise NotSupportedError(
                f"Referencing outer query window expression is not supported: {self.name}."
            )
        # A path over many rows is found out here; the inner query has to be split off for it.
        resolved.possibly_multivalued = LOOKUP_SEP in self.name
        return resolved

    def relabeled_clone(self, relabels: Mapping[Any, Any]) -> Self:
        """Itself: aliases of the inner query do not touch the outer one."""
        return self

    def get_group_by_cols(self) -> list[Any]:
        """Nothing: it is constant for the inner query."""
        return []

    @property
    def _output_field_or_none(self) -> Any:
        return None


class OuterRef(F):
    """The value of a field of the enclosing query; OuterRef(OuterRef(...)) goes out twice."""

    contains_aggregate = False
    contains_over_clause = False

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        """One level consumed: what is left belongs to the query around."""
        return self.name if isinstance(self.name, F) else ResolvedOuterRef(self.name)

    def relabeled_clone(self, relabels: Mapping[Any, Any]) -> Self:
        """Itself: it has no alias yet."""
        return self


class Sliced(F):
    """A part of a text or array, as `F("name")[1:5]` writes it; resolved to a function of the field's choice."""

    def __init__(self, obj: F, subscript: Any) -> None:
        super().__init__(obj.name)
        self.obj = obj
        self.start, self.length = _bounds(subscript)
        self.subscript = subscript

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.obj!r}, {self.subscript!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sliced) and (self.obj, self.start, self.length) == (
            other.obj,
            other.start,
            other.length,
        )

    def __hash__(self) -> int:
        return hash((self.obj, self.start, self.length))

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        resolved = self.obj.resolve_expression(query, allow_joins, reuse, summarize, for_save)
        if isinstance(resolved, F):
            # One query further out it will be known what is cut.
            return SlicedOuterRef(resolved, self.subscript)
        return resolved.output_field.slice_expression(resolved, self.start, self.length)


class SlicedOuterRef(Sliced, ResolvedOuterRef):
    """A part of a value of the enclosing query, inside a subquery that is already resolved."""


def _bounds(subscript: Any) -> tuple[int, int | None]:
    """1-based start and length of a subscript."""
    if isinstance(subscript, int):
        if subscript < 0:
            raise ValueError("Negative indexing is not supported.")
        return subscript + 1, 1
    if not isinstance(subscript, slice):
        raise TypeError("Argument to slice must be either int or slice instance.")
    start, stop = subscript.start, subscript.stop
    if (start is not None and start < 0) or (stop is not None and stop < 0):
        raise ValueError("Negative indexing is not supported.")
    if subscript.step is not None:
        raise ValueError("Step argument is not supported.")
    if start and stop and stop < start:
        raise ValueError("Slice stop must be greater than slice start.")
    first = start or 0
    return first + 1, None if stop is None else stop - first


class Star(Expression):
    """All rows, as in COUNT(*)."""

    def __repr__(self) -> str:
        return "'*'"

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        return "*", ()


class Col(Expression):
    """A column of a table that the query has under `alias`."""

    contains_column_references = True  # type: ignore[assignment]
    # Nothing is in it: said here, it need not be found out for each.
    contains_aggregate = contains_over_clause = contains_subquery = False  # type: ignore[assignment]
    possibly_multivalued = False
    structure = ("alias", "target")

    def __init__(self, alias: str | None, target: Any, output_field: Any = None) -> None:
        super().__init__(output_field=target if output_field is None else output_field)
        self.alias = alias
        self.target = target

    def keeping_writing(self) -> Self:
        """The same, keeping what is written for it: a model's own column, which most queries have."""
        self._answers = {"keeps_writing": True}
        return self

    def kept_writing(self) -> dict[Any, Any] | None:
        """Where what is written for it is kept, under the dialect; None where it is not. A copy keeps nothing."""
        answers = self._answers
        return answers if answers is not None and "keeps_writing" in answers else None

    def __repr__(self) -> str:
        parts = (self.target,) if not self.alias else (self.alias, self.target)
        return f"{type(self).__name__}({', '.join(map(str, parts))})"

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        column = compiler.quote_name(self.target.column)
        if not self.alias:
            return column, ()
        return f"{compiler.quote_name(self.alias)}.{column}", ()

    def relabeled_clone(self, relabels: Mapping[Any, Any]) -> Self:
        if self.alias is None or self.alias not in relabels:
            return self
        moved = type(self)(relabels[self.alias], self.target, self.output_field)
        if self.possibly_multivalued:
            moved.possibly_multivalued = True
        return moved

    def get_group_by_cols(self) -> list[Any]:
        return [self]

    def get_db_converters(self, connection: Any) -> list[Any]:
        own = self.output_field.get_db_converters(connection)
        if self.target is self.output_field or self.target == self.output_field:
            return list(own)
        return [*own, *self.target.get_db_converters(connection)]

    def __eq__(self, other: object) -> bool:
        if type(other) is not Col or type(self) is not Col:
            return super().__eq__(other)
        return (
            self.alias == other.alias
            and self.target == other.target
            and self.output_field == other.output_field
        )

    def __hash__(self) -> int:
        return hash((Col, self.alias, self.target))


class ColPairs(Expression):
    """Several columns standing for one composite key."""

    is_composite = True
    structure = ("alias", "targets", "sources")

    def __init__(self, alias: str, targets: Sequence[Any], sources: Sequence[Any], output_field: Any) -> None:
        super().__init__(output_field=output_field)
        self.alias = alias
        self.targets = targets
        self.sources = sources

    def __len__(self) -> int:
        return len(self.targets)

    def __iter__(self) -> Iterator[Col]:
        return iter(self.get_cols())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.alias!r}, {self.targets!r}, {self.sources!r}, {self.output_field!r})"

    def get_lookup(self, lookup: str) -> Any:
        """The lookup on several columns of that name."""
        from nuages.db.models.fields.tuple_lookups import BY_NAME

        return BY_NAME.get(lookup) or super().get_lookup(lookup)

    def get_cols(self) -> list[Col]:
        """The columns, each a reference of its own."""
        return [
            Col(self.alias, target, source) for target, source in zip(self.targets, self.sources, strict=True)
        ]

    def get_source_expressions(self) -> list[Any]:
        return list(self.get_cols())

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        for column in exprs:
            if not isinstance(column, Col) or column.alias != exprs[0].alias:
                raise ValueError(f"A composite key is made of columns of one table, got {column!r}.")
        self.alias = exprs[0].alias
        self.targets = [column.target for column in exprs]
        self.sources = [column.output_field for column in exprs]

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        parts = [compiler.compile(column) for column in self.get_cols()]
        return ", ".join(sql for sql, _ in parts), tuple(value for _, params in parts for value in params)

    def relabeled_clone(self, relabels: Mapping[Any, Any]) -> Self:
        return type(self)(relabels.get(self.alias, self.alias), self.targets, self.sources, self.output_field)

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        return self

    def get_group_by_cols(self) -> list[Any]:
        return list(self.get_cols())

    def select_format(self, compiler: Any, sql: str, params: Sequence[Any]) -> Sql:
        return sql, tuple(params)


class Ref(Expression):
    """An annotation by the name it is selected under."""

    structure = ("refs",)
    allows_composite_expressions = True

    def __init__(self, refs: str, source: Any) -> None:
        super().__init__()
        self.refs = refs
        self.source = source

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.refs}, {self.source})"

    def get_source_expressions(self) -> list[Any]:
        return [self.source]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.source,) = exprs

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        # The source is resolved: it is selected already.
        return self

    def get_refs(self) -> set[str]:
        return {self.refs}

    def relabeled_clone(self, relabels: Mapping[Any, Any]) -> Self:
        clone = self.copy()
        clone.source = self.source.relabeled_clone(relabels)
        clone.is_changed = True
        return clone

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        return compiler.quote_name(self.refs), ()

    def get_group_by_cols(self) -> list[Any]:
        return [self]


__all__ = [
    "BaseExpression",
    "Col",
    "ColPairs",
    "F",
    "OuterRef",
    "Ref",
    "ResolvedOuterRef",
    "Sliced",
    "Star",
]
