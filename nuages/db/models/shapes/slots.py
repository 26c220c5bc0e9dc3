"""Slots: what stands in a resolved expression tree where the caller wrote a literal.

A tree with slots is planned once; each execution then only has to take the caller's values, prepare
them (at the call, so that a wrong value is refused there) and bind them (when the statement runs).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Prepare = Callable[[Any], Any]
Bind = Callable[[Any, Any], Any]


class Preparation:
    """A `prepare` step that can say which values it gives back as they are."""

    __slots__ = ()

    def leaves(self, kind: type) -> bool:
        """Whether it does that with all values of exactly this type."""
        return False

    def __call__(self, value: Any) -> Any:
        """The value as it is compared."""
        raise NotImplementedError


class Opaque(Exception):
    """Raised where a node's structure cannot be told apart from its values.

    The query at hand is then planned with the real values and not kept. May come from `key_of`, from
    a node being built or compiled with slots in it, and from a `prepare` that meets a special value.
    """


class Slot:
    """The place of value number `index`. `binds` are applied in order as `bind(value, connection)`."""

    __slots__ = ("binds", "counter", "index")

    def __init__(self, index: int, counter: SlotCounter | None, binds: tuple[Bind, ...] = ()) -> None:
        self.index = index
        self.counter = counter
        self.binds = binds

    def prepared(self, prepare: Prepare) -> Slot:
        """Have `prepare(value)` run at every call that brings a value for this place."""
        if self.counter is not None:
            self.counter.prepares.append((self.index, prepare))
        return self

    def bound(self, bind: Bind) -> Slot:
        """The same place, converted further when a statement is executed."""
        return Slot(self.index, self.counter, (*self.binds, bind))

    def shifted(self, offset: int) -> Slot:
        """The place seen from a query whose values start `offset` earlier."""
        return Slot(self.index + offset, None, self.binds) if offset else self

    def resolve(self, values: Sequence[Any], connection: Any) -> Any:
        """The parameter for one execution."""
        value = values[self.index]
        for bind in self.binds:
            value = bind(value, connection)
        return value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Slot) and self.index == other.index and self.binds == other.binds

    def __hash__(self) -> int:
        return hash((self.index, self.binds))

    def __repr__(self) -> str:
        return f"?{self.index}"


class Late:
    """A parameter that is neither value nor constant: found out at every execution, such as the current time zone."""

    __slots__ = ("find", "steps")

    def __init__(self, find: Callable[[Any], Any], steps: tuple[Callable[[Any], Any], ...] = ()) -> None:
        self.find = find
        self.steps = steps

    def then(self, step: Callable[[Any], Any]) -> Late:
        """The same parameter, changed by `step` once it has been found."""
        return Late(self.find, (*self.steps, step))

    def resolve(self, values: Sequence[Any], connection: Any) -> Any:
        """The parameter for one execution."""
        value = self.find(connection)
        for step in self.steps:
            value = step(value)
        return value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Late) and self.find == other.find and self.steps == other.steps

    def __hash__(self) -> int:
        return hash((self.find, self.steps))


class SlotCounter:
    """Hands out slots in traversal order and collects what has to be done to values at the call."""

    __slots__ = ("_slots", "prepares", "taken")

    def __init__(self, start: int = 0) -> None:
        self.taken = start
        self.prepares: list[tuple[int, Prepare]] = []
        self._slots: list[Slot] = []

    def take(self) -> Slot:
        """The next slot."""
        slot = Slot(self.taken, self)
        self._slots.append(slot)
        self.taken += 1
        return slot

    def finish(self) -> tuple[tuple[int, Prepare], ...]:
        """What has to be done to values at the call. Slots that were handed out are done with their counter."""
        for slot in self._slots:
            slot.counter = None
        return tuple(self.prepares)

    def skip(self, count: int) -> int:
        """Leave room for values that already have their slots; returns where they start."""
        start = self.taken
        self.taken += count
        return start
