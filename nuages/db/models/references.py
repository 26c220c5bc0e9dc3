"""Which fields an expression or condition speaks of, before it is resolved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nuages.db.models.constants import LOOKUP_SEP
from nuages.db.models.expressions import F
from nuages.db.models.query_utils import Q

__all__ = ["references_of"]


def references_of(expression: Any) -> Iterator[tuple[str, ...]]:
    """Names, each split into field and lookups: `("author", "name")`."""
    if isinstance(expression, Q):
        for child in expression.children:
            if isinstance(child, tuple):
                name, value = child
                yield tuple(name.split(LOOKUP_SEP))
                if hasattr(value, "get_source_expressions") or isinstance(value, (F, Q)):
                    yield from references_of(value)
            else:
                yield from references_of(child)
    elif isinstance(expression, F):
        yield tuple(expression.name.split(LOOKUP_SEP))
    elif hasattr(expression, "get_source_expressions"):
        for source in expression.get_source_expressions():
            if source is not None:
                yield from references_of(source)
