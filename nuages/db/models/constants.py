"""Small names shared by the query side and the model side."""

from __future__ import annotations

from enum import Enum

__all__ = ["LOOKUP_SEP", "OnConflict"]

LOOKUP_SEP = "__"


class OnConflict(Enum):
    """What an insert does when a row is already there."""

    IGNORE = "ignore"
    UPDATE = "update"
