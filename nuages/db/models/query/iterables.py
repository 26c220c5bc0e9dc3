"""What a query set gives when it is read: instances, dictionaries, tuples, single values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from nuages.db.models.query.queryset import QuerySet

GET_ITERATOR_CHUNK_SIZE = 100


class BaseIterable:
    """Reads a query set row by row."""

    kind: ClassVar[str] = "tuples"

    def __init__(
        self, queryset: QuerySet[Any], chunked_fetch: bool = False, chunk_size: int = GET_ITERATOR_CHUNK_SIZE
    ) -> None:
        self.queryset = queryset
        self.chunked_fetch = chunked_fetch
        self.chunk_size = chunk_size

    def __iter__(self) -> Iterator[Any]:
        queryset = self.queryset
        if not self.chunked_fetch:
            yield from queryset._loaded(self.kind)
            return
        yield from queryset._loaded_in_chunks(self.kind, self.chunk_size)


class ModelIterable(BaseIterable):
    """Instances of the model."""

    kind = "instances"


class ValuesIterable(BaseIterable):
    """Dictionaries, for `values()`."""

    kind = "dicts"


class ValuesListIterable(BaseIterable):
    """Tuples, for `values_list()`."""

    kind = "tuples"


class NamedValuesListIterable(BaseIterable):
    """Named tuples, for `values_list(named=True)`."""

    kind = "named"


class FlatValuesListIterable(BaseIterable):
    """Single values, for `values_list(flat=True)`."""

    kind = "flat"
