"""What all managers of relations share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

from nuages.db.models.fetch_modes import FETCH_PEERS, window_of
from nuages.db.models.query_utils import Q
from nuages.db.models.utils import AltersData

__all__ = ["RelatedManagerBase", "narrowed_for_prefetch"]


class RelatedManagerBase(AltersData):
    """A manager of the rows related to one instance.

    Stands in front of a manager class; `super()` calls reach that one.
    """

    # A template must show the manager, not a copy made by calling it.
    do_not_call_in_templates = True

    instance: Any
    model: Any
    name: str
    _db: str | None

    #: Where prefetched rows of this relation are kept.
    prefetch_name: str

    def __call__(self, *, manager: str) -> Any:
        """The same relation through another manager of the related model."""
        found = getattr(self.model, manager)
        return self._over(found.__class__)(self.instance)

    def _over(self, manager_class: type) -> type[Self]:
        raise NotImplementedError

    def _prefetched(self) -> Any:
        """Rows that were loaded before; None where they were not."""
        return getattr(self.instance, "_prefetched_objects_cache", {}).get(self.prefetch_name)

    def _remove_prefetched_objects(self) -> None:
        cache = getattr(self.instance, "_prefetched_objects_cache", None)
        if cache is not None:
            cache.pop(self.prefetch_name, None)

    def _for_peers(self, queryset: Any) -> Any:
        """With FETCH_PEERS, reading all related rows of one instance reads them for those loaded beside it."""
        if self.instance._state.fetch_mode is not FETCH_PEERS or self._db:
            return queryset
        queryset._peer_fetch = self._fetch_for_peers
        return queryset

    def _fetch_for_peers(self) -> Any:
        from nuages.db.models.query import prefetch_related_objects

        name = self.prefetch_name
        window = [
            peer
            for peer in window_of(self.instance)
            if peer._is_pk_set() and name not in getattr(peer, "_prefetched_objects_cache", ())
        ]
        if len(window) < 2:
            return None
        prefetch_related_objects(window, self.accessor)
        found = self._prefetched()
        return None if found is None else list(found)

    @property
    def accessor(self) -> str:
        """The attribute this manager is read from."""
        raise NotImplementedError

    def get_queryset(self) -> Any:
        found = self._prefetched()
        if found is not None:
            return found
        return self._for_peers(self._apply_rel_filters(super().get_queryset()))  # type: ignore[misc]

    def _apply_rel_filters(self, queryset: Any) -> Any:
        raise NotImplementedError


def narrowed_for_prefetch(queryset: Any, name: str, instances: Sequence[Any]) -> Any:
    """Rows of these instances; a slice counts for each of them."""
    if queryset.query.is_sliced:
        queryset = queryset._slice_per(name)
    return queryset._next_is_sticky().filter(Q((f"{name}__in", instances)))


def prefetch_queryset(querysets: Any) -> Any:
    """The one query set a prefetch of a manager may bring."""
    if querysets is None:
        return None
    if len(querysets) != 1:
        raise ValueError("querysets argument of get_prefetch_querysets() should have a length of 1.")
    return querysets[0]


def alters_data(*methods: Callable[..., Any]) -> None:
    """Templates may not call these."""
    for method in methods:
        method.alters_data = True  # type: ignore[attr-defined]


Instances = Iterable[Any]
