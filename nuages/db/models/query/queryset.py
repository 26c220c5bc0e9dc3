"""`QuerySet`: a shape and its values, with the documented methods.

A method that extends the query takes a step to the next shape; nothing is asked of the database before rows
are wanted. Then the shape's plan for that database is bound to the values, run and loaded.
"""

from __future__ import annotations

from typing import Any, TypeVar

from nuages.db.models.query.core import REPR_OUTPUT_SIZE, EmptyQuerySet
from nuages.db.models.query.single import MAX_GET_RESULTS, Singles
from nuages.db.models.query.writes import Writing
from nuages.db.models.utils import AltersData

M = TypeVar("M")


class QuerySet(Singles[M], Writing, AltersData):
    """A lazy database lookup for a set of objects."""

    def __class_getitem__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls


__all__ = ["MAX_GET_RESULTS", "REPR_OUTPUT_SIZE", "EmptyQuerySet", "QuerySet"]
