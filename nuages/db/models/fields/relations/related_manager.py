"""What all managers of relations share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from nuages.db import connections, router
from nuages.db.models.fetch_modes import FETCH_PEERS, WINDOW, window_of
from nuages.db.models.fields.relations.brought import Brought, Moment
from nuages.db.models.query_utils import Q
from nuages.db.models.utils import AltersData
from nuages.utils.generics import Generic

if TYPE_CHECKING:
    from typing import overload

    from nuages.db.models.base import Model
    from nuages.db.models.fields.relations.to_many import ReverseManyToOneDescriptor
    from nuages.db.models.fields.values import Through
    from nuages.db.models.manager import Manager
    from nuages.db.models.rows import M
    from nuages.spine import twin

__all__ = ["ManyRelatedManager", "RelatedManager", "RelatedManagerBase", "narrowed_for_prefetch"]


RowKey = Callable[[Any], tuple[Any, ...]]

#: Rows that one reading brings for a hundred peers at most.
PEER_ROWS = 2000


def _forget_peer_rows(instance: Any, prefetch_name: str) -> None:
    rows = _peer_rows(instance)
    for key in [key for key in rows if key[0] == prefetch_name]:
        del rows[key]


def _peer_rows(instance: Any) -> dict[tuple[str, type], Brought]:
    state = instance._state
    try:
        return state.peer_rows
    except AttributeError:
        state.peer_rows = {}
        return state.peer_rows


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

    def __class_getitem__(cls, model: Any) -> type[Self]:
        return cls

    def __call__(self, *, manager: str) -> Any:
        """The same relation through another manager of the related model."""
        found = getattr(self.model, manager)
        return self._over(found.__class__)(self.instance)  # type: ignore[call-arg]

    def _over(self, manager_class: type) -> type[Self]:
        raise NotImplementedError

    def _prefetched(self) -> Any:
        """Rows that were loaded before; None where they were not."""
        for holder in self._holders():
            cache = holder.__dict__.get("_prefetched_objects_cache")
            if cache and self.prefetch_name in cache:
                return cache[self.prefetch_name]
        return None

    def _remove_prefetched_objects(self) -> None:
        for holder in self._holders():
            cache = holder.__dict__.get("_prefetched_objects_cache")
            if cache:
                cache.pop(self.prefetch_name, None)
            _forget_peer_rows(holder, self.prefetch_name)

    def _holders(self) -> Iterable[Any]:
        """Instances that may keep the rows."""
        return (self.instance,)

    def _for_peers(self, queryset: Any) -> Any:
        """With FETCH_PEERS, reading all related rows of one instance reads them for those loaded beside it."""
        if self.instance._state.fetch_mode is not FETCH_PEERS or self._db:
            return queryset
        queryset._peer_fetch = self._fetch_for_peers
        return queryset

    def _fetch_for_peers(self) -> list[Any] | None:
        """Rows of this instance, asked for together with those of its peers. None: ask for these alone."""
        # Another manager of the same relation may give other rows.
        name = (self.prefetch_name, type(self))
        moment = Moment.of(self._connection(), self._write_counts())
        brought = _peer_rows(self.instance).get(name)
        if brought is not None and brought.holds(moment):
            return None if brought.rows is None else list(brought.rows)

        def lacks(peer: Any) -> bool:
            found = _peer_rows(peer).get(name)
            return found is None or not found.holds(moment)

        turn = 0 if brought is None else brought.turn + 1
        lacking = [peer for peer in window_of(self.instance) if peer._is_pk_set() and lacks(peer)]
        # A loop that changes rows as it goes needs them anew each time: for ever fewer peers.
        size = max(1, WINDOW >> turn) if turn else len(lacking)
        window = lacking[:size]
        if len(window) < 2:
            return None
        for peer in lacking[size:]:
            if (stale := _peer_rows(peer).get(name)) is not None:
                _peer_rows(peer)[name] = replace(stale, turn=turn)
        most = PEER_ROWS * max(1, len(window) // WINDOW)
        queryset, key_of_row, key_of_instance = self._rows_of(window, None)
        found = list(queryset[: most + 1])
        if len(found) > most:
            # Too many to hold for instances that may never ask.
            for peer in window:
                _peer_rows(peer)[name] = Brought(None, moment, turn)
            return None
        grouped: dict[Any, list[Any]] = {key_of_instance(peer): [] for peer in window}
        for row in found:
            grouped[key_of_row(row)].append(row)
        for peer in window:
            _peer_rows(peer)[name] = Brought(grouped[key_of_instance(peer)], moment, turn)
        return list(grouped[key_of_instance(self.instance)])

    def _connection(self) -> Any:
        return connections[router.db_for_read(self.model, instance=self.instance)]

    def _write_counts(self) -> tuple[int, ...]:
        """Changes whenever this process writes to a table the rows come from."""
        return tuple(options.write_count for options in self.model._meta.tables)

    def _rows_of(self, instances: Sequence[Any], queryset: Any) -> tuple[Any, RowKey, RowKey]:
        """The query for related rows of all instances, and what tells whose a row is."""
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


if TYPE_CHECKING:
    # The program makes a class for each relation, over the class of the related model's manager.

    class RelatedManager(Manager[M]):
        """The manager of the rows whose key points at an instance: `author.book_set`."""

        # Declared on a model: `book_set: RelatedManager[Book]`.
        @overload
        def __get__(self, instance: None, owner: type) -> ReverseManyToOneDescriptor: ...
        @overload
        def __get__(self, instance: Model, owner: type) -> Self: ...
        def __get__(self, instance: Any, owner: type) -> Any: ...

        def __call__(self, *, manager: str) -> Self: ...
        def add(self, *objs: Any, bulk: bool = True) -> None: ...
        def remove(self, *objs: Any, bulk: bool = True) -> None: ...
        def clear(self, *, bulk: bool = True) -> None: ...
        def set(self, objs: Iterable[Any], *, bulk: bool = True, clear: bool = False) -> None: ...

        aadd = twin(add)
        aremove = twin(remove)
        aclear = twin(clear)
        aset = twin(set)

    class ManyRelatedManager(Manager[M], Generic[M, Through]):
        """The manager of the rows linked to an instance: `book.authors`."""

        # Declared on a model: `book_set: RelatedManager[Book]`.
        @overload
        def __get__(self, instance: None, owner: type) -> ReverseManyToOneDescriptor: ...
        @overload
        def __get__(self, instance: Model, owner: type) -> Self: ...
        def __get__(self, instance: Any, owner: type) -> Any: ...

        through: type[Through]

        def __call__(self, *, manager: str) -> Self: ...
        def add(self, *objs: Any, through_defaults: Mapping[str, Any] | None = None) -> None: ...
        def remove(self, *objs: Any) -> None: ...
        def clear(self) -> None: ...
        def set(
            self,
            objs: Iterable[Any],
            *,
            clear: bool = False,
            through_defaults: Mapping[str, Any] | None = None,
        ) -> None: ...
        def create(self, *, through_defaults: Mapping[str, Any] | None = None, **kwargs: Any) -> M: ...
        def get_or_create(
            self, *, through_defaults: Mapping[str, Any] | None = None, **kwargs: Any
        ) -> tuple[M, bool]: ...
        def update_or_create(
            self, *, through_defaults: Mapping[str, Any] | None = None, **kwargs: Any
        ) -> tuple[M, bool]: ...

        aadd = twin(add)
        aremove = twin(remove)
        aclear = twin(clear)
        aset = twin(set)

        async def acreate(self, *, through_defaults: Mapping[str, Any] | None = None, **kwargs: Any) -> M: ...
        async def aget_or_create(
            self, *, through_defaults: Mapping[str, Any] | None = None, **kwargs: Any
        ) -> tuple[M, bool]: ...
        async def aupdate_or_create(
            self, *, through_defaults: Mapping[str, Any] | None = None, **kwargs: Any
        ) -> tuple[M, bool]: ...

else:
    RelatedManager = ManyRelatedManager = RelatedManagerBase
