"""Lookups of relations, under their documented path."""

from nuages.db.models.fields.relations.lookups import (
    RelatedExact,
    RelatedGreaterThan,
    RelatedGreaterThanOrEqual,
    RelatedIn,
    RelatedIsNull,
    RelatedLessThan,
    RelatedLessThanOrEqual,
    get_normalized_value,
)

__all__ = [
    "RelatedExact",
    "RelatedGreaterThan",
    "RelatedGreaterThanOrEqual",
    "RelatedIn",
    "RelatedIsNull",
    "RelatedLessThan",
    "RelatedLessThanOrEqual",
    "get_normalized_value",
]
