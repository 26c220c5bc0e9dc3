"""Whether something can be iterated over."""

from __future__ import annotations

from typing import Any


def is_iterable(x: Any) -> bool:
    """Return whether `iter(x)` works."""
    try:
        iter(x)
    except TypeError:
        return False
    return True
