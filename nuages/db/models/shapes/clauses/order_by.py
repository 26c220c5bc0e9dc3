"""`order_by()`, `reverse()` and `Meta.ordering`: names and expressions, resolved when the query is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nuages.core.exceptions import FieldError
from nuages.db.models.constants import LOOKUP_SEP
from nuages.db.models.expressions import F, OrderBy, RawSQL, Ref, Value
from nuages.db.models.functions import Cast, Random
from nuages.db.models.shapes import joins, wording
from nuages.db.models.shapes.slots import Slot

if TYPE_CHECKING:
    from nuages.db.models.shapes.draft import Draft


def extend(draft: Draft, items: Sequence[Any]) -> None:
    """Add items to the ordering, refusing names that lead nowhere."""
    for item in items:
        if isinstance(item, str):
            _check_name(draft, item)
        elif hasattr(item, "resolve_expression"):
            item.resolve_expression(draft.copy())
            if getattr(item, "contains_aggregate", False):
                raise FieldError(
                    "Using an aggregate in order_by() without also including it in annotate() is not allowed: "
                    f"{item}"
                )
        else:
            raise FieldError(f"Invalid order_by arguments: {[item]}")
    if items:
        draft.order_by = (*draft.order_by, *items)
    else:
        draft.default_ordering = False


def _check_name(draft: Draft, item: str) -> None:
    name = item.lstrip("-") if item.startswith("-") else item.removeprefix("+")
    if item == "?" or name == "?" or name in draft.annotations or name in draft.extra:
        return
    if draft.annotation_in(name.split(LOOKUP_SEP))[0] is not None:
        return
    draft.path(name.split(LOOKUP_SEP))


def clear(draft: Draft, *, force: bool = True, default: bool = True) -> None:
    """Forget the ordering, unless rows taken by position depend on it."""
    if not force and (draft.is_sliced or draft.distinct_fields or draft.lock):
        return
    draft.order_by = ()
    draft.extra_order_by = ()
    if default:
        draft.default_ordering = False


def chosen(draft: Draft) -> tuple[Sequence[Any], bool]:
    """The items to order by, and whether they are the model's own."""
    if draft.extra_order_by:
        return draft.extra_order_by, False
    if draft.order_by or not draft.default_ordering:
        return draft.order_by, False
    opts = draft.get_meta()
    if opts is not None and opts.ordering:
        return opts.ordering, True
    return (), False


def resolved(draft: Draft) -> tuple[list[Any], bool]:
    """Resolved OrderBy nodes, and whether they come from the model. Joins what the names need."""
    items, own = chosen(draft)
    backwards = not draft.standard_ordering
    nodes: list[Any] = []
    for item in items:
        nodes += _entry(draft, item, backwards)
    return nodes, own


def _entry(draft: Draft, item: Any, backwards: bool) -> list[Any]:
    if hasattr(item, "resolve_expression"):
        if isinstance(item, Value):
            # A bare constant would be taken for the position of a column.
            item = Cast(item, item.output_field) if not isinstance(item.value, Slot) else item
        node = item.copy() if isinstance(item, OrderBy) else item.asc()
        if backwards:
            node.reverse_ordering()
        resolved = node.resolve_expression(draft)
        if getattr(resolved.expression, "is_composite", False):
            return [_over(resolved, column) for column in resolved.expression.get_cols()]
        return [resolved]
    name, descending = item, backwards
    if name.startswith("-"):
        name, descending = name[1:], not backwards
    else:
        name = name.removeprefix("+")
    if name == "?":
        return [OrderBy(Random())]
    if name in draft.annotations:
        node = draft.annotations[name]
        if name in draft.shown_annotations and _selects(draft, name):
            return [OrderBy(Ref(name, node), descending)]
        if isinstance(node, Value):
            node = Cast(node, node.output_field)
        return [OrderBy(node, descending)]
    if name in draft.extra:
        sql, params = draft.extra[name]
        if name not in draft.extra_hidden:
            return [OrderBy(Ref(name, RawSQL(sql, params)), descending)]
        return [OrderBy(RawSQL(sql, params), descending)]
    if "." in name and item in draft.extra_order_by:
        table, column = name.split(".", 1)
        return [OrderBy(_Raw(table, column), descending)]
    return by_name(draft, name, descending)


