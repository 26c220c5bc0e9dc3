"""What models, lookups and queries share: conditions, lookup registration, paths over relations, deferred values."""

from nuages.db.models.query_utils.conditions import Q
from nuages.db.models.query_utils.deferred import DeferredAttribute
from nuages.db.models.query_utils.paths import FilteredRelation, PathInfo
from nuages.db.models.query_utils.registration import (
    RegisterLookupMixin,
    lookup_generation,
    on_lookup_change,
)

__all__ = [
    "DeferredAttribute",
    "FilteredRelation",
    "PathInfo",
    "Q",
    "RegisterLookupMixin",
    "lookup_generation",
    "on_lookup_change",
]
