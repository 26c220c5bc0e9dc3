"""Arguments as nodes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nuages.db.models.expressions.references import F
from nuages.db.models.expressions.values import Value


def as_nodes(given: Iterable[Any]) -> list[Any]:
    """A string names a column, what is no expression is a value."""
    return [
        item if hasattr(item, "resolve_expression") else F(item) if isinstance(item, str) else Value(item)
        for item in given
    ]
