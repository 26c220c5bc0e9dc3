"""Joining: reusing tables that are there already, and deciding which joins have to be outer.

Joins are kept without a type. Whether a join may be inner follows from the whole query: it may be when it
cannot fail to find a row, or when the conditions reject rows for which it found none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nuages.db.models.expressions import Col, ColPairs, CombinedExpression
from nuages.db.models.lookups import Transform
from nuages.db.models.query_utils import PathInfo
from nuages.db.models.sql.constants import INNER, LOUTER
from nuages.db.models.sql.datastructures import BaseTable, Join
from nuages.db.models.sql.where import AND, OR, XOR, WhereNode

if TYPE_CHECKING:
    from nuages.db.models.shapes.draft import Draft

Nothing: frozenset[Any] = frozenset()


def base_alias(draft: Draft) -> str:
    """Alias of the table the query starts from, brought in when it is not there yet."""
    for alias, join in draft.joins.items():
        if join.parent_alias is None:
            return alias
    table = draft.model._meta.db_table
    alias = table if draft.prefix == "T" else f"{draft.prefix}0"
    draft.joins = {alias: BaseTable(table, alias), **draft.joins}
    return alias


def attach(
    draft: Draft,
    hops: Sequence[PathInfo],
    reuse: set[str] | None = None,
    start: str | None = None,
    used: Callable[[str], None] | None = None,
) -> str:
    """Join the tables along `hops`; returns the alias of the last.

    A join that can find many rows is shared only with those in `reuse` (with any when that is None).
    """
    alias = start or base_alias(draft)
    for hop in hops:
        alias = _attach_one(draft, hop, alias, reuse)
        if used is not None:
            used(alias)
    return alias


def _attach_one(draft: Draft, hop: PathInfo, parent: str, reuse: set[str] | None) -> str:
    filtered = hop.filtered_relation
    table = hop.to_opts.db_table
    found = None
    for alias, join in draft.joins.items():
        same = isinstance(join, Join) and join.same_step(table, parent, hop.join_field, filtered)
        if same and (not hop.m2m or reuse is None or alias in reuse):
            found = alias
    if found is not None:
        return found
    nullable = not hop.direct or bool(hop.join_field.null)
    alias = (filtered.alias if filtered is not None else None) or free_alias(draft, table)
    if filtered is not None:
        filtered = filtered.clone()
        filtered.resolved_condition = WhereNode()
    join = Join(table, parent, alias, hop.join_field, nullable, filtered, hop.m2m, hop.direct)
    draft.joins = {**draft.joins, alias: join}
    if filtered is not None:
        before = set(draft.joins)
        filtered.resolved_condition = draft.filtered_condition(filtered, alias)
        if added := [name for name in draft.joins if name not in before]:
            # Tables that the condition reads have to stand before the table it restricts.
            draft.joins = {
                **{name: found for name, found in draft.joins.items() if name != alias and name not in added},
                **{name: draft.joins[name] for name in _above(draft, added, alias)},
                alias: join,
                **{name: draft.joins[name] for name in added if name not in _above(draft, added, alias)},
            }
    return alias


def _above(draft: Draft, added: Sequence[str], alias: str) -> list[str]:
    """Those of `added` that do not hang on `alias`."""
    below = {alias}
    above = []
    for name in added:
        if draft.joins[name].parent_alias in below:
            below.add(name)
        else:
            above.append(name)
    return above


def free_alias(draft: Draft, table: str) -> str:
    """A name for another table: the table's own name when it is free."""
    if draft.prefix == "T" and table not in draft.joins:
        return table
    number = len(draft.joins) + (1 if draft.prefix == "T" else 0)
    while f"{draft.prefix}{number}" in draft.joins:
        number += 1
    return f"{draft.prefix}{number}"


def typed(joins: Mapping[str, Any], where: WhereNode | None) -> dict[str, Any]:
    """The joins of a query, each with its type."""
    some_may_fail = any(join.nullable for join in joins.values())
    wanted = demanded(where, joins) if some_may_fail and where else Nothing
    result: dict[str, Any] = {}
    for alias, join in joins.items():
        if isinstance(join, Join):
            parent = result.get(join.parent_alias)
            after_outer = parent is not None and parent.join_type == LOUTER
            outer = alias not in wanted and (after_outer or (join.nullable and not _has_key(join, wanted)))
            join = join.typed(LOUTER if outer else INNER)
        result[alias] = join
    return result


def _has_key(join: Join, wanted: frozenset[Any]) -> bool:
    """Whether the conditions leave only rows whose foreign key is set: then it leads to a row."""
    return join.direct and all((join.parent_alias, column) in wanted for column, _ in join.join_cols)


def demanded(node: Any, joins: Mapping[str, Any], truth: bool = True) -> frozenset[Any]:
    """What must be there whenever the condition has this truth: aliases of rows, and `(alias, column)` not null."""
    if isinstance(node, WhereNode):
        if node.connector == XOR and len(node) > 1:
            # Whether it holds or not, any one of its conditions may hold or not.
            return Nothing
        if node.negated:
            truth = not truth
        each = [demanded(child, joins, truth) for child in node.children]
        if not each:
            return Nothing
        if node.connector == AND if truth else node.connector == OR:
            return frozenset().union(*each)
        common = each[0]
        for some in each[1:]:
            common &= some
        return common
    found: set[Any] = set(_leaf_demands(node, truth))
    for alias, _column in tuple(found):
        step = joins.get(alias)
        while step is not None:
            found.add(step.table_alias)
            step = joins.get(step.parent_alias) if step.parent_alias is not None else None
    return frozenset(found)


Columns = frozenset[tuple[str, str]]


def _leaf_demands(leaf: Any, truth: bool) -> Columns:
    name = getattr(leaf, "lookup_name", None)
    left = getattr(leaf, "lhs", None)
    if name is None or left is None or getattr(leaf, "contains_aggregate", False):
        return frozenset()
    if name == "isnull":
        return columns_of(left) if bool(leaf.rhs) != truth else frozenset()
    if not truth:
        return frozenset()
    right = getattr(leaf, "rhs", None)
    if name == "range" and isinstance(right, (list, tuple)):
        return columns_of(left).union(*map(columns_of, right))
    return columns_of(left) | columns_of(right)


def columns_of(side: Any) -> Columns:
    """Columns whose being null makes this side of a comparison null."""
    if isinstance(side, Col):
        return frozenset(((side.alias, side.target.column),)) if side.alias else frozenset()
    if isinstance(side, Transform):
        return columns_of(side.lhs)
    if isinstance(side, CombinedExpression):
        return columns_of(side.lhs) | columns_of(side.rhs)
    if isinstance(side, ColPairs):
        return frozenset((column.alias, column.target.column) for column in side.get_cols())
    return frozenset()


def first_unshared(draft: Draft, hops: Sequence[PathInfo], reuse: set[str] | None) -> int | None:
    """Position of the first hop to many rows that would need a join of its own."""
    alias: str | None = base_alias(draft)
    for position, hop in enumerate(hops):
        found = None
        if alias is not None:
            for name, join in draft.joins.items():
                same = isinstance(join, Join) and join.same_step(
                    hop.to_opts.db_table, alias, hop.join_field, hop.filtered_relation
                )
                if same and (not hop.m2m or reuse is None or name in reuse):
                    found = name
        if hop.m2m and found is None:
            return position
        alias = found
    return None