def _over(node: Any, source: Any) -> Any:
    """The same order of something else."""
    made = node.copy()
    made.set_source_expressions([source])
    return made


def _selects(draft: Draft, name: str) -> bool:
    if draft.selection is None:
        return True
    return any(item.name == name for item in draft.selection if item.kind == "annotation")


def distinct_by(draft: Draft, name: str) -> list[Any]:
    """Nodes for a name given to `distinct()`: what ORDER BY has for it, but a relation counts by its key."""
    if name in draft.shown_annotations and _selects(draft, name):
        return [Ref(name, draft.annotations[name])]
    if name in draft.annotations:
        raise wording.unknown_keyword(draft, name, draft.get_meta())
    return [node.expression for node in by_name(draft, name, False, follow=False)]


def by_name(
    draft: Draft,
    name: str,
    descending: bool,
    seen: tuple[Any, ...] = (),
    prefix: str = "",
    *,
    follow: bool = True,
) -> list[Any]:
    """Nodes for one name; a relation is ordered as its model says, unless it is not to be followed."""
    names = f"{prefix}{name}".split(LOOKUP_SEP)
    known, _ = draft.annotation_in(names)
    if known is not None:
        return [OrderBy(draft.resolve_ref(LOOKUP_SEP.join(names)), descending)]
    path = draft.path(names)
    final = path.final
    last = names[-1]
    if (
        follow
        and getattr(final, "is_relation", False)
        and path.hops
        and not path.rest
        and path.hops[-1].to_opts.ordering
        and last != "pk"
        and last != getattr(final, "attname", None)
        and last != _attname_of(final)
    ):
        step = tuple(id(hop.join_field) for hop in path.hops), bool(seen)
        if step in seen or len(seen) > 32:
            raise FieldError("Infinite loop caused by ordering.")
        nodes = []
        inner_prefix = LOOKUP_SEP.join(names) + LOOKUP_SEP
        for item in path.hops[-1].to_opts.ordering:
            if hasattr(item, "resolve_expression"):
                node = item.copy() if isinstance(item, OrderBy) else item.asc()
                node = (
                    node.prefix_references(inner_prefix)
                    if not isinstance(node.expression, F)
                    else OrderBy(
                        F(inner_prefix + node.expression.name),
                        node.descending,
                        node.nulls_first,
                        node.nulls_last,
                    )
                )
                if descending:
                    node.reverse_ordering()
                nodes.append(node.resolve_expression(draft))
                continue
            down = item.startswith("-")
            nodes += by_name(draft, item.lstrip("-"), descending ^ down, (*seen, step), inner_prefix)
        return nodes
    trimmed = path.trimmed()
    alias = joins.attach(draft, trimmed.hops)
    if len(trimmed.targets) > 1:
        return [OrderBy(target.get_col(alias), descending) for target in trimmed.targets]
    node = trimmed.targets[0].get_col(alias)
    for transform in path.rest:
        if node.get_transform(transform) is None and getattr(final, "is_relation", False):
            raise wording.unknown_keyword(draft, transform, path.hops[-1].to_opts, related=True)
        node = draft.try_transform(node, transform, path.rest)
    if getattr(node, "is_composite", False):
        return [OrderBy(column, descending) for column in node.get_cols()]
    return [OrderBy(node, descending)]


def _attname_of(final: Any) -> Any:
    return getattr(getattr(final, "field", None), "attname", None)


class _Raw:
    """`table.column`, as `extra(order_by=…)` writes it."""

    contains_aggregate = False
    contains_over_clause = False
    shape_safe = True

    def __init__(self, table: str, column: str) -> None:
        self.table = table
        self.column = column

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        quote = compiler.quote_name
        return f"{quote(self.table)}.{quote(self.column)}", ()

    def resolve_expression(self, *args: Any, **kwargs: Any) -> _Raw:
        return self

    def relabeled_clone(self, change_map: dict[str, str]) -> _Raw:
        return _Raw(change_map.get(self.table, self.table), self.column)

    def get_group_by_cols(self) -> list[Any]:
        return [self]

    def get_source_expressions(self) -> list[Any]:
        return []
