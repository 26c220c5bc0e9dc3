"""`union()`, `intersection()` and `difference()`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nuages.core.exceptions import EmptyResultSet
from nuages.db import DatabaseError, NotSupportedError
from nuages.db.models.shapes.clauses import limit, order_by
from nuages.db.models.shapes.clauses.select import Selected
from nuages.db.models.shapes.slots import Slot

if TYPE_CHECKING:
    from nuages.db.models.shapes.draft import Draft
    from nuages.db.models.shapes.writing import Params, Writer


def extend(draft: Draft, kind: str, queries: Sequence[Any], *, keep_duplicates: bool) -> None:
    """Make the draft the combination of `queries`."""
    order_by.clear(draft)
    draft.default_ordering = True
    draft.low = draft.count = None
    draft.empty_slice = False
    draft.combinator = kind
    draft.combinator_all = keep_duplicates
    draft.combined_queries = tuple(queries)
    draft.lock = None


def write(writer: Writer, draft: Draft, with_limits: bool, with_col_aliases: bool) -> tuple[str, Params]:
    """The combined statements with their common order and limits."""
    connection = writer.connection
    kind = draft.combinator or ""
    features = connection.features
    if not getattr(features, f"supports_select_{kind}"):
        raise NotSupportedError(f"{kind} is not supported on this database backend.")
    queries = [
        _with_same_selection(child, draft) for child in draft.combined_queries if not child.empty_slice
    ]
    terms = _terms(writer, draft, queries)
    if not features.supports_slicing_ordering_in_compound:
        for child in queries:
            if child.low is not None or child.count is not None:
                raise DatabaseError("LIMIT/OFFSET not allowed in subqueries of compound statements.")
            if child.order_by:
                raise DatabaseError("ORDER BY not allowed in subqueries of compound statements.")
            if not child.order_by:
                order_by.clear(child)
    elif not draft.is_sliced and connection.features.ignores_unnecessary_order_by_in_subqueries:
        for child in queries:
            order_by.clear(child, force=False)
    from nuages.db.models.shapes.writing import Writer

    parts: list[tuple[str, Params]] = []
    layout = None
    for position, child in enumerate(queries):
        child.subquery = False
        inner = Writer(child, connection, writer.using, True, outer=writer)
        try:
            sql, params = _written(inner, child, connection, with_col_aliases)
        except EmptyResultSet:
            if kind == "union" or (kind == "difference" and position > 0):
                continue
            raise
        layout = layout or inner.layout
        if child.combinator:
            if not features.supports_parentheses_in_compound:
                sql = f"SELECT * FROM ({sql})"
            else:
                sql = (
                    f"({sql})" if features.supports_slicing_ordering_in_compound else f"SELECT * FROM ({sql})"
                )
        elif features.supports_slicing_ordering_in_compound and features.supports_parentheses_in_compound:
            sql = f"({sql})"
        parts.append((sql, params))
    if not parts:
        raise EmptyResultSet
    writer.layout = layout or writer.layout
    _name_after(writer.layout, draft)
    _hide(writer.layout, terms.added)
    operator = connection.ops.set_operators[kind]
    if draft.combinator_all and kind == "union":
        operator += " ALL"
    sql = f" {operator} ".join(part for part, _ in parts)
    params = [param for _, some in parts for param in some]
    if len(parts) == 1:
        # The operator would have left each row once; one that is sorted or sliced by itself says which it wants.
        each_once = not draft.combinator_all and not any(child.order_by for child in queries)
        if each_once or terms.sorts or (with_limits and draft.is_sliced):
            # Alone, a part that is sliced or sorted takes no second slice or order.
            alone = sql if sql.startswith("(") else f"({sql})"
            columns = "DISTINCT *" if each_once else "*"
            sql = f"SELECT {columns} FROM {alone} {connection.ops.quote_name('rows')}"
    if terms.sorts:
        sql += " ORDER BY " + ", ".join(terms.sorts)
    if with_limits:
        limits, some = limit.write(draft, connection)
        if limits:
            sql += f" {limits}"
            params += some
    if draft.explain_info is not None:
        how, options = draft.explain_info
        sql = f"{connection.ops.explain_query_prefix(how, **dict(options))} {sql}"
    return sql, params


def _written(inner: Writer, child: Any, connection: Any, with_col_aliases: bool) -> tuple[str, Params]:
    sql, params = inner.write(with_col_aliases=with_col_aliases)
    if child.values is not None:
        if child.values:
            params = [p.resolve(child.values, connection) if isinstance(p, Slot) else p for p in params]
    elif child.offset:
        params = [p.shifted(child.offset) if isinstance(p, Slot) else p for p in params]
    return sql, params


def _with_same_selection(child: Any, draft: Draft) -> Any:
    """A part that selects no columns by itself follows what `values()` asked of the whole."""
    child = child.clone()
    inherited = draft.selection is draft.combined_queries[0].selection
    columns = any(item.kind == "field" for item in draft.selection or ())
    if draft.model is None or draft.selection is None or (inherited and not columns):
        return child
    if child.combinator:
        if child.selection is None:
            child.selection, child.hidden = draft.selection, draft.hidden
    elif not child.values_select:
        child.set_values([item.name for item in draft.selection])
    return child


def _name_after(layout: Any, draft: Draft) -> None:
    """Rows of the whole have the names that were asked of it."""
    if draft.selection is not None and len(draft.selection) == len(layout.names):
        layout.names = [item.name for item in draft.selection]


def _hide(layout: Any, added: int) -> None:
    """Columns at the end that only sort are not part of what is read."""
    if not added:
        return
    layout.hidden += added
    shown = len(layout.columns) - added
    layout.annotations = [(name, position) for name, position in layout.annotations if position < shown]
    kept = [(name, position) for name, position in zip(layout.names, layout.positions) if position < shown]
    layout.names = [name for name, _ in kept]
    layout.positions = [position for _, position in kept]


class _Terms:
    """ORDER BY of a combination, and how many columns had to be selected only for it."""

    def __init__(self) -> None:
        self.sorts: list[str] = []
        self.added = 0


def _terms(writer: Writer, draft: Draft, queries: list[Any]) -> _Terms:
    """Work out the order: positions in the row, as names of single tables mean nothing here."""
    from nuages.db.models.expressions import F, OrderBy
    from nuages.db.models.functions import Random

    terms = _Terms()
    items, _own = order_by.chosen(draft)
    for item in items if queries else ():
        if isinstance(item, str) and item.lstrip("-") == "?":
            terms.sorts.append(writer.compile(OrderBy(Random()))[0])
            continue
        if isinstance(item, str):
            node = OrderBy(F(item.lstrip("-+")), descending=item.startswith("-"))
        else:
            node = item.copy() if isinstance(item, OrderBy) else item.asc()
        source = node.expression
        position = _position(draft, queries[0], source.name) if isinstance(source, F) else None
        if position is None:
            position = _selected_for_order(draft, queries, source, terms)
        node.expression = _Position(position)
        if not draft.standard_ordering:
            node.reverse_ordering()
        terms.sorts.append(writer.compile(node)[0])
    return terms


def _selected_for_order(draft: Draft, queries: list[Any], source: Any, terms: _Terms) -> int:
    """Select what the whole is sorted by in all parts, where these did not say themselves what they select."""
    name = getattr(source, "name", None)
    if name is not None and name not in draft.extra and draft.get_meta() is not None:
        known, rest = draft.annotation_in(name.split("__"))
        if known is None:
            rest = draft.path(name.split("__")).rest
        if rest:
            raise NotImplementedError("Ordering combined queries by transforms is not implemented.")
    given = draft.combined_queries
    if any(query.selection is not None or query.combinator for query in given):
        raise DatabaseError("ORDER BY term does not match any column in the result set.")
    terms.added += 1
    if name in draft.extra:
        for query in queries:
            query.selection = (*(query.selection or ()), Selected(name, "extra"))
            query.extra_hidden -= {name}
        return len(_columns(queries[0]))
    for query in queries:
        query.add_annotation(source, f"__orderbycol{terms.added}")
    return len(_columns(queries[0]))


def _columns(query: Any) -> list[Any]:
    """What the first part selects: its names in order."""
    if query.combinator:
        return _columns(query.combined_queries[0]) if query.selection is None else list(query.selection)
    if query.selection is not None:
        return list(query.selection)
    fields = [Selected(one.attname, "field", one) for one in query.get_meta().concrete_fields]
    extras = [Selected(name, "extra") for name in query.extra_select]
    return [*extras, *fields, *(Selected(name, "annotation") for name in query.shown_annotations)]


def _position(draft: Draft, first: Any, name: str) -> int | None:
    """Where in a row the column called `name` stands, counted from 1."""
    columns = _columns(first)
    asked = list(draft.selection) if draft.selection is not None else []
    for number, item in enumerate(columns, 1):
        if item.name == name or (number <= len(asked) and asked[number - 1].name == name):
            return number
    opts = draft.get_meta()
    same: set[str] = set()
    for one in opts.concrete_fields if opts is not None else ():
        if name in (one.name, one.attname) or (name == "pk" and one.primary_key):
            same |= {one.name, one.attname, *(("pk",) if one.primary_key else ())}
    for number, item in enumerate(columns, 1):
        if item.name in same:
            return number
    return None


class _Position:
    """The position of a column in a combined row."""

    shape_safe = True
    contains_aggregate = False
    contains_over_clause = False

    def __init__(self, number: int) -> None:
        self.number = number

    def resolve_expression(self, *args: Any, **kwargs: Any) -> _Position:
        return self

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return str(self.number), ()

    def get_source_expressions(self) -> list[Any]:
        return []


def values(draft: Draft, names: Sequence[str]) -> None:
    """`values()` of a combination: every part selects these."""
    from nuages.db.models.shapes.clauses import select

    first = draft.combined_queries[0]
    if first.selection is not None and not names:
        return
    known = {item.name: item for item in _columns(first)}
    if first.selection is not None and all(name in known for name in names):
        draft.selection = tuple(known[name] for name in names)
        return
    scratch = first.draft()
    scratch.selection = None
    select.values(scratch, names)
    draft.selection = scratch.selection
    draft.hidden = scratch.hidden
