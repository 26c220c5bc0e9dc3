"""Slices: `[low:high]` of what a query selects already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nuages.db.models.shapes.draft import Draft


#: More rows than any database can count: skipping or taking more is no other question.
MOST_ROWS = 2**63 - 1


def narrowed(low: int, count: int | None, start: int | None, stop: int | None) -> tuple[int, int | None]:
    """Rows to skip and to take when `[start:stop]` is taken of rows that are sliced already."""
    if stop is not None:
        count = stop if count is None else min(count, stop)
    if start:
        low += start if count is None else min(start, count)
        count = None if count is None else max(0, count - start)
    return min(low, MOST_ROWS), None if count is None else min(count, MOST_ROWS)


def write(draft: Draft, connection: Any) -> tuple[str, list[Any]]:
    """LIMIT and OFFSET. Numbers that vary from call to call are parameters."""
    low, count = draft.low, draft.count
    parts: list[str] = []
    params: list[Any] = []
    if count is None and low is None:
        return "", []
    if count is not None:
        parts.append(_number("LIMIT", count, params))
    elif connection.ops.no_limit_value() is not None:
        parts.append(f"LIMIT {connection.ops.no_limit_value()}")
    if low is not None:
        parts.append(_number("OFFSET", low, params))
    return " ".join(parts), params


def _number(word: str, value: Any, params: list[Any]) -> str:
    if isinstance(value, int):
        return f"{word} {value}"
    params.append(value)
    return f"{word} %s"
