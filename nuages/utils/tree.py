"""A tree of conditions, as Q objects and constraints are."""

from __future__ import annotations

import copy
from typing import Any, Self

from nuages.utils.hashable import make_hashable


class Node:
    """A node with children and how they are connected; negated or not."""

    default = "DEFAULT"

    def __init__(self, children: Any = None, connector: str | None = None, negated: bool = False) -> None:
        self.children: list[Any] = list(children) if children else []
        self.connector = connector or self.default
        self.negated = negated

    @classmethod
    def create(cls, children: Any = None, connector: str | None = None, negated: bool = False) -> Self:
        """Return a node of this class, whatever arguments its own `__init__` takes."""
        made = cls.__new__(cls)
        Node.__init__(made, children, connector or cls.default, negated)
        return made

    def __str__(self) -> str:
        inner = f"({self.connector}: {', '.join(map(str, self.children))})"
        return f"(NOT {inner})" if self.negated else inner

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def __copy__(self) -> Self:
        twin = self.create(connector=self.connector, negated=self.negated)
        twin.children = self.children
        return twin

    copy = __copy__

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        twin = self.create(connector=self.connector, negated=self.negated)
        twin.children = copy.deepcopy(self.children, memo)
        return twin

    def __len__(self) -> int:
        return len(self.children)

    def __bool__(self) -> bool:
        return bool(self.children)

    def __contains__(self, other: object) -> bool:
        return other in self.children

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        assert isinstance(other, Node)
        return (self.connector, self.negated, self.children) == (
            other.connector,
            other.negated,
            other.children,
        )

    def __hash__(self) -> int:
        return hash((type(self), self.connector, self.negated, *make_hashable(self.children)))  # type: ignore[misc]

    def add(self, data: Any, conn_type: str) -> Any:
        """Add a child connected in this way, and return what was added.

        Where the node connects in another way, its present children go one level down. A child that is a
        plain node of the same kind is taken apart.
        """
        if self.connector != conn_type:
            inner = self.copy()
            self.connector = conn_type
            self.children = [inner, data]
            return data
        joins = (
            isinstance(data, Node) and not data.negated and (data.connector == conn_type or len(data) == 1)
        )
        if joins:
            self.children.extend(data.children)
            return self
        self.children.append(data)
        return data

    def negate(self) -> None:
        """Turn the condition around."""
        self.negated = not self.negated
