"""What all parts of a query set share: its shape and values, its rows, copying.

`chaining.py` makes new query sets from one, `single.py` asks for single rows and numbers, `writes.py` changes rows.
"""

from __future__ import annotations

import builtins
import copy
import warnings
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Self, overload

from nuages.core.signals import setting_changed
from nuages.db import NotSupportedError, connections, router
from nuages.db.models.fetch_modes import FETCH_ONE, FETCH_PEERS
from nuages.db.models.prefetching import prefetch_related_objects
from nuages.db.models.query.iterables import ModelIterable, ValuesIterable
from nuages.db.models.query.slicing import sliced
from nuages.db.models.query_utils import FilteredRelation
from nuages.db.models.rows import M, R
from nuages.db.models.shapes import running
from nuages.db.models.shapes.shape import Shape, root_of, roots
from nuages.spine import twin
from nuages.utils.generics import Generic

if TYPE_CHECKING:
    from nuages.db.models.manager import QuerySetManager

# The maximum number of items to display in a QuerySet.__repr__
REPR_OUTPUT_SIZE = 20

_default_mode: Any = None


def default_mode() -> Any:
    """The fetch mode of query sets that were not told one."""
    global _default_mode
    if _default_mode is None:
        from nuages.conf import settings

        _default_mode = FETCH_PEERS if getattr(settings, "FETCH_PEERS", False) else FETCH_ONE
    return _default_mode


def _forget_mode(*, setting: str | None = None, **kwargs: Any) -> None:
    global _default_mode
    if setting == "FETCH_PEERS":
        _default_mode = None


