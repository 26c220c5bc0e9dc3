"""Taking a step: from a shape and a key to the next shape, which is made when it is not there yet."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

from nuages.db.models.shapes.draft import Draft
from nuages.db.models.shapes.shape import Shape
from nuages.db.models.shapes.slots import Preparation, SlotCounter

Extend = Callable[[Draft, SlotCounter], None]


def grow(shape: Shape, key: Hashable, verb: str, extend: Extend) -> Shape:
    """Make the neighbour of a shape and remember it, unless it is among the older ones."""
    if (kept := shape.kept(key)) is not None:
        return kept
    made = _made(shape, key, verb, extend, interned=True)
    if not shape.interned:
        made.interned = False
    return shape.keep(key, made)


def grow_once(shape: Shape, verb: str, extend: Extend) -> Shape:
    """Make a neighbour that holds real values and is not remembered."""
    return _made(shape, None, verb, extend, interned=False)


def _made(shape: Shape, key: Hashable, verb: str, extend: Extend, *, interned: bool) -> Shape:
    draft = Draft.of(shape)
    counter = SlotCounter(shape.width)
    extend(draft, counter)
    return Shape(
        draft.__dict__,
        parent=shape,
        key=key,
        verb=verb,
        prepares=counter.finish(),
        width=counter.taken,
        interned=interned,
    )


class Way:
    """Where a step leads whose values are of certain types, and what has to be done to such values."""

    __slots__ = ("prepares", "shape")

    def __init__(self, shape: Shape, kinds: Sequence[type]) -> None:
        self.shape = shape
        first = shape.width - len(kinds)
        changed: set[int] = set()
        prepares = []
        for index, prepare in shape.prepares:
            # Behind a step that changes it, a value may be of another type.
            leaves = isinstance(prepare, Preparation) and prepare.leaves(kinds[index - first])
            if index in changed or not leaves:
                changed.add(index)
                prepares.append((index, prepare))
        self.prepares = tuple(prepares)

    def taken(self, values: tuple[Any, ...], raw: Iterable[Any]) -> tuple[Any, ...]:
        """The values before the step and those of it, prepared."""
        if not self.prepares:
            return (*values, *raw)
        together = [*values, *raw]
        for index, prepare in self.prepares:
            together[index] = prepare(together[index])
        return tuple(together)


def prepared(shape: Shape, values: tuple[Any, ...], raw: Sequence[Any]) -> tuple[Any, ...]:
    """Values of a step beside those before it, prepared; a wrong value is refused here."""
    if not shape.prepares:
        return (*values, *raw)
    if len(raw) == 1:
        # Most calls bring one value.
        value = raw[0]
        for _, prepare in shape.prepares:
            value = prepare(value)
        return (*values, value)
    together = [*values, *raw]
    for index, prepare in shape.prepares:
        together[index] = prepare(together[index])
    return tuple(together)
