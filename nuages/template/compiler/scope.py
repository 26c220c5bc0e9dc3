"""Which variable is meant: the names a template binds, seen from inside the function made of it.

A `Layer` mirrors a layer of the context stack that the template itself puts there (`for`, `with`, ...). Its
variables are Python locals. What no layer binds is read from the names the function is called with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from nuages.template.nodes import Node


@dataclass(slots=True)
class Bound:
    """A template variable that lives in a Python local. An uncertain one may not be set yet."""

    local: str
    certain: bool = True


@dataclass(slots=True)
class Loop:
    """What a `for` loop offers as `forloop`: locals, and an object where somebody else may look at it."""

    index: str
    length: str
    view: str
    outer: Loop | None = None
    uses_index: bool = False
    uses_length: bool = False
    uses_view: bool = False
    # Locals that start anew with each run of the loop.
    memory: list[str] = field(default_factory=list)

    def take_view(self) -> str:
        """Ask for the object; its index has to be kept up."""
        self.uses_view = self.uses_index = self.uses_length = True
        return self.view


@dataclass(slots=True)
class Layer:
    """One layer of variables."""

    names: dict[str, Bound] = field(default_factory=dict)
    loop: Loop | None = None


def bound_in(nodes: Iterable[Any]) -> Iterator[str]:
    """Names that tags set in the layer these nodes stand in."""
    for node in nodes:
        if not isinstance(node, Node):
            continue
        if node.binds:
            yield from node.binds
        if node.child_nodelists and not node.own_layer:
            for children in node.children():
                yield from bound_in(children)


@lru_cache(maxsize=1024)
def identifier(name: str) -> str:
    """A readable Python name for a template name."""
    if name.isascii() and name.isidentifier():
        return name
    return "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in name) or "_"
