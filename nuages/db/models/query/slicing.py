"""`queryset[start:stop]`: the numbers are values, whether there are any is structure."""

from __future__ import annotations

from typing import Any

from nuages.db.models.query import steps
from nuages.db.models.shapes.clauses import limit

# The key of `[:stop]`, as it is made below.
_FIRST_ROWS = ("slice", False, True, False)


def sliced(queryset: Any, start: int | None, stop: int | None) -> Any:
    """A copy that has the rows from `start` to `stop` of those it had."""
    clone = queryset._chain()
    shape, values = clone._shape, clone._values
    if start is None and stop is not None and 1 < stop <= limit.MOST_ROWS and not shape.is_sliced:
        # The first rows of all: what most slices are.
        first = shape.next.get(_FIRST_ROWS)
        if first is not None:
            clone._shape, clone._values = first, (*values, stop)
            return clone
    low, count = shape.low, shape.count
    if low is not None:
        low = low.resolve(values, None) if hasattr(low, "resolve") else low
    if count is not None:
        count = count.resolve(values, None) if hasattr(count, "resolve") else count
    low, count = limit.narrowed(low or 0, count, start, stop)
    if start is not None and stop is not None and stop <= start:
        count = 0
    if count == 0:
        clone._shape = shape.then(("slice", "empty"), "[0:0]", _make_empty_slice)
        return clone
    if not low and count is None:
        return clone
    # One row is another question than some rows: it may be compared with, so it is part of the structure.
    single = count == 1
    numbers = [low] if low else []
    if count is not None and not single:
        numbers.append(count)
    key = ("slice", bool(low), count is not None, single)

    def extend(draft: Any, slots: list[Any]) -> None:
        marks = iter(slots)
        draft.low = next(marks) if low else None
        draft.count = 1 if single else next(marks) if count is not None else None

    known = shape.next.get(key)
    if known is not None:
        clone._shape, clone._values = known, (*values, *numbers)
        return clone
    words = f"[{'?' if low else ''}:{'?' if count is not None else ''}]"
    clone._shape, clone._values = steps.with_numbers(shape, values, key, numbers, extend, words)
    return clone


def _make_empty_slice(draft: Any) -> None:
    draft.empty_slice = True
    draft.low = draft.count = None
