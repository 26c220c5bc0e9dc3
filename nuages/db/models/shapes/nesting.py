"""Queries inside queries: names for their tables that cannot be taken for those around them."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nuages.db.models.sql.query import Query

_letters = string.ascii_uppercase[string.ascii_uppercase.index("U") :]


def prefix_of_depth(depth: int) -> str:
    """Prefix for tables of a query with `depth` levels of queries inside it: U, V, … Z, AA, AB …"""
    if depth < len(_letters):
        return _letters[depth]
    depth -= len(_letters)
    size = len(string.ascii_uppercase)
    return "".join((string.ascii_uppercase[depth // size % size], string.ascii_uppercase[depth % size]))


def prefix_above(*nodes: Any) -> str:
    """Prefix for a query that holds these nodes."""
    return prefix_of_depth(max((depth_of(node) for node in nodes), default=0))


def depth_of(node: Any) -> int:
    """How many levels of queries a node holds."""
    return max((1 + depth_of_query(query) for query in queries_in(node)), default=0)


def depth_of_query(query: Query) -> int:
    """How many levels of queries a query holds."""
    return max((depth_of(node) for node in nodes_of(query)), default=0)


def nodes_of(query: Any) -> Iterator[Any]:
    """Every expression at the top of a query."""
    yield query.conditions
    yield from query.annotations.values()
    for item in query.selection or ():
        if item.node is not None:
            yield item.node
    if isinstance(query.group_by, tuple):
        yield from query.group_by
    for item in query.order_by:
        if not isinstance(item, str):
            yield item
    for join in query.joins.values():
        if join.filtered_relation is not None:
            yield join.filtered_relation.resolved_condition
    yield from query.combined_queries
    if query.source is not None:
        yield query.source


def queries_in(node: Any) -> Iterable[Query]:
    """The queries directly inside a node."""
    from nuages.db.models.sql.query import Query

    if isinstance(node, Query):
        yield node
        return
    for inner in parts_of(node):
        yield from queries_in(inner)


def parts_of(node: Any) -> Iterator[Any]:
    """What a node is made of, right sides of lookups included."""
    seen: list[Any] = []
    if hasattr(node, "get_source_expressions"):
        seen = [part for part in node.get_source_expressions() if part is not None]
        yield from seen
    right = getattr(node, "rhs", None)
    if right is not None and not any(right is part for part in seen):
        if isinstance(right, (list, tuple, set)):
            yield from right
        elif hasattr(right, "get_source_expressions") or hasattr(right, "combined_queries"):
            yield right
    query = getattr(node, "query", None)
    if query is not None and hasattr(query, "combined_queries") and not any(query is part for part in seen):
        yield query


def walk(node: Any) -> Iterator[Any]:
    """A node and everything in it, the trees of inner queries too."""
    yield node
    if hasattr(node, "combined_queries"):
        for inner in nodes_of(node):
            yield from walk(inner)
        return
    for part in parts_of(node):
        yield from walk(part)
