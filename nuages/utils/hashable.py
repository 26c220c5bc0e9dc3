"""Hashable stand-ins for values that cannot be hashed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any


def make_hashable(value: Any) -> Hashable:
    """Return the value as something hashable: dictionaries and lists become tuples, all the way down.

    Dictionaries that are equal give equal results whatever their order.
    """
    if isinstance(value, dict):
        return tuple((key, make_hashable(value[key])) for key in sorted(value))
    try:
        hash(value)
    except TypeError:
        if not isinstance(value, Iterable):
            raise
        return tuple(make_hashable(item) for item in value)
    return value
