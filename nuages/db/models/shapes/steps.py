"""Taking a step: from a shape and a key to the next shape, which is made when it is not there yet."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from nuages.db.models.shapes.draft import Draft
from nuages.db.models.shapes.shape import Shape
from nuages.db.models.shapes.slots import SlotCounter

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
