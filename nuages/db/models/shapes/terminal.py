"""Questions that end a chain: is there a row, how many, and aggregates over all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from nuages.core.exceptions import FieldError
from nuages.db.models.shapes.clauses import order_by, select
from nuages.db.models.shapes.clauses.select import Selected
from nuages.db.models.sql.where import NothingNode, WhereNode

if TYPE_CHECKING:
    from nuages.db.models.shapes.draft import Draft


def make_exists(draft: Draft, limit: bool = True) -> None:
    """Turn the draft into one that selects a constant for at most one row."""
    from nuages.db.models.expressions import Value

    if not (draft.distinct and draft.is_sliced):
        if draft.group_by is True:
            select._settle_group(draft)
        if not draft.combinator and not _has_set_returning(draft):
            needs_selection = isinstance(draft.group_by, tuple) and draft.group_by
            if needs_selection:
                draft.group_by = _without_refs(draft.group_by)
            draft.selection = ()
            draft.hidden = frozenset(draft.annotations)
            draft.extra_hidden = frozenset(draft.extra)
            draft.select_related = False
            if not draft.is_sliced:
                draft.distinct = False
                draft.distinct_fields = ()
    if draft.combinator:
        draft.combined_queries = tuple(_exists_part(draft, query) for query in draft.combined_queries)
    order_by.clear(draft, force=not draft.is_sliced)
    if limit and draft.count is None:
        draft.count = 1
    if not draft.combinator and draft.selection == ():
        draft.annotations = {**draft.annotations, "a": Value(1)}
        draft.selection = (Selected("a", "annotation"),)


def _exists_part(draft: Draft, query: Any) -> Any:
    """A part of a combination needs only one row; of a union, that is."""
    if draft.combinator == "union" and not query.is_sliced:
        return query.exists(limit=False)
    return query


def _has_set_returning(draft: Draft) -> bool:
    return any(getattr(node, "set_returning", False) for node in draft.shown_annotations.values())


def _without_refs(group_by: Iterable[Any]) -> tuple[Any, ...]:
    from nuages.db.models.expressions import Ref

    return tuple(
        column
        for node in group_by
        for column in (node.source.get_group_by_cols() if isinstance(node, Ref) else (node,))
    )


def aggregate(draft: Draft, wanted: Mapping[str, Any]) -> None:
    """Turn the draft into one that selects these aggregates over all its rows."""
    resolved = _resolved(draft, wanted)
    draft.elide_empty = all(node.empty_result_set_value is not NotImplemented for node in resolved.values())
    if _stays_flat(draft, resolved):
        _flat(draft, resolved)
    else:
        _wrapped(draft, resolved)


def _resolved(draft: Draft, wanted: Mapping[str, Any]) -> dict[str, Any]:
    existing = dict(draft.annotations)
    resolved: dict[str, Any] = {}
    for name, node in wanted.items():
        made = node.resolve_expression(draft, allow_joins=True, reuse=None, summarize=True)
        if not made.contains_aggregate:
            raise TypeError(f"{name} is not an aggregate expression")
        _refuse_nesting(made, resolved)
        resolved[name] = made
        # Later aggregates may build on earlier ones by name.
        draft.annotations = {**draft.annotations, name: made}
        draft.hidden = draft.hidden - {name}
    draft.annotations = existing
    return resolved


def _refuse_nesting(node: Any, earlier: Mapping[str, Any]) -> None:
    """An aggregate of rows cannot be over another one of the same call."""
    from nuages.db.models.aggregates import Aggregate

    for part in node.flatten():
        for name in part.get_refs() if isinstance(part, Aggregate) else ():
            if name in earlier:
                raise FieldError(f"Cannot compute {part.name}('{name}'): '{name}' is an aggregate")


def _refs_of(node: Any) -> set[str]:
    return node.get_refs() if hasattr(node, "get_refs") else set()


def _stays_flat(draft: Draft, resolved: Mapping[str, Any]) -> bool:
    """Whether the aggregates can simply take the place of what the query selects."""
    if draft.is_sliced or draft.distinct or draft.combinator or isinstance(draft.group_by, tuple):
        return False
    if any(_holds(node, "contains_aggregate", "contains_over_clause") for node in draft.annotations.values()):
        return False
    if any(getattr(node, "set_returning", False) for node in draft.annotations.values()):
        return False
    named = {name for node in resolved.values() for name in _refs_of(node)}
    if any(_is_subquery(draft.annotations[name]) for name in named if name in draft.annotations):
        return False
    return not _holds(draft.conditions, "contains_over_clause")


def _holds(node: Any, *flags: str) -> bool:
    return any(getattr(node, flag, False) for flag in flags)


def _is_subquery(node: Any) -> bool:
    return bool(getattr(node, "subquery", False) or getattr(node, "contains_subquery", False))


def _flat(draft: Draft, resolved: Mapping[str, Any]) -> None:
    from nuages.db.models.expressions import Ref

    if draft.select_related:
        draft.select_related = False
    order_by.clear(draft)
    instead = {Ref(name, node): node for name, node in draft.annotations.items()}
    finished: dict[str, Any] = {}
    for name, node in resolved.items():
        finished[name] = node = node.replace_expressions(instead) if instead else node
        instead[Ref(name, resolved[name])] = node
    draft.group_by = None
    draft.annotations = finished
    draft.hidden = frozenset()
    draft.extra_hidden = frozenset(draft.extra)
    draft.selection = tuple(Selected(name, "annotation") for name in finished)


def _wrapped(draft: Draft, resolved: Mapping[str, Any]) -> None:
    """SELECT aggregates FROM (the query)."""
    from nuages.db.models.expressions import Ref
    from nuages.db.models.sql.query import Query

    inner = Query.__new__(Query)
    inner.__dict__ = draft.state()
    inner.values, inner._shape = None, None
    inner.select_related = False
    # Rows that are only counted are not locked.
    inner.lock = None
    sliced = inner.is_sliced
    if isinstance(inner.group_by, tuple):
        # What groups are sorted by tells them apart too.
        sorting, own = order_by.resolved(inner)
        if not own:
            inner.group_by += tuple(
                column
                for node in sorting
                if not node.contains_aggregate
                for column in node.get_group_by_cols()
            )
    order_by.clear(inner, force=not sliced and not inner.distinct_fields)
    # What is selected inside is read by its name, wherever the aggregates hold it.
    inside = {node: Ref(name, node) for name, node in draft.annotations.items()}
    resolved = {name: node.replace_expressions(inside) if inside else node for name, node in resolved.items()}
    named = {name for node in resolved.values() for name in _refs_of(node)}
    if not inner.combinator:
        _thin_out(inner, named)
    # Columns that the aggregates read are selected inside, and read by their name there.
    replace: dict[Any, Any] = {}
    for node in resolved.values():
        for part in _columns_in(node):
            if part in replace:
                continue
            name = f"__col{len(replace) + 1}"
            inner.annotations = {**inner.annotations, name: part}
            if inner.selection is not None:
                inner.selection = (*inner.selection, Selected(name, "annotation"))
            replace[part] = Ref(name, part)
    assert isinstance(inner, Query)
    if inner.selection == () and not inner.shown_annotations and not inner.combinator:
        opts = inner.get_meta()
        names = [one.attname for one in opts.pk_fields]
        inner.selection = tuple(item for name in names for item in select.columns_of(inner, name))
    finished: dict[str, Any] = {}
    earlier: dict[Any, Any] = {}
    for name, node in resolved.items():
        made = node.replace_expressions({**replace, **earlier}) if replace or earlier else node
        made = made.relabeled_clone({}) if hasattr(made, "relabeled_clone") else made
        earlier[Ref(name, node)] = made
        finished[name] = made
    draft.source = inner
    draft.joins = {}
    draft.conditions = WhereNode()
    draft.annotations = finished
    draft.hidden = frozenset()
    draft.selection = tuple(Selected(name, "annotation") for name in finished)
    draft.group_by = None
    draft.distinct = False
    draft.distinct_fields = ()
    draft.low = draft.count = None
    draft.empty_slice = False
    draft.combinator = None
    draft.combined_queries = ()
    draft.lock = None
    draft.select_related = False
    draft.extra_tables = ()
    draft.extra_hidden = frozenset(draft.extra)
    order_by.clear(draft)


def _columns_in(node: Any) -> list[Any]:
    """Columns that a node reads, outside of references to what is selected already."""
    from nuages.db.models.expressions import Col, Ref

    if isinstance(node, Ref):
        return []
    if isinstance(node, Col):
        return [node]
    if _is_subquery_node(node):
        return [node]
    found: list[Any] = []
    for part in node.get_source_expressions() if hasattr(node, "get_source_expressions") else ():
        if part is not None:
            found += _columns_in(part)
    return found


def _is_subquery_node(node: Any) -> bool:
    return bool(getattr(node, "subquery", False))


def _thin_out(inner: Any, named: set[str]) -> None:
    """Inside, only what tells rows apart and what is read by the aggregates has to be selected."""
    if inner.distinct:
        return
    if any(getattr(node, "set_returning", False) for node in inner.annotations.values()):
        return
    grouped = any(node.contains_aggregate for node in inner.annotations.values())
    if inner.selection is None:
        if grouped and inner.group_by is True:
            select._settle_group(inner)
            keys = set(inner.get_meta().pk_fields)
            grouping: Any = inner.group_by
            inner.group_by = tuple(node for node in grouping if node.target in keys) + tuple(
                column
                for node in inner.shown_annotations.values()
                if not node.contains_aggregate
                for column in node.get_group_by_cols()
            )
        inner.selection = ()
    else:
        group_names = _named_in_group(inner)
        kept = tuple(
            item
            for item in inner.selection
            if (item.kind == "annotation" and (item.name in named or item.name in group_names))
            or (inner.group_by is not None and not _is_aggregate(inner, item))
        )
        if not kept and inner.selection:
            plain = [item for item in inner.selection if item.kind == "field"]
            kept = tuple(plain[:1]) or tuple(inner.selection[:1])
        inner.selection = kept
    present = {item.name for item in inner.selection}
    added = tuple(
        Selected(name, "annotation") for name in inner.annotations if name in named and name not in present
    )
    inner.selection = (*inner.selection, *added)
    chosen = {item.name for item in inner.selection if item.kind == "annotation"}
    inner.hidden = frozenset(inner.annotations) - chosen
    inner.extra_hidden = frozenset(inner.extra) - {
        item.name for item in inner.selection if item.kind == "extra"
    }


def _is_aggregate(inner: Any, item: Selected) -> bool:
    return item.kind == "annotation" and bool(inner.annotations[item.name].contains_aggregate)


def _named_in_group(inner: Any) -> set[str]:
    from nuages.db.models.expressions import Ref

    group_by = inner.group_by
    return {node.refs for node in group_by if isinstance(node, Ref)} if isinstance(group_by, tuple) else set()


def is_empty(draft: Draft) -> bool:
    """Whether the draft was made to find nothing."""
    return any(isinstance(child, NothingNode) for child in draft.conditions.children)