class Core(Generic[M, R]):
    """Shape, values and rows."""

    model: type[M]
    _shape: Shape
    _values: tuple[Any, ...]
    _result_cache: list[Any] | None
    # What most query sets never change is put on those that do: an attribute of the class is slow to read where an
    # instance has it too.
    _prefetch_related_lookups: tuple[Any, ...] = ()
    _prefetch_done = False
    _for_write = False
    _iterable_class: Any = ModelIterable
    _query: Any = None
    _fields: tuple[str, ...] | None = None
    _defer_next_filter = False
    _sticky = False
    _cloning = True
    _peer_fetch: Callable[[], list[Any] | None] | None = None

    def __init__(
        self, model: Any = None, query: Any = None, using: str | None = None, hints: Any = None
    ) -> None:
        self.model = model
        self._db = using
        self._hints = hints or {}
        if query is not None:
            self._shape, self._values = query.shape, query.values or ()
        else:
            self._shape, self._values = roots.get(model) or root_of(model), ()
        self._known_related_objects: dict[Any, dict[Any, Any]] = {}
        self._fetch_mode = _default_mode or default_mode()
        self._result_cache = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._plain = _is_plain(cls)

    _plain = True

    @property
    def query(self) -> Any:
        """The query in readable form; changes made to it count."""
        if self._query is None:
            from nuages.db.models.sql.query import Query

            self._query = Query.closed(self._shape, self._values)
            self._query._db = self._db
        return self._query

    @query.setter
    def query(self, query: Any) -> None:
        self._query = query
        if query.selection is not None and self._iterable_class is ModelIterable:
            self._iterable_class = ValuesIterable

    def _read_only(self) -> Any:
        """The query for whoever leaves it as it is."""
        from nuages.db.models.sql.query import Query

        self._sync()
        query = Query.of(self._shape, self._values)
        query._db = self._db
        return query

    def _sync(self) -> None:
        """Take over what was changed by hand through `.query`."""
        query = self._query
        if query is not None:
            self._shape, self._values = query.shape, query.values or ()

    @classmethod
    def as_manager(cls) -> QuerySetManager[M, Self]:
        """A manager whose query sets are of this class."""
        from nuages.db.models.manager import Manager

        manager: Any = Manager.from_queryset(cls)()
        manager._built_with_asmanager = True
        return manager

    # Python's protocols -------------------------------------------------------------------------------------

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Copied without its results."""
        made = self._clone()
        for name, value in self.__dict__.items():
            if name not in made.__dict__ and name not in ("_query", "_result_cache", "_prefetch_done"):
                made.__dict__[name] = copy.deepcopy(value, memo)
        return made

    def __getstate__(self) -> dict[str, Any]:
        """Pickled with its results, which are fetched for it."""
        from nuages import __version__

        self._fetch_all()
        state = self.__dict__.copy()
        state["_query"] = self._read_only()
        for name in ("_shape", "_values", "_peer_fetch"):
            state.pop(name, None)
        return {**state, "_django_version": __version__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        from nuages import __version__

        version = state.get("_django_version")
        if version is None:
            warnings.warn(
                "Pickled queryset instance's Django version is not specified.", RuntimeWarning, stacklevel=2
            )
        elif version != __version__:
            warnings.warn(
                f"Pickled queryset instance's Django version {version} does not match the current version "
                f"{__version__}.",
                RuntimeWarning,
                stacklevel=2,
            )
        self.__dict__.update(state)
        self._shape, self._values = root_of(self.model), ()
        self._sync()

    def __repr__(self) -> str:
        data: list[Any] = list(self[: REPR_OUTPUT_SIZE + 1])
        if len(data) > REPR_OUTPUT_SIZE:
            data[-1] = "...(remaining elements truncated)..."
        return f"<{self.__class__.__name__} {data!r}>"

    def _rows(self) -> list[Any]:
        self._fetch_all()
        return self._result_cache or []

    def __len__(self) -> int:
        self._fetch_all()
        return len(self._result_cache or ())

    def __iter__(self) -> Iterator[R]:
        self._fetch_all()
        return iter(self._result_cache or ())

    def __aiter__(self) -> AsyncIterator[R]:
        async def rows() -> AsyncIterator[R]:
            await self._afetch_all()
            for row in self._result_cache or ():
                yield row

        return rows()

    def __bool__(self) -> bool:
        self._fetch_all()
        return bool(self._result_cache)

    @overload
    def __getitem__(self, item: int) -> R: ...
    @overload
    def __getitem__(self, item: slice) -> Self: ...
    def __getitem__(self, item: Any) -> Any:
        """One object, or the slice of them."""
        if isinstance(item, slice):
            start, stop = item.start, item.stop
            if (start is not None and start < 0) or (stop is not None and stop < 0):
                raise ValueError("Negative indexing is not supported.")
            if self._result_cache is not None:
                return self._result_cache[item]
            taken = sliced(self, None if start is None else int(start), None if stop is None else int(stop))
            return list(taken)[:: item.step] if item.step else taken
        if not isinstance(item, int):
            raise TypeError(f"QuerySet indices must be integers or slices, not {type(item).__name__}.")
        if item < 0:
            raise ValueError("Negative indexing is not supported.")
        if self._result_cache is not None:
            return self._result_cache[item]
        return sliced(self, item, item + 1)._rows()[0]

    # Few programs merge query sets: what does it is loaded by those that do.

    def __and__(self, other: Self) -> Self:
        from nuages.db.models.query import merging

        return merging.both(self, other)

    def __or__(self, other: Self) -> Self:
        from nuages.db.models.query import merging

        return merging.any_of(self, other, "|", "OR")

    def __xor__(self, other: Self) -> Self:
        from nuages.db.models.query import merging

        return merging.any_of(self, other, "^", "XOR")

    # Reading rows -------------------------------------------------------------------------------------------

    @property
    def db(self) -> str:
        """Alias of the database used if the query is run now."""
        if self._db:
            return self._db
        if self._for_write:
            return router.db_for_write(self.model, **self._hints)
        return router.db_for_read(self.model, **self._hints)

    @property
    def ordered(self) -> bool:
        """Whether there is an ordering, by `order_by()` or by the model."""
        if isinstance(self, EmptyQuerySet):
            return True
        self._sync()
        shape: Any = self._shape
        if shape.extra_order_by or shape.order_by:
            return True
        # A grouped query does not use the model's ordering.
        return bool(shape.default_ordering and self.model._meta.ordering and shape.group_by is None)

    @property
    def totally_ordered(self) -> bool:
        """Whether the ordering leaves no two rows in doubt."""
        from nuages.db.models.query.ordering import is_total

        if not self.ordered:
            return False
        self._sync()
        return is_total(self._shape, self.model._meta)

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            peers = self._peer_fetch
            found = peers() if peers is not None else None
            self._result_cache = found if found is not None else self._read()
        if self._prefetch_related_lookups and not self._prefetch_done:
            self._prefetch_related_objects()

    _afetch_all = twin(_fetch_all)

    def _read(self) -> list[Any]:
        kind = self._iterable_class
        if kind is ModelIterable:
            return self._loaded("instances")
        return list(kind(self))

    def _loaded(self, kind: str) -> list[Any]:
        """All rows, read as instances or tuples or dictionaries."""
        if self._query is not None:
            self._sync()
        alias = self.db
        connection = connections[alias]
        plan, rows = running.rows(self._shape, self._values, connection)
        if not rows:
            return []
        if kind != "instances":
            return plan.loader(kind)(rows, connection)
        if plan.layout.root is None:
            raise TypeError(f"{self!r} selects no instances.")
        load = plan.load_instances or plan.loader("instances")
        found = load(rows, connection, alias, self._fetch_mode)
        if self._known_related_objects:
            self._attach_known(found)
        return found

    def _loaded_in_chunks(self, kind: str, size: int) -> Iterator[Any]:
        self._sync()
        alias = self.db
        connection = connections[alias]
        chunked = connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS") is not True
        for plan, rows in running.chunks(self._shape, self._values, connection, size, chunked):
            if kind == "instances":
                found = plan.loader(kind)(rows, connection, alias, self._fetch_mode)
                if self._known_related_objects:
                    self._attach_known(found)
                yield from found
            else:
                yield from plan.loader(kind)(rows, connection)

    def _attach_known(self, found: Iterable[Any]) -> None:
        """Give instances the related objects that the query was made from."""
        for field, objects in self._known_related_objects.items():
            names = self._known_names(field)
            for one in found:
                if field.is_cached(one) or not all_in(names, one.__dict__):
                    continue
                key = tuple(getattr(one, name) for name in names)
                related_object = objects.get(key[0] if len(key) == 1 else key)
                if related_object is not None:
                    setattr(one, field.name, related_object)

    @staticmethod
    def _known_names(field: Any) -> list[str]:
        return (
            [field.attname]
            if field.foreign_related_fields is None
            else [local.attname for local in field.local_related_fields]
        )

    def _prefetch_related_objects(self) -> None:
        prefetch_related_objects(self._result_cache or [], *self._prefetch_related_lookups)
        self._prefetch_done = True

    def iterator(self, chunk_size: int | None = None) -> Iterator[R]:
        """Rows one after another, without keeping them."""
        if chunk_size is None:
            if self._prefetch_related_lookups:
                raise ValueError(
                    "chunk_size must be provided when using QuerySet.iterator() after prefetch_related()."
                )
        elif chunk_size <= 0:
            raise ValueError("Chunk size must be strictly positive.")
        return self._iterator(chunk_size)

    def _iterator(self, chunk_size: int | None) -> Iterator[R]:
        rows = iter(self._iterable_class(self, chunked_fetch=True, chunk_size=chunk_size or 2000))

        if not self._prefetch_related_lookups or chunk_size is None:
            yield from rows
            return
        while some := list(islice(rows, chunk_size)):
            prefetch_related_objects(some, *self._prefetch_related_lookups)
            yield from some

    async def aiterator(self, chunk_size: int = 2000) -> AsyncIterator[R]:
        """The same as `iterator()`, for `async for`."""
        if chunk_size <= 0:
            raise ValueError("Chunk size must be strictly positive.")
        rows = self.iterator(chunk_size)
        try:
            while some := await _atake(rows, chunk_size):
                for row in some:
                    yield row
        finally:
            # Whoever leaves early leaves a cursor open on the server.
            await _aleave(rows)

    # Inside ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _avoid_cloning(self) -> Iterator[None]:
        """Inside, steps change this query set itself."""
        self._disable_cloning()
        try:
            yield
        finally:
            self._enable_cloning()

    def _disable_cloning(self) -> Self:
        self._cloning = False
        return self

    def _enable_cloning(self) -> Self:
        self._cloning = True
        return self

    def _chain(self) -> Self:
        """A copy to be changed; `_clone()` may be overridden."""
        if not self._cloning:
            self._result_cache = None
            self._query = None
            return self
        clone = self._clone()
        if self._sticky:
            clone._sticky = True
        return clone

    def _clone(self) -> Self:
        cls = type(self)
        if self._query is not None:
            self._sync()
        if cls.__init__ is Core.__init__:
            # One by one and in the same order: so all query sets have one layout, which makes reading them quick.
            clone = cls.__new__(cls)
            clone.model = self.model
            clone._db = self._db
            clone._hints = self._hints
        else:
            clone = cls(model=self.model, using=self._db, hints=self._hints)
            clone._for_write, clone._prefetch_done = False, False
            clone._prefetch_related_lookups, clone._iterable_class = (), ModelIterable
        clone._shape = self._shape
        clone._values = self._values
        clone._known_related_objects = self._known_related_objects
        clone._fetch_mode = self._fetch_mode
        clone._result_cache = None
        if self._for_write:
            clone._for_write = True
        if self._prefetch_related_lookups:
            clone._prefetch_related_lookups = self._prefetch_related_lookups
        if self._iterable_class is not ModelIterable:
            clone._iterable_class = self._iterable_class
        if self._fields is not None:
            clone._fields = self._fields
        return clone

    def _slice_per(self, field_name: str) -> Self:
        """A slice becomes one within each group of rows that are equal in a field."""
        from nuages.db.models.shapes.clauses import slice_per

        clone = self._chain()
        shape, values = clone._shape, clone._values
        db = clone._db or clone.db
        if not connections[db].features.supports_over_clause:
            raise NotSupportedError(
                "Prefetching from a limited queryset is only supported on backends that support window functions."
            )
        clone._shape, clone._values = slice_per.step(shape, values, field_name)
        return clone

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        """The query as a part of another one."""
        return self._read_only().resolve_expression(*args, **kwargs)

    def _add_hints(self, **hints: Any) -> None:
        """Tell routers about an instance that the query is about."""
        self._hints = {**self._hints, **hints}

    def _has_filters(self) -> bool:
        return bool(self._shape.conditions)

    @staticmethod
    def _validate_values_are_expressions(values: Iterable[Any], method_name: str) -> None:
        invalid = sorted(
            str(arg)
            for arg in values
            if not hasattr(arg, "resolve_expression") and not isinstance(arg, FilteredRelation)
        )
        if invalid:
            raise TypeError(f"QuerySet.{method_name}() received non-expression(s): {', '.join(invalid)}.")

    def _not_support_combined_queries(self, operation_name: str) -> None:
        if self._query is not None:
            self._sync()
        if self._shape.combinator:
            raise NotSupportedError(
                f"Calling QuerySet.{operation_name}() after {self._shape.combinator}() is not supported."
            )


def all_in(names: Iterable[str], known: Any) -> bool:
    """Whether all names are known: what is deferred is not fetched for this."""
    return builtins.all(name in known for name in names)


class _EmptyMeta(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Core) and instance._read_only().is_empty()


class EmptyQuerySet(metaclass=_EmptyMeta):
    """For `isinstance`: a query set that `none()` made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise TypeError("EmptyQuerySet can't be instantiated")


def take(rows: Iterator[Any], size: int) -> list[Any]:
    """The next rows of an iterator."""
    return list(islice(rows, size))


def leave(rows: Iterator[Any]) -> None:
    """Stop reading an iterator before its end."""
    if isinstance(rows, Generator):
        rows.close()


_atake, _aleave = twin(take), twin(leave)

_READING = (
    "filter",
    "_filter_or_exclude",
    "_clone",
    "_chain",
    "get",
    "order_by",
    "_fetch_all",
    "_read",
    "__iter__",
    "__len__",
)


def _is_plain(cls: type) -> bool:
    """Whether a subclass leaves alone what `get()` and `first()` would otherwise call."""
    return builtins.all(
        getattr(cls, name, None) is None
        or getattr(cls, name).__module__.startswith("nuages.db.models.query.")
        for name in _READING
    )


setting_changed.connect(_forget_mode)

# Made from a query set, not offered by managers.
for _name in ("as_manager", "resolve_expression"):
    _member = vars(Core)[_name]
    setattr(getattr(_member, "__func__", _member), "queryset_only", True)  # noqa: B010
