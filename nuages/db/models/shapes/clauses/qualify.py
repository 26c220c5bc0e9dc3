"""Conditions on window functions: they hold for rows that are already computed, so the query becomes a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nuages.db.models.shapes.clauses import limit, order_by
from nuages.db.models.sql.where import WhereNode

if TYPE_CHECKING:
    from nuages.db.models.shapes.draft import Draft
    from nuages.db.models.shapes.writing import Params, Writer


def write(
    writer: Writer,
    draft: Draft,
    before: Sequence[Any],
    after: Sequence[Any],
    qualify: Sequence[Any],
    with_limits: bool,
    with_col_aliases: bool,
) -> tuple[str, Params]:
    """SELECT … FROM (the query without these conditions) WHERE them."""
    from nuages.db.models.expressions import Col, Ref
    from nuages.db.models.shapes.writing import Writer

    connection = writer.connection
    for node in qualify:
        mixed = isinstance(node, WhereNode) and any(
            not getattr(leaf, "contains_over_clause", False)
            and not getattr(leaf, "contains_aggregate", False)
            for leaf in node.leaves()
        )
        if mixed and draft.group_by is not None:
            raise NotImplementedError(
                "Heterogeneous disjunctive predicates against window functions are not implemented when performing "
                "conditional aggregation."
            )
    inner = draft.copy()
    inner.conditions = WhereNode([*before, *after])
    inner.low = inner.count = None
    order_nodes, own = order_by.resolved(inner)
    if own and inner.group_by is not None:
        order_nodes = []
    order_by.clear(inner)
    inner.lock = None
    from nuages.db.models.sql.query import Query

    made = Query.__new__(Query)
    made.__dict__ = inner.state()
    made.values, made._shape = None, None
    inside = Writer(made, connection, writer.using, writer.elide_empty, outer=writer)
    inside.draft = inner
    # What the conditions and the order read is selected too, under names of its own.
    wanted: list[Any] = []
    for node in [*qualify, *order_nodes]:
        _collect(node, wanted)
    selected = _hidden_columns(inner, made, wanted)
    sql, params = inside.write(with_col_aliases=True)
    layout = inside.layout
    hidden = [
        column
        for column in layout.columns
        if column.kind == "annotation" and column.name in selected.values()
    ]
    shown = [column for column in layout.columns if column not in hidden]
    quote = writer.quote_name
    replace: dict[Any, Any] = {node: Ref(name, node) for node, name in selected.items()}
    for column in layout.columns:
        if isinstance(column.node, Col) and column.node not in replace and column.alias:
            replace[column.node] = Ref(column.alias, column.node)
    conditions = WhereNode([_replaced(node, replace) for node in qualify])
    where, where_params = writer.condition([conditions])
    # Instances read their rows by position: keep what is shown, in its order.
    aliases = [quote(column.alias or "") for column in shown]
    columns = ", ".join(f"{alias} AS {alias}" if with_col_aliases else alias for alias in aliases)
    text = (
        f"SELECT {columns} FROM ({sql}) {quote('qualify')} WHERE {where}"
        if where
        else (f"SELECT {columns} FROM ({sql}) {quote('qualify')}")
    )
    params = [*params, *where_params]
    layout.columns = shown
    for child in layout.root.children if layout.root is not None else ():
        _move_up(child, len(hidden))
    names = [column.name for column in shown]
    layout.annotations = [(name, names.index(name)) for name, _ in layout.annotations if name in names]
    if layout.names:
        kept = [(name, position) for name, position in zip(layout.names, layout.positions) if name in names]
        layout.names = [name for name, _ in kept]
        layout.positions = [position for _, position in kept]
    writer.layout = layout
    ordering = []
    for node in order_nodes:
        some_sql, some = writer.compile(_replaced(node, replace))
        ordering.append(some_sql)
        params += some
    if ordering:
        text += " ORDER BY " + ", ".join(ordering)
    if with_limits:
        limits, some = limit.write(draft, connection)
        if limits:
            text += f" {limits}"
            params += some
    return text, params


def _move_up(loaded: Any, count: int) -> None:
    """Columns behind those that were only for the conditions stand further to the front."""
    loaded.start -= count
    for child in loaded.children:
        _move_up(child, count)


def _replaced(node: Any, replacements: dict[Any, Any]) -> Any:
    return node.replace_expressions(replacements) if hasattr(node, "replace_expressions") else node


def _collect(node: Any, wanted: list[Any]) -> None:
    """Windows, columns and references that a node reads."""
    from nuages.db.models.expressions import Col, Ref, Window

    if isinstance(node, (Window, Col)) or (
        getattr(node, "contains_aggregate", False) and not _holds_window(node)
    ):
        if not any(node == known for known in wanted):
            wanted.append(node)
        return
    if isinstance(node, Ref):
        return
    for part in node.get_source_expressions() if hasattr(node, "get_source_expressions") else ():
        if part is not None and hasattr(part, "get_source_expressions"):
            _collect(part, wanted)


def _holds_window(node: Any) -> bool:
    return (
        bool(getattr(node, "contains_over_clause", False))
        or isinstance(node, WhereNode)
        or hasattr(node, "rhs")
    )


def _hidden_columns(inner: Draft, made: Any, wanted: Sequence[Any]) -> dict[Any, str]:
    """Select what is wanted as annotations `qual0`, `qual1` …; what is selected anyway keeps its name."""
    from nuages.db.models.shapes.clauses.select import Selected

    names: dict[Any, str] = {}
    annotations = dict(inner.annotations)
    added: list[str] = []
    for node in wanted:
        number = len(names)
        while f"qual{number}" in annotations:
            number += 1
        name = f"qual{number}"
        annotations[name] = node
        names[node] = name
        added.append(name)
    made.annotations = inner.annotations = annotations
    made.joins = inner.joins
    if made.selection is not None:
        made.selection = (*made.selection, *(Selected(name, "annotation") for name in added))
    return names
