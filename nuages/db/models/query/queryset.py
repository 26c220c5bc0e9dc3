"""`QuerySet`: a shape and its values, with the documented methods.

A method that extends the query takes a step to the next shape; nothing is asked of the database before rows
are wanted. Then the shape's plan for that database is bound to the values, run and loaded.
"""

from __future__ import annotations

from nuages.db.models.query.core import REPR_OUTPUT_SIZE, EmptyQuerySet
from nuages.db.models.query.single import MAX_GET_RESULTS, Singles
from nuages.db.models.query.writes import Writing
from nuages.db.models.rows import M, R
from nuages.db.models.utils import AltersData


class QuerySet(Singles[M, R], Writing[M], AltersData):
    """A lazy database lookup for a set of objects."""


__all__ = ["MAX_GET_RESULTS", "REPR_OUTPUT_SIZE", "EmptyQuerySet", "QuerySet"]
