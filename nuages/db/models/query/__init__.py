"""Query sets: see `queryset.py` for reading, `writes.py` for changing rows, `raw.py` for hand-written SQL."""

from nuages.db.models.prefetching import (
    Prefetch,
    aprefetch_related_objects,
    get_prefetcher,
    prefetch_related_objects,
)
from nuages.db.models.query.iterables import (
    BaseIterable,
    FlatValuesListIterable,
    ModelIterable,
    NamedValuesListIterable,
    ValuesIterable,
    ValuesListIterable,
)
from nuages.db.models.query.queryset import (
    MAX_GET_RESULTS,
    REPR_OUTPUT_SIZE,
    EmptyQuerySet,
    QuerySet,
)
from nuages.db.models.query.raw import RawModelIterable, RawQuerySet
from nuages.db.models.query_utils import Q

__all__ = [
    "MAX_GET_RESULTS",
    "REPR_OUTPUT_SIZE",
    "BaseIterable",
    "EmptyQuerySet",
    "FlatValuesListIterable",
    "ModelIterable",
    "NamedValuesListIterable",
    "Prefetch",
    "Q",
    "QuerySet",
    "RawModelIterable",
    "RawQuerySet",
    "ValuesIterable",
    "ValuesListIterable",
    "aprefetch_related_objects",
    "get_prefetcher",
    "prefetch_related_objects",
]
