"""`&`, `|` and `^` of query sets: the conditions of two queries over the tables of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nuages.db.models.shapes import joins
from nuages.db.models.shapes.draft import Draft
from nuages.db.models.shapes.filling import filled_shape
from nuages.db.models.shapes.shape import Shape
from nuages.db.models.shapes.steps import grow, grow_once
from nuages.db.models.sql.datastructures import Join
from nuages.db.models.sql.where import AND, WhereNode

if TYPE_CHECKING:
    from collections.abc import Mapping


def step(
    shape: Shape, values: tuple[Any, ...], other: Shape, other_values: tuple[Any, ...], connector: str
) -> tuple[Shape, tuple[Any, ...]]:
    """The shape that both conditions make together, and the values of both."""
    check(shape, other)
    words = f"{connector}({other!r})"
    special = any(not isinstance(item, str) for item in other.order_by) or other.selection is not None
    if not other.interned or special:
        known = filled_shape(other, other_values)
        made = grow_once(shape, words, lambda draft, counter: extend(draft, known, connector, 0))
        return made, values
    key = (connector, other)
    child = shape.next.get(key)
    if child is None:
        child = grow(
            shape,
            key,
            words,
            lambda draft, counter: extend(draft, other, connector, counter.skip(other.width)),
        )
    return child, (*values, *other_values)


def check(shape: Any, other: Any) -> None:
    """Refuse queries that cannot be made one."""
    if shape.model is not other.model:
        raise TypeError("Cannot combine queries on two different base models.")
    if shape.is_sliced or other.is_sliced:
        raise TypeError("Cannot combine queries once a slice has been taken.")
    if shape.distinct != other.distinct:
        raise TypeError("Cannot combine a unique query with a non-unique query.")
    if shape.distinct_fields != other.distinct_fields:
        raise TypeError("Cannot combine queries with different distinct fields.")


def extend(draft: Draft, other: Shape, connector: str, offset: int) -> None:
    """Add the other query's conditions, joining its tables to the draft's."""
    names = _joined(draft, other.joins, together=connector == AND)
    where = other.conditions.relabeled_clone(names) if names else other.conditions
    if offset and where:
        where = WhereNode([where], offset=offset)
    if connector == AND:
        draft.require(where)
    else:
        draft.conditions = WhereNode([draft.conditions, where], connector)
    if other.selection is not None:
        draft.selection = tuple(
            item.mapped(lambda node: node.relabeled_clone(names)) for item in other.selection
        )
        draft.annotations = {
            **draft.annotations,
            **{
                name: node.relabeled_clone(names)
                for name, node in other.annotations.items()
                if name not in draft.annotations
            },
        }
    if connector != AND and draft.extra and other.extra:
        raise ValueError(
            "When merging querysets using 'or', you cannot have extra(select=...) on both sides."
        )
    draft.extra = {**draft.extra, **other.extra}
    tables = [table for table in other.extra_tables if table not in draft.extra_tables]
    draft.extra_tables = (*draft.extra_tables, *tables)
    draft.order_by = other.order_by or draft.order_by
    draft.extra_order_by = other.extra_order_by or draft.extra_order_by


def _joined(draft: Draft, others: Mapping[str, Any], *, together: bool) -> dict[str, str]:
    """Bring the other query's tables in; returns their names here.

    Rows of a relation with many rows are other rows under AND, and may be the same under OR.
    """
    names: dict[str, str] = {}
    fresh: set[str] = set()
    for alias, join in others.items():
        if not isinstance(join, Join):
            names[alias] = joins.base_alias(draft)
            continue
        parent = names[join.parent_alias]
        found = None
        for here, known in draft.joins.items():
            if (
                isinstance(known, Join)
                and known.same_step(join.table_name, parent, join.join_field, join.filtered_relation)
                and (not known.many or not together or here in fresh)
                and here not in names.values()
            ):
                found = here
                break
        if found is None:
            found = alias if alias not in draft.joins else joins.free_alias(draft, join.table_name)
            moved = join.renamed({**names, alias: found})
            draft.joins = {**draft.joins, found: moved}
            fresh.add(found)
        names[alias] = found
    return {old: new for old, new in names.items() if old != new}
