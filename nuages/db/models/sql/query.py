"""`Query`: a query with its values, to be read, changed by hand, put inside another query or compiled.

Query sets themselves work on shapes and never make one of these unless somebody asks for `.query`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from nuages.db.models.query_utils import Q
from nuages.db.models.shapes import joins, nesting, wording
from nuages.db.models.shapes.clauses import order_by as ordering
from nuages.db.models.shapes.clauses import where as where_clause
from nuages.db.models.shapes.filling import filled_state
from nuages.db.models.shapes.shape import STATE, Shape
from nuages.db.models.shapes.slots import Slot, SlotCounter
from nuages.db.models.sql.by_hand import ChangedByHand
from nuages.db.models.sql.where import AND, NothingNode, WhereNode

# What select_related follows when no names are given, at most.
MAX_DEPTH = 5


class Query(ChangedByHand):
    """A query: a draft together with the values of its slots."""

    # Inside another query: whether it is written in brackets, whether its tables have their final names, and where
    # its values begin among those of the enclosing query.
    subquery = False
    placed = False
    _db: str | None = None
    offset = 0
    contains_aggregate = False
    contains_over_clause = False
    contains_column_references = False
    empty_result_set_value = None
    filterable = True
    set_returning = False
    shape_safe = True
    conditional = False

    values: tuple[Any, ...] | None
    _shape: Shape | None

    def __init__(self, model: Any, alias_cols: bool = True) -> None:
        super().__init__(filled_state(STATE, ()))
        self.model = model
        self.alias_cols = alias_cols
        self.values = ()
        self._shape = None

    @classmethod
    def of(cls, shape: Shape, values: tuple[Any, ...]) -> Query:
        """The query that a shape and values stand for."""
        query = cls.__new__(cls)
        query.__dict__ = shape.state()
        query.values = values
        query._shape = shape
        return query

    @property
    def shape(self) -> Shape:
        """The shape this query has now; one of its own when it was changed by hand."""
        if self.was_opened:
            # Whoever looked may have changed something in any depth, and may do so again.
            self._shape = self.copy()._own_shape()
        elif self._shape is None or self._is_changed(self._shape):
            self._shape = self._own_shape()
        return self._shape

    def _is_changed(self, shape: Shape) -> bool:
        mine = self.__dict__
        return any(name in mine and mine[name] is not getattr(shape, name) for name in STATE)

    def _own_shape(self) -> Shape:
        state = self.state()
        return Shape(state, width=len(self.values or ()), interned=False)

    # Copies -------------------------------------------------------------------------------------------------

    def copy(self) -> Self:
        """A query of its own in the same state."""
        made = super().copy()
        if self.was_opened:
            made.__dict__.update(filled_state(self.state(), ()))
        return made

    def clone(self) -> Self:
        """A query of its own in the same state."""
        return self.copy()

    def chain(self, klass: type | None = None) -> Self:
        """The same as `clone()`."""
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.copy()

    def __getstate__(self) -> dict[str, Any]:
        from nuages.db.models.shapes import pickling

        return pickling.frozen_query(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        from nuages.db.models.shapes import pickling

        pickling.thaw_query(self, state)

    def _identity(self) -> tuple[Any, ...]:
        shape = self._shape
        return (id(shape) if shape is not None and shape is self.shape else id(self), self.offset)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Query):
            return NotImplemented
        if self is other:
            return True
        same = self.offset == other.offset and _equal_values(self.values, other.values)
        return same and all(_equal(getattr(self, name), getattr(other, name)) for name in STATE)

    def __hash__(self) -> int:
        return hash((self.model, tuple(self.joins)))

    @property
    def identity(self) -> tuple[Any, ...]:
        return (type(self), self)

    def __str__(self) -> str:
        """The SQL with its parameters put in, for reading only: they are not quoted."""
        sql, params = self.sql_with_params()
        return sql % params

    def __repr__(self) -> str:
        name = self.model.__name__ if self.model is not None else None
        return f"<{type(self).__name__}: {name}>"

    # Reading ------------------------------------------------------------------------------------------------

    @property
    def base_table(self) -> str | None:
        """Alias of the first table."""
        return next(iter(self.joins), None)

    def get_initial_alias(self) -> str:
        """Alias of the first table, which is read from now on."""
        return self.base_alias()

    @property
    def alias_map(self) -> dict[str, Any]:
        """Alias → table or join, each join as it will be written."""
        draft = self.draft()
        if draft.model is not None:
            draft.base_alias()
        return joins.typed(draft.joins, draft.conditions)

    @property
    def alias_refcount(self) -> dict[str, int]:
        """Alias → 1: only tables that are used are ever joined."""
        return dict.fromkeys(self.alias_map, 1)

    def count_active_tables(self) -> int:
        """How many tables are read."""
        return len(self.alias_map)

    @property
    def subq_aliases(self) -> set[str]:
        """Prefixes of table names in use, here and in the queries inside."""
        return {"T", *(nesting.prefix_of_depth(depth) for depth in range(nesting.depth_of_query(self)))}

    @property
    def annotation_select(self) -> dict[str, Any]:
        """Annotations that are selected, by name."""
        return self.shown_annotations

    @property
    def select(self) -> tuple[Any, ...]:
        """Columns that `values()` selects."""
        return tuple(item.node for item in self.selection or () if item.kind == "field")

    @property
    def values_select(self) -> tuple[str, ...]:
        """Names of the fields that `values()` selects."""
        return tuple(item.name for item in self.selection or () if item.kind == "field")

    @property
    def extra_select(self) -> dict[str, Any]:
        """Extra columns that are selected, by name."""
        return {name: raw for name, raw in self.extra.items() if name not in self.extra_hidden}

    @property
    def default_cols(self) -> bool:
        """Whether the model's columns are selected."""
        return self.selection is None

    @property
    def deferred_loading(self) -> tuple[frozenset[str], bool]:
        """Names of fields, and whether they are those left out (else those that are loaded)."""
        return self.deferred

    @property
    def has_select_fields(self) -> bool:
        """Whether it was said what to select."""
        return bool(self.selection)

    @property
    def low_mark(self) -> int:
        """Rows that are skipped."""
        return self._number(self.low) or 0

    @low_mark.setter
    def low_mark(self, low: int) -> None:
        self.low = low or None

    @property
    def high_mark(self) -> int | None:
        """Where the rows that are taken end."""
        if self.empty_slice:
            return self.low_mark
        count = self._number(self.count)
        return None if count is None else self.low_mark + count

    def _number(self, mark: Any) -> Any:
        if isinstance(mark, Slot):
            return mark.resolve(self.values, None) if self.values is not None else None
        return mark

    @property
    def output_field(self) -> Any:
        """The type of the only column, or of the key when rows are instances."""
        if self.selection is not None:
            if len(self.selection) == 1:
                item = self.selection[0]
                if item.kind == "field":
                    return getattr(item.node, "target", None) or item.node.output_field
                if item.kind == "annotation":
                    return self.annotations[item.name].output_field
            if not self.selection and len(self.shown_annotations) == 1:
                return next(iter(self.shown_annotations.values())).output_field
            return None
        if len(self.shown_annotations) == 1:
            return next(iter(self.shown_annotations.values())).output_field
        return self.model._meta.pk if self.model is not None else None

    @property
    def _output_field_or_none(self) -> Any:
        return self.output_field

    def is_empty(self) -> bool:
        """Whether the query was made to find nothing, as `none()` does."""
        return any(isinstance(child, NothingNode) for child in self.conditions.children)

    def select_fields_names(self) -> tuple[str, ...]:
        """Names of everything that is selected instead of the model's columns."""
        if self.selection is None:
            return tuple(self.shown_annotations)
        return tuple(item.name for item in self.selection)

    def has_limit_one(self) -> bool:
        """Whether at most one row is taken."""
        return self._number(self.count) == 1

    def get_limits(self) -> tuple[int, int | None]:
        """Rows to skip and where to end."""
        return self.low_mark, self.high_mark

    def set_limits(self, low: int | None = None, high: int | None = None) -> None:
        """Take a slice of what is taken now."""
        from nuages.db.models.shapes.clauses import limit

        old_low, old_high = self.get_limits()
        count = None if old_high is None else old_high - old_low
        skip, take = limit.narrowed(old_low, count, low, high)
        self.low, self.count = skip or None, take
        if take == 0:
            self.set_empty()
            self.low = self.count = None

    def clear_limits(self) -> None:
        """Take all rows."""
        self.low = self.count = None

    def has_filters(self) -> bool:
        """Whether there are conditions."""
        return bool(self.conditions)

    def has_results(self, using: str) -> bool:
        """Whether any row is found."""
        return self.exists().get_compiler(using=using).has_results()

    def get_count(self, using: str) -> int:
        """How many rows are found."""
        from nuages.db.models.query import QuerySet

        return QuerySet(self.model, query=self.clone(), using=using).count()

    def can_filter(self) -> bool:
        """Whether conditions may still be added."""
        return not self.is_sliced

    # Names and conditions -----------------------------------------------------------------------------------

    def names_to_path(
        self, names: Sequence[str], opts: Any, allow_many: bool = True, fail_on_missing: bool = False
    ) -> tuple[list[Any], Any, tuple[Any, ...], list[str]]:
        """Hops, last field, its columns and the names left over."""
        from nuages.db.models.shapes import paths

        path = paths.find(self, names, opts, whole=fail_on_missing)
        return list(path.hops), path.final, path.targets, list(path.rest)

    def build_where(self, condition: Any) -> WhereNode:
        """A condition over the columns of the query's own table."""
        context = where_clause.Context(reuse=None, allow_joins=False, split=False)
        return where_clause.tree(self, condition if isinstance(condition, Q) else Q(condition), context)

    # Being part of another query ----------------------------------------------------------------------------

    def exists(self, limit: bool = True) -> Query:
        """The query for whether there is any row: it selects a constant."""
        from nuages.db.models.shapes import terminal

        query = self.clone()
        terminal.make_exists(query, limit)
        return query

    def lifted(self, counter: SlotCounter) -> Query:
        """The same query with its values among those of an enclosing step."""
        query = self.clone()
        if query._shape is None or query._shape is not query.shape:
            query._shape = query.shape
        query.offset = counter.skip(len(self.values or ()))
        query.values = None
        return query

    def get_source_expressions(self) -> list[Any]:
        return []

    def flatten(self) -> Iterable[Any]:
        yield self

    def get_refs(self) -> set[str]:
        return set()

    def copy_with(self, **changes: Any) -> Self:
        """A copy in which some of the state is different."""
        made = self.copy()
        made.__dict__.update(changes)
        return made

    def resolve_expression(self, query: Any = None, *args: Any, **kwargs: Any) -> Query:
        """The query as a part of another one: tables renamed, references to the outer query resolved."""
        inner = self.clone()
        inner.subquery = True
        if not inner.placed:
            inner.combined_queries = tuple(_without_order(query) for query in inner.combined_queries)
            inner._settle()
            depth = nesting.depth_of_query(inner)
            if depth > sys.getrecursionlimit() // 16:
                raise RecursionError("Maximum recursion depth exceeded: too many subqueries.")
            prefix = nesting.prefix_of_depth(depth)
            names = {alias: f"{prefix}{number}" for number, alias in enumerate(inner.joins)}
            inner.prefix = prefix
            inner.relabel(names)
            inner.placed = True
        if query is not None and any(_is_open(node) for node in nesting.walk(inner)):
            inner._resolve_outer(query, args, kwargs)
        return inner

    def _settle(self) -> None:
        """Resolve what is otherwise resolved when a query is written, while its own names still hold."""
        if self.model is not None and self.selection is None:
            self.base_alias()
        if self.combinator:
            return
        nodes, own = ordering.resolved(self)
        if own and self.group_by is not None:
            nodes = []
        self.order_by: tuple[Any, ...] = tuple(nodes)
        self.extra_order_by = ()
        self.standard_ordering = True
        self.default_ordering = False

    def _resolve_outer(self, query: Any, args: Any, kwargs: Any) -> None:
        def resolve(node: Any) -> Any:
            if not any(_is_open(part) for part in nesting.walk(node)):
                return node
            return node.resolve_expression(query, *args, **kwargs)

        def where(node: WhereNode) -> WhereNode:
            return node.mapped(lambda child: where(child) if isinstance(child, WhereNode) else resolve(child))

        self.mapped(resolve, where)
        self.joins = {
            alias: join.resolved(where) if join.filtered_relation is not None else join
            for alias, join in self.joins.items()
        }
        self.combined_queries = tuple(resolve(inner) for inner in self.combined_queries)
        if self.source is not None:
            self.source = resolve(self.source)

    def relabeled_clone(self, change_map: Mapping[str, str]) -> Query:
        """The same query inside another one whose tables were renamed."""
        inner = self.clone()
        inner.relabel(dict(change_map))
        return inner

    def replace_expressions(self, replacements: Mapping[Any, Any]) -> Query:
        return self

    def get_external_cols(self) -> list[Any]:
        """Columns of enclosing queries that this one reads."""
        from nuages.db.models.expressions import Col

        own = set(self.joins)
        found: list[Any] = []
        for node in nesting.nodes_of(self):
            for part in nesting.walk(node):
                if isinstance(part, Col) and part.alias and part.alias not in own and part not in found:
                    found.append(part)
        inner = {
            alias
            for node in nesting.nodes_of(self)
            for part in nesting.walk(node)
            if isinstance(part, Query)
            for alias in part.joins
        }
        return [column for column in found if column.alias not in inner]

    @property
    def external_aliases(self) -> dict[str, bool]:
        """Aliases of enclosing queries that this one reads."""
        return {column.alias: True for column in self.get_external_cols()}

    def _without_hidden(self, writer: Any) -> tuple[str, list[Any]]:
        """What is selected only to sort distinct rows by must not be seen from outside."""
        sql, params = writer.write(with_col_aliases=True)
        shown = writer.layout.columns[: len(writer.layout.columns) - writer.layout.hidden]
        names = ", ".join(writer.quote_name(column.alias) for column in shown)
        return f"SELECT {names} FROM ({sql}) {writer.quote_name('subquery')}", params

    def get_group_by_cols(self, wrapper: Any = None) -> list[Any]:
        outside = self.get_external_cols()
        if any(getattr(column, "possibly_multivalued", False) for column in outside):
            return [wrapper or self]
        return outside

    # Writing ------------------------------------------------------------------------------------------------

    def get_compiler(self, using: str | None = None, connection: Any = None, elide_empty: bool = True) -> Any:
        """What writes and runs this query on one database."""
        from nuages.db import connections

        if using is None and connection is None:
            raise ValueError("Need either using or connection")
        if using:
            connection = connections[using]
        return connection.ops.compiler(self.compiler)(self, connection, using, elide_empty)

    compiler = "SQLCompiler"

    def sql_with_params(self) -> tuple[str, tuple[Any, ...]]:
        """The SQL and its parameters on the default database."""
        from nuages.db import DEFAULT_DB_ALIAS

        return self.get_compiler(DEFAULT_DB_ALIAS).as_sql()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The query inside another one."""
        from nuages.db.models.shapes.writing import Writer

        if self._db is not None and self._db != connection.alias:
            raise ValueError(
                "Subqueries aren't allowed across different databases. Force the inner query to be evaluated using "
                "`list(inner_query)`."
            )
        if self.subquery and not connection.features.ignores_unnecessary_order_by_in_subqueries:
            self = self.clone()
            ordering.clear(self, force=False)
        writer = Writer(self, connection, getattr(compiler, "using", None), outer=compiler)
        sql, params = writer.write()
        if self.subquery and writer.layout.hidden:
            sql, params = self._without_hidden(writer)
        if self.values is not None:
            values = self.values
            params = [
                param.resolve(values, connection)
                if hasattr(param, "resolve") and isinstance(param, Slot)
                else param
                for param in params
            ]
        elif self.offset:
            params = [param.shifted(self.offset) if isinstance(param, Slot) else param for param in params]
        if self.subquery:
            sql = f"({sql})"
        return sql, tuple(params)


def _without_order(query: Query) -> Query:
    """A part of a combination that is about to be a part of something else."""
    query = query.clone()
    ordering.clear(query, force=False)
    return query


def _is_open(node: Any) -> bool:
    from nuages.db.models.expressions import OuterRef, ResolvedOuterRef

    return isinstance(node, (OuterRef, ResolvedOuterRef))


def _equal(one: Any, two: Any) -> bool:
    return one is two or one == two


def _equal_values(one: Any, two: Any) -> bool:
    return one is two or one == two


def get_field_names_from_opts(opts: Any) -> set[str]:
    """Every name that a lookup on a model may start with."""
    return wording.field_names(opts)


def get_children_from_q(q: Q) -> Iterable[Any]:
    """The lookups and expressions of a condition, inner ones too."""
    for child in q.children:
        if isinstance(child, Q):
            yield from get_children_from_q(child)
        else:
            yield child


class JoinPromoter:
    """Says which joins a connector's conditions leave inner; see `shapes.joins` for how nuages decides."""

    def __init__(self, connector: str, num_children: int, negated: bool) -> None:
        self.connector = connector
        self.num_children = num_children
        self.negated = negated
        self.effective_connector = ("OR" if connector == AND else AND) if negated else connector

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(connector={self.connector!r}, num_children={self.num_children!r}, "
            f"negated={self.negated!r})"
        )


__all__ = ["JoinPromoter", "Query", "get_children_from_q", "get_field_names_from_opts"]
