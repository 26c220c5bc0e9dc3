"""The WHERE tree: folding of constants, halves before and after grouping."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.core.exceptions import EmptyResultSet, FullResultSet
from nuages.db import connection
from nuages.db.models.shapes.clauses.limit import narrowed
from nuages.db.models.shapes.slots import Slot, SlotCounter
from nuages.db.models.sql.where import AND, OR, XOR, NothingNode, WhereNode, divided


class Plain:
    """A condition that writes itself; `None` always holds."""

    def __init__(self, sql: str | None, aggregate: bool = False) -> None:
        self.sql = sql
        self.contains_aggregate = aggregate

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        if self.sql is None:
            raise FullResultSet
        return self.sql, []


class Compiler:
    def compile(self, node: Any) -> tuple[str, Any]:
        return node.as_sql(self, connection)  # type: ignore[no-any-return]


def sql(node: WhereNode) -> str:
    return node.as_sql(Compiler(), connection)[0]


def test_one_condition_needs_no_brackets() -> None:
    assert sql(WhereNode([Plain("a")])) == "a"
    assert sql(WhereNode([Plain("a"), Plain("b")])) == "(a AND b)"
    assert sql(WhereNode([Plain("a"), Plain("b")], OR, negated=True)) == "NOT (a OR b)"


def test_constants_are_folded() -> None:
    assert sql(WhereNode([Plain(None), Plain("a")])) == "a"
    assert sql(WhereNode([NothingNode(), Plain("a")], OR)) == "a"
    with pytest.raises(EmptyResultSet):
        sql(WhereNode([NothingNode(), Plain("a")]))
    with pytest.raises(FullResultSet):
        sql(WhereNode([NothingNode(), Plain("a")], negated=True))
    with pytest.raises(FullResultSet):
        sql(WhereNode())


def evaluated(node: Any) -> bool | None:
    """The truth of a tree of constants."""
    try:
        node.as_sql(Compiler(), connection)
    except EmptyResultSet:
        return False
    except FullResultSet:
        return True
    return None


trees = st.recursive(
    st.booleans(),
    lambda inner: st.tuples(
        st.sampled_from([AND, OR, XOR]), st.booleans(), st.lists(inner, min_size=1, max_size=4)
    ),
    max_leaves=12,
)


def node_of(tree: Any) -> Any:
    if isinstance(tree, bool):
        return Plain(None) if tree else NothingNode()
    connector, negated, inner = tree
    return WhereNode([node_of(part) for part in inner], connector, negated)


def truth_of(tree: Any) -> bool:
    if isinstance(tree, bool):
        return tree
    connector, negated, inner = tree
    each = [truth_of(part) for part in inner]
    truth = all(each) if connector == AND else any(each) if connector == OR else sum(each) % 2 == 1
    return truth != negated


@given(trees)
def test_folding_keeps_the_truth(tree: Any) -> None:
    assert evaluated(node_of(tree)) is truth_of(tree)


def test_aggregates_go_behind_the_grouping() -> None:
    plain, counted = Plain("a"), Plain("COUNT(b) > 1", aggregate=True)
    assert divided(WhereNode([plain, counted])) == ([plain], [counted], [])
    either = WhereNode([plain, counted], OR)
    assert divided(WhereNode([either])) == ([], [either], [])


def test_a_moved_tree_moves_its_slots() -> None:
    counter = SlotCounter()
    slot = counter.take()

    class Held(Plain):
        def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
            return "a = %s", [slot]

    _, (moved,) = WhereNode([Held("")], offset=3).as_sql(Compiler(), connection)
    assert isinstance(moved, Slot) and moved.index == 3


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_slices_of_slices_are_those_of_lists(low: int, more: int, start: int, length: int) -> None:
    rows = list(range(40))
    skip, take = narrowed(*narrowed(0, None, low, low + more), start, start + length)
    assert rows[low : low + more][start : start + length] == rows[skip : skip + (take or 0)]
