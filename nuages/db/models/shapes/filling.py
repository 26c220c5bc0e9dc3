"""Putting values back into the places of their slots: for queries that are pickled or looked at by hand."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from nuages.db.models.shapes.shape import STATE, Shape
from nuages.db.models.shapes.slots import Slot


def filled_shape(shape: Shape, values: Sequence[Any]) -> Shape:
    """A shape of its own in which values stand instead of slots."""
    fill = _Filling(values)
    return Shape({name: fill(getattr(shape, name)) for name in STATE}, interned=False)


def filled_state(state: dict[str, Any], values: Sequence[Any]) -> dict[str, Any]:
    """The state of a query with values instead of slots."""
    fill = _Filling(values)
    return {name: fill(value) for name, value in state.items()}


def filled(node: Any, values: Sequence[Any]) -> Any:
    """A part of a query with values instead of slots: itself, where it is nothing that could hold or be changed."""
    return _Filling(values)(node)


class _Filling:
    """Fills with some values, and remembers what it has filled: an expression keeps what it was made from, too, so that
    queries in queries are met again and again."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values
        self.done: dict[int, Any] = {}
        self.kept: list[Any] = []
        self._moved: dict[int, _Filling] = {}

    def moved(self, offset: int) -> _Filling:
        """What fills the slots of a part whose numbers begin anew at `offset`."""
        if not offset:
            return self
        found = self._moved.get(offset)
        if found is None:
            found = self._moved[offset] = _Filling(self.values[offset:])
        return found

    def __call__(self, node: Any) -> Any:
        if isinstance(node, Slot):
            return self.values[node.index]
        if node is None or isinstance(node, (str, int, float, bytes, bool, frozenset)):
            return node
        if id(node) in self.done:
            return self.done[id(node)]
        made = self._made(node)
        self.done[id(node)] = made
        self.kept.append(node)
        return made

    def _made(self, node: Any) -> Any:
        if isinstance(node, tuple):
            items = [self(item) for item in node]
            if all(one is two for one, two in zip(items, node)):
                return node
            return type(node)(*items) if hasattr(node, "_make") else tuple(items)
        if isinstance(node, list):
            return [self(item) for item in node]
        if isinstance(node, dict):
            return {name: self(value) for name, value in node.items()}
        if hasattr(node, "combined_queries") and hasattr(node, "offset"):
            return self._query(node)
        if _is_leaf(node):
            return node
        if hasattr(type(node), "__dataclass_fields__"):
            changed = {name: self(getattr(node, name)) for name in type(node).__dataclass_fields__}
            made = copy.copy(node)
            for name, value in changed.items():
                object.__setattr__(made, name, value)
            return made
        made = node.copy() if hasattr(node, "copy") else copy.copy(node)
        moved = getattr(node, "offset", 0)
        fill = self.moved(moved)
        made.__dict__.update({name: fill(value) for name, value in made.__dict__.items() if name != "offset"})
        if moved:
            made.offset = 0
        for name in ("identity",):
            made.__dict__.pop(name, None)
        return made

    def _query(self, query: Any) -> Any:
        fill = self.moved(query.offset) if query.values is None else _Filling(query.values)
        made = query.copy()
        made.__dict__.update({name: fill(value) for name, value in query.state().items()})
        made.values, made.offset, made._shape = (), 0, None
        return made


def _is_leaf(node: Any) -> bool:
    """What cannot hold a slot: models, fields, values of any kind."""
    return (
        not hasattr(node, "__dict__")
        or isinstance(node, type)
        or not (
            hasattr(node, "as_sql")
            or hasattr(node, "resolved_condition")
            or hasattr(node, "get_source_expressions")
        )
    )
