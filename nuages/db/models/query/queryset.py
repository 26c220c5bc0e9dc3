"""`QuerySet`: a shape and its values, with the documented methods.

A method that extends the query takes a step to the next shape; nothing is asked of the database before rows
are wanted. Then the shape's plan for that database is bound to the values, run and loaded.
"""

from __future__ import annotations

import builtins
import copy
import re
import warnings
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any, Generic, Self, TypeVar

from nuages.core.exceptions import FieldError
from nuages.core.signals import setting_changed
from nuages.db import NotSupportedError, connections, router
from nuages.db.models.constants import LOOKUP_SEP
from nuages.db.models.fetch_modes import FETCH_ONE, FETCH_PEERS
from nuages.db.models.prefetching import Prefetch, prefetch_related_objects
from nuages.db.models.query import steps
from nuages.db.models.query.iterables import (
    FlatValuesListIterable,
    ModelIterable,
    NamedValuesListIterable,
    ValuesIterable,
    ValuesListIterable,
)
from nuages.db.models.query.writes import Writing
from nuages.db.models.query_utils import FilteredRelation, Q
from nuages.db.models.shapes import running
from nuages.db.models.shapes.clauses import combine, limit, merge, order_by, related, select
from nuages.db.models.shapes.clauses.lock import Lock
from nuages.db.models.shapes.shape import Shape, root_of
from nuages.db.models.shapes.slots import Slot
from nuages.db.models.shapes.steps import grow, grow_once
from nuages.db.models.utils import AltersData, create_namedtuple_class
from nuages.spine import twin
from nuages.utils.deprecation import RemovedInDjango2028Warning

M = TypeVar("M")

# The maximum number of results to fetch in a get() query.
MAX_GET_RESULTS = 21

# The maximum number of items to display in a QuerySet.__repr__
REPR_OUTPUT_SIZE = 20

_ONE_TOO_MANY = ("get",)

# Arguments of Q that are no lookups.
_INVALID = frozenset({"_connector", "_negated"})

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


class QuerySet(Writing, AltersData, Generic[M]):
    """A lazy database lookup for a set of objects."""

    model: Any
    _shape: Shape
    _values: tuple[Any, ...]
    _result_cache: list[Any] | None
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
            self._shape, self._values = root_of(model), ()
        self._result_cache = None
        self._for_write = False
        self._prefetch_related_lookups: tuple[Any, ...] = ()
        self._prefetch_done = False
        self._known_related_objects: dict[Any, dict[Any, Any]] = {}
        self._iterable_class: Any = ModelIterable
        self._fetch_mode = _default_mode or default_mode()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._plain = _is_plain(cls)

    _plain = True

    @property
    def query(self) -> Any:
        """The query in readable form; changes made to it count."""
        if self._query is None:
            from nuages.db.models.sql.query import Query

            self._query = Query.of(self._shape, self._values)
            self._query._db = self._db
        return self._query

    @query.setter
    def query(self, query: Any) -> None:
        self._query = query
        if query.selection is not None and self._iterable_class is ModelIterable:
            self._iterable_class = ValuesIterable

    def _sync(self) -> None:
        """Take over what was changed by hand through `.query`."""
        query = self._query
        if query is not None:
            self._shape, self._values = query.shape, query.values or ()

    @classmethod
    def as_manager(cls) -> Any:
        """A manager whose query sets are of this class."""
        from nuages.db.models.manager import Manager

        manager = Manager.from_queryset(cls)()
        manager._built_with_asmanager = True
        return manager

    # Python's protocols -------------------------------------------------------------------------------------

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Copied without its results."""
        made = self._clone()
        for name, value in self.__dict__.items():
            if name not in made.__dict__ and name not in ("_query", "_result_cache"):
                made.__dict__[name] = copy.deepcopy(value, memo)
        made._result_cache = None
        return made

    def __getstate__(self) -> dict[str, Any]:
        """Pickled with its results, which are fetched for it."""
        from nuages import __version__

        self._fetch_all()
        state = self.__dict__.copy()
        state["_query"] = self.query
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
        data = list(self[: REPR_OUTPUT_SIZE + 1])
        if len(data) > REPR_OUTPUT_SIZE:
            data[-1] = "...(remaining elements truncated)..."
        return f"<{self.__class__.__name__} {data!r}>"

    def _rows(self) -> list[Any]:
        self._fetch_all()
        return self._result_cache or []

    def __len__(self) -> int:
        return len(self._rows())

    def __iter__(self) -> Iterator[M]:
        return iter(self._rows())

    def __aiter__(self) -> AsyncIterator[M]:
        async def rows() -> AsyncIterator[M]:
            await self._afetch_all()
            for row in self._result_cache or ():
                yield row

        return rows()

    def __bool__(self) -> bool:
        self._fetch_all()
        return bool(self._result_cache)

    def __class_getitem__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls

    def __getitem__(self, item: Any) -> Any:
        """One object, or the slice of them."""
        if not isinstance(item, (int, slice)):
            raise TypeError(f"QuerySet indices must be integers or slices, not {type(item).__name__}.")
        if (isinstance(item, int) and item < 0) or (
            isinstance(item, slice)
            and ((item.start is not None and item.start < 0) or (item.stop is not None and item.stop < 0))
        ):
            raise ValueError("Negative indexing is not supported.")
        if self._result_cache is not None:
            return self._result_cache[item]
        if isinstance(item, slice):
            start = int(item.start) if item.start is not None else None
            stop = int(item.stop) if item.stop is not None else None
            taken = self._sliced(start, stop)
            return list(taken)[:: item.step] if item.step else taken
        taken = self._sliced(item, item + 1)
        return taken._rows()[0]

    def _sliced(self, start: int | None, stop: int | None) -> Self:
        clone = self._chain()
        shape, values = clone._shape, clone._values
        low = shape.low.resolve(values, None) if hasattr(shape.low, "resolve") else shape.low
        count = shape.count.resolve(values, None) if hasattr(shape.count, "resolve") else shape.count
        low, count = limit.narrowed(low or 0, count, start, stop)
        if start is not None and stop is not None and stop <= start:
            count = 0
        if count == 0:
            clone._shape = shape.then(("slice", "empty"), "[0:0]", _make_empty_slice)
            return clone
        if not low and count is None:
            return clone
        # One row is another question than some rows: it may be compared with, so it is part of the structure.
        single = count == 1
        numbers = [low] if low else []
        if count is not None and not single:
            numbers.append(count)
        key = ("slice", bool(low), count is not None, single)

        def extend(draft: Any, slots: list[Any]) -> None:
            marks = iter(slots)
            draft.low = next(marks) if low else None
            draft.count = 1 if single else next(marks) if count is not None else None

        words = f"[{'?' if low else ''}:{'?' if count is not None else ''}]"
        clone._shape, clone._values = steps.with_numbers(shape, values, key, numbers, extend, words)
        return clone

    def __and__(self, other: QuerySet[Any]) -> Any:
        self._check_operator_queryset(other, "&")
        self._merge_sanity_check(other)
        without = next((one for one in (other, self) if isinstance(one, EmptyQuerySet)), None)
        return without if without is not None else self._merged(other, "AND")

    def __or__(self, other: QuerySet[Any]) -> Any:
        self._check_operator_queryset(other, "|")
        return self._any_of(other, "OR")

    def __xor__(self, other: QuerySet[Any]) -> Any:
        self._check_operator_queryset(other, "^")
        return self._any_of(other, "XOR")

    def _any_of(self, other: QuerySet[Any], connector: str) -> Any:
        self._merge_sanity_check(other)
        for one, rest in ((self, other), (other, self)):
            if isinstance(one, EmptyQuerySet):
                return rest
        first, second = self, other
        first._sync()
        second._sync()
        if first._shape.is_sliced or second._shape.is_sliced:
            base = first if not first._shape.is_sliced else first.model._base_manager.using(first._db).all()
            first = base if base is first else base.filter(pk__in=first.values("pk"))
            if second._shape.is_sliced:
                second = second.model._base_manager.using(second._db).filter(pk__in=second.values("pk"))
        return first._merged(second, connector)

    def _merged(self, other: QuerySet[Any], connector: str) -> Any:
        clone = self._chain()
        other._sync()
        clone._merge_known_related_objects(other)
        clone._shape, clone._values = merge.step(
            clone._shape, clone._values, other._shape, other._values, connector
        )
        return clone

    # Reading rows -------------------------------------------------------------------------------------------

    @property
    def db(self) -> str:
        """Alias of the database used if the query is run now."""
        if self._for_write:
            return self._db or router.db_for_write(self.model, **self._hints)
        return self._db or router.db_for_read(self.model, **self._hints)

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
        from nuages.db.models.constraints import UniqueConstraint

        if not self.ordered:
            return False
        self._sync()
        shape: Any = self._shape
        opts = self.model._meta
        names = shape.order_by or (opts.ordering if shape.default_ordering else ())
        fields = set()
        # A relation is ordered by as its model says; only its key tells rows apart.
        relations = {one.name for one in opts.fields if one.is_relation and one.related_model._meta.ordering}
        for item in names:
            node = getattr(item, "expression", item)
            name = getattr(node, "name", node)
            if isinstance(name, str):
                name = name.lstrip("-+")
                if name not in relations:
                    fields.add(opts.pk.attname if name == "pk" else name)
        single = {one for one in opts.fields if one.unique and not one.null}
        if any(one.name in fields or one.attname in fields for one in single):
            return True
        pk_names = [one.name for one in opts.pk_fields]
        if builtins.all(
            name in fields or one.attname in fields for name, one in zip(pk_names, opts.pk_fields)
        ):
            return True
        by_name = {one.name: one for one in opts.fields}
        for constraint in opts.constraints:
            if not isinstance(constraint, UniqueConstraint) or constraint.condition or not constraint.fields:
                continue
            if builtins.all(
                (name in fields or by_name[name].attname in fields) and not by_name[name].null
                for name in constraint.fields
            ):
                return True
        return any(
            builtins.all(
                (name in fields or by_name[name].attname in fields) and not by_name[name].null
                for name in together
            )
            for together in opts.unique_together
        )

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
        found = plan.loader("instances")(rows, connection, alias, self._fetch_mode)
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

    def iterator(self, chunk_size: int | None = None) -> Iterator[M]:
        """Rows one after another, without keeping them."""
        if chunk_size is None:
            if self._prefetch_related_lookups:
                raise ValueError(
                    "chunk_size must be provided when using QuerySet.iterator() after prefetch_related()."
                )
        elif chunk_size <= 0:
            raise ValueError("Chunk size must be strictly positive.")
        chunked = not connections[self.db].settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
        return self._iterator(chunked, chunk_size)

    def _iterator(self, chunked: bool, chunk_size: int | None) -> Iterator[M]:
        rows = iter(self._iterable_class(self, chunked_fetch=True, chunk_size=chunk_size or 2000))
        del chunked
        if not self._prefetch_related_lookups or chunk_size is None:
            yield from rows
            return
        while some := list(islice(rows, chunk_size)):
            prefetch_related_objects(some, *self._prefetch_related_lookups)
            yield from some

    async def aiterator(self, chunk_size: int = 2000) -> AsyncIterator[M]:
        """The same as `iterator()`, for `async for`."""
        if chunk_size <= 0:
            raise ValueError("Chunk size must be strictly positive.")
        rows = self.iterator(chunk_size)
        while some := await _atake(rows, chunk_size):
            for row in some:
                yield row

    # Single rows and numbers --------------------------------------------------------------------------------

    def get(self, *args: Any, **kwargs: Any) -> M:
        """The one object that matches; an error when there is none, or more."""
        if self._query is not None:
            self._sync()
        shape: Any = self._shape
        if (
            self._plain
            and not shape.combinator
            and not shape.is_sliced
            and not self._prefetch_related_lookups
            and not self._known_related_objects
            and self._iterable_class is ModelIterable
            and self._result_cache is None
            and not shape.distinct_fields
            and not self._sticky
            and self._peer_fetch is None
        ):
            values = self._values
            if args or kwargs:
                shape, values = steps.filtered(shape, values, "filter", args, kwargs)
            single = shape.next.get(_ONE_TOO_MANY)
            if single is None:
                single = shape.then(_ONE_TOO_MANY, "", _make_single)
            alias = self._db or self.db
            connection = connections[alias]
            plan, rows = running.rows(single, values, connection)
            if len(rows) == 1:
                return plan.loader("instances")(rows, connection, alias, self._fetch_mode)[0]
            return self._not_single(len(rows), MAX_GET_RESULTS)
        if shape.combinator and (args or kwargs):
            raise NotSupportedError(
                f"Calling QuerySet.get(...) with filters after {shape.combinator}() is not supported."
            )
        clone = self._chain() if shape.combinator else self.filter(*args, **kwargs)
        shape = clone._shape
        if not shape.is_sliced and not shape.distinct_fields:
            clone = clone.order_by()
        maximum = None
        if not shape.lock or connections[clone.db].features.supports_select_for_update_with_limit:
            maximum = MAX_GET_RESULTS
            clone = clone._limited(maximum)
        number = len(clone)
        if number == 1:
            return clone._rows()[0]
        return self._not_single(number, maximum)

    aget = twin(get)

    def _not_single(self, number: int, maximum: int | None) -> Any:
        name = self.model._meta.object_name
        if not number:
            raise self.model.DoesNotExist(f"{name} matching query does not exist.")
        many = number if not maximum or number < maximum else f"more than {maximum - 1}"
        raise self.model.MultipleObjectsReturned(
            f"get() returned more than one {name} -- it returned {many}!"
        )

    def _limited(self, count: int) -> Self:
        """At most so many rows, as a part of the statement's text."""
        clone = self._chain()
        shape: Any = clone._shape
        if shape.is_sliced:
            return clone._sliced(None, count)

        def extend(draft: Any) -> None:
            draft.count = count

        clone._shape = clone._shape.then(("limit", count), f"[:{count}]", extend)
        return clone

    def count(self) -> int:
        """The number of rows; asks the database unless they are here already."""
        if self._result_cache is not None:
            return len(self._result_cache)
        self._sync()
        if self._shape.empty_slice:
            return 0
        child = self._shape.next.get("count")
        if child is None:
            child = grow(self._shape, "count", "count()", lambda draft, counter: _make_count(draft))
        _, row = running.one_row(child, self._values, connections[self.db])
        return row[0] if row is not None else 0

    acount = twin(count)

    def exists(self) -> bool:
        """Whether there is any row."""
        if self._result_cache is not None:
            return bool(self._result_cache)
        self._sync()
        child = self._shape.next.get("exists")
        if child is None:
            child = grow(self._shape, "exists", "exists()", lambda draft, counter: _make_exists(draft))
        return running.one_row(child, self._values, connections[self.db])[1] is not None

    aexists = twin(exists)

    def contains(self, obj: Any) -> bool:
        """Whether the object is among the rows."""
        self._not_support_combined_queries("contains")
        if self._fields is not None:
            raise TypeError("Cannot call QuerySet.contains() after .values() or .values_list().")
        try:
            if obj._meta.concrete_model != self.model._meta.concrete_model:
                return False
        except AttributeError:
            raise TypeError("'obj' must be a model instance.") from None
        if not obj._is_pk_set():
            raise ValueError("QuerySet.contains() cannot be used on unsaved objects.")
        if self._result_cache is not None:
            return obj in self._result_cache
        return self.filter(pk=obj.pk).exists()

    acontains = twin(contains)

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Aggregates over all rows, as a dictionary."""
        self._sync()
        if self._shape.distinct_fields:
            raise NotImplementedError("aggregate() + distinct(fields) not implemented.")
        self._validate_values_are_expressions((*args, *kwargs.values()), method_name="aggregate")
        for arg in args:
            try:
                alias = arg.default_alias
            except (AttributeError, TypeError):
                raise TypeError("Complex aggregates require an alias") from None
            kwargs[alias] = arg
        return self._aggregated(kwargs)

    aaggregate = twin(aggregate)

    def _aggregated(self, wanted: dict[str, Any]) -> dict[str, Any]:
        from nuages.db.models.shapes import terminal

        if not wanted:
            return {}
        names = tuple(wanted)
        for name in names:
            select.check_alias(name)

        def extend(draft: Any, nodes: list[Any]) -> None:
            terminal.aggregate(draft, dict(zip(names, nodes)))

        shape, values = steps.with_nodes(
            self._shape,
            self._values,
            "aggregate",
            names,
            list(wanted.values()),
            extend,
            f"aggregate({', '.join(names)})",
        )
        connection = connections[self.db]
        plan, row = running.one_row(shape, values, connection)
        if row is None:
            row = _without_rows(shape, values, connection)
        return plan.loader("dicts")([row], connection)[0]

    def first(self) -> M | None:
        """The first object, by key when there is no ordering; None when there is none."""
        if self._query is not None:
            self._sync()
        shape: Any = self._shape
        if (
            self._plain
            and not shape.is_sliced
            and not shape.combinator
            and shape.selection is None
            and self._result_cache is None
            and self._iterable_class is ModelIterable
            and not self._prefetch_related_lookups
            and not self._known_related_objects
            and self._peer_fetch is None
        ):
            single = shape.next.get("first")
            if single is None:
                single = self._first_shape()
            alias = self._db or self.db
            connection = connections[alias]
            plan, rows = running.rows(single, self._values, connection)
            return plan.loader("instances")(rows, connection, alias, self._fetch_mode)[0] if rows else None
        if self.ordered or not shape.default_ordering:
            queryset = self
        else:
            self._check_ordering_first_last_queryset_aggregation(method="first")
            queryset = self.order_by("pk")
        for one in queryset._limited(1) if queryset._result_cache is None else queryset[:1]:
            return one
        return None

    afirst = twin(first)

    def _first_shape(self) -> Shape:
        if self.ordered or not self._shape.default_ordering:
            ordered = self._shape
        else:
            self._check_ordering_first_last_queryset_aggregation(method="first")
            ordered = self.order_by("pk")._shape

        def extend(draft: Any) -> None:
            draft.count = 1

        return self._shape.keep("first", ordered.then(("limit", 1), "[:1]", extend))

    def last(self) -> M | None:
        """The last object, by key when there is no ordering; None when there is none."""
        if self.ordered or not self._shape.default_ordering:
            queryset = self.reverse()
        else:
            self._check_ordering_first_last_queryset_aggregation(method="last")
            queryset = self.order_by("-pk")
        for one in queryset._limited(1):
            return one
        return None

    alast = twin(last)

    def _check_ordering_first_last_queryset_aggregation(self, method: str) -> None:
        shape: Any = self._shape
        if isinstance(shape.group_by, tuple) and not any(
            getattr(node, "output_field", None) is self.model._meta.pk for node in shape.group_by
        ):
            raise TypeError(
                f"Cannot use QuerySet.{method}() on an unordered queryset performing aggregation. Add an ordering "
                "with order_by()."
            )

    def earliest(self, *fields: str) -> M:
        """The earliest object by these fields, or by `get_latest_by`."""
        if self._shape.is_sliced:
            raise TypeError("Cannot change a query once a slice has been taken.")
        return self._earliest(*fields)

    aearliest = twin(earliest)

    def latest(self, *fields: str) -> M:
        """The latest object by these fields, or by `get_latest_by`."""
        self._sync()
        if self._shape.is_sliced:
            raise TypeError("Cannot change a query once a slice has been taken.")
        return self.reverse()._earliest(*fields)

    alatest = twin(latest)

    def _earliest(self, *fields: str) -> M:
        names: Sequence[str] = fields
        if not names:
            latest_by = self.model._meta.get_latest_by
            if latest_by is None:
                raise ValueError(
                    "earliest() and latest() require either fields as positional arguments or 'get_latest_by' in "
                    "the model's Meta."
                )
            names = (latest_by,) if isinstance(latest_by, str) else tuple(latest_by)
        return self.order_by(*names)._limited(1).get()

    def in_bulk(self, id_list: Iterable[Any] | None = None, *, field_name: str = "pk") -> dict[Any, Any]:
        """Objects by key, or by another unique field."""
        self._sync()
        if self._shape.is_sliced:
            raise TypeError("Cannot use 'limit' or 'offset' with in_bulk().")
        if self._iterable_class is not ModelIterable and self._fields is not None:
            return self._values_in_bulk(id_list, field_name)
        self._check_unique(field_name)
        if id_list is None:
            queryset: Any = self._chain()
        else:
            keys = id_list if isinstance(id_list, (list, tuple)) else list(id_list)
            if not keys:
                return {}
            lookup = f"{field_name}__in"
            connection = connections[self.db]
            size = connection.ops.bulk_batch_size(
                [self.model._meta.pk if field_name == "pk" else field_name], keys
            )
            # A large list is read in parts, as a statement takes only so many parameters.
            if size and size < len(keys):
                queryset = ()
                for start in range(0, len(keys), size):
                    queryset += tuple(self.filter(**{lookup: keys[start : start + size]}))
            else:
                queryset = self.filter(**{lookup: keys})
        return {getattr(one, field_name): one for one in queryset}

    ain_bulk = twin(in_bulk)

    def _check_unique(self, field_name: str) -> None:
        if field_name == "pk" or self._shape.distinct_fields == (field_name,):
            return
        opts = self.model._meta
        alone = {tuple(constraint.fields) for constraint in opts.total_unique_constraints}
        if not opts.get_field(field_name).unique and (field_name,) not in alone:
            raise ValueError(f"in_bulk()'s field_name must be a unique field but {field_name!r} isn't.")

    def _values_in_bulk(self, id_list: Iterable[Any] | None, field_name: str) -> dict[Any, Any]:
        """The same for what `values()` and its kin give: the key is selected too, where it is not."""
        self._check_unique(field_name)
        queryset: Any = self._chain()
        if id_list is not None:
            keys = list(id_list)
            if not keys:
                return {}
            queryset = queryset.filter(**{f"{field_name}__in": keys})
        kind = self._iterable_class
        names = tuple(self._fields or (item.name for item in self._shape.selection or ()))
        keyed = queryset._valued((field_name, *names), {})
        keyed._iterable_class = ValuesListIterable
        found: dict[Any, Any] = {}
        for key, *values in keyed:
            if issubclass(kind, FlatValuesListIterable):
                found[key] = values[0]
            elif issubclass(kind, NamedValuesListIterable):
                shown, given = ((), ()) if field_name in names else ((field_name,), (key,))
                found[key] = create_namedtuple_class(*shown, *names)._make([*given, *values])
            elif issubclass(kind, ValuesIterable):
                found[key] = dict(zip(names, values))
            else:
                found[key] = tuple(values)
        return found

    # New query sets -----------------------------------------------------------------------------------------

    def all(self) -> Self:
        """A copy of this query set."""
        clone = self._chain()
        clone._peer_fetch = self._peer_fetch
        return clone

    def filter(self, *args: Any, **kwargs: Any) -> Self:
        """Rows that match all conditions."""
        self._not_support_combined_queries("filter")
        return self._filter_or_exclude("filter", args, kwargs)

    def exclude(self, *args: Any, **kwargs: Any) -> Self:
        """Rows that do not match the conditions."""
        self._not_support_combined_queries("exclude")
        return self._filter_or_exclude("exclude", args, kwargs)

    def _filter_or_exclude(self, verb: str, args: Sequence[Any], kwargs: dict[str, Any]) -> Self:
        if self._query is not None:
            self._sync()
        if (args or kwargs) and self._shape.is_sliced:
            raise TypeError("Cannot filter a query once a slice has been taken.")
        if not _INVALID.isdisjoint(kwargs):
            invalid = ", ".join(f"'{name}'" for name in sorted(_INVALID.intersection(kwargs)))
            raise TypeError(f"The following kwargs are invalid: {invalid}")
        clone = self._chain()
        sticky, clone._sticky = clone._sticky, False
        if args or kwargs:
            clone._shape, clone._values = steps.filtered(
                clone._shape, clone._values, verb, args, kwargs, sticky
            )
        return clone

    def complex_filter(self, filter_obj: Any) -> Self:
        """Rows that match a Q or a dictionary of lookups."""
        if isinstance(filter_obj, Q):
            return self.filter(filter_obj)
        return self.filter(**filter_obj)

    def _next_is_sticky(self) -> Self:
        """The next `filter()` and the one after it are about the same related rows."""
        self._sticky = True
        return self

    def _combinator_query(self, combinator: str, *other_qs: Any, all: bool = False) -> Any:
        clone: Any = self._chain()
        parts = [self, *other_qs]
        for part in parts:
            part._sync()
        key = (combinator, all, *(part._shape for part in parts))
        words = f"{combinator}({', '.join(repr(part._shape) for part in parts[1:])})"
        values = tuple(value for part in parts for value in part._values)

        def extend(draft: Any, counter: Any) -> None:
            from nuages.db.models.sql.query import Query

            counter.taken = 0
            queries = [Query.of(part._shape, part._values).lifted(counter) for part in parts]
            combine.extend(draft, combinator, queries, keep_duplicates=all)

        # A combination has no common parent with its parts: it hangs on the model's own shape.
        if builtins.all(part._shape.interned for part in parts):
            child = self._shape.next.get(key)
            if child is None:
                child = grow(self._shape, key, words, extend)
        else:
            child = grow_once(self._shape, words, extend)
        clone._shape, clone._values = child, values
        return clone

    def union(self, *other_qs: Any, all: bool = False) -> Any:
        """The rows of all these query sets."""
        parts = list(other_qs)
        if isinstance(self, EmptyQuerySet):
            # Nothing of ours is in it: it is the union of the others.
            parts = [part for part in parts if not isinstance(part, EmptyQuerySet)]
            if len(parts) > 1:
                return parts[0]._combinator_query("union", *parts[1:], all=all)
            return parts[0] if parts else self
        return self._combinator_query("union", *parts, all=all) if parts else self

    def intersection(self, *other_qs: Any) -> Any:
        """The rows that all these query sets have."""
        for one in (self, *other_qs):
            if isinstance(one, EmptyQuerySet):
                return one
        return self._combinator_query("intersection", *other_qs)

    def difference(self, *other_qs: Any) -> Any:
        """The rows that this query set has and the others have not."""
        if isinstance(self, EmptyQuerySet):
            return self
        return self._combinator_query("difference", *other_qs)

    def none(self) -> Self:
        """A query set without rows."""
        clone = self._chain()
        clone._shape = clone._shape.then("none", "none()", lambda draft: _make_none(draft))
        return clone

    def dates(self, field_name: str, kind: str, order: str = "ASC") -> Any:
        """The dates of a field, cut off at a part."""
        from nuages.db.models.expressions import F
        from nuages.db.models.fields import DateField
        from nuages.db.models.functions import Trunc

        if kind not in ("year", "month", "week", "day"):
            raise ValueError("'kind' must be one of 'year', 'month', 'week', or 'day'.")
        if order not in ("ASC", "DESC"):
            raise ValueError("'order' must be either 'ASC' or 'DESC'.")
        return self._truncated(
            Trunc(field_name, kind, output_field=DateField()), F(field_name), "datefield", order
        )

    def datetimes(self, field_name: str, kind: str, order: str = "ASC", tzinfo: Any = None) -> Any:
        """The moments of a field, cut off at a part."""
        from nuages.conf import settings
        from nuages.db.models.expressions import F
        from nuages.db.models.fields import DateTimeField
        from nuages.db.models.functions import Trunc
        from nuages.utils import timezone

        if kind not in ("year", "month", "week", "day", "hour", "minute", "second"):
            raise ValueError(
                "'kind' must be one of 'year', 'month', 'week', 'day', 'hour', 'minute', or 'second'."
            )
        if order not in ("ASC", "DESC"):
            raise ValueError("'order' must be either 'ASC' or 'DESC'.")
        if settings.USE_TZ:
            tzinfo = tzinfo or timezone.get_current_timezone()
        else:
            tzinfo = None
        node = Trunc(field_name, kind, output_field=DateTimeField(), tzinfo=tzinfo)
        return self._truncated(node, F(field_name), "datetimefield", order)

    def _truncated(self, node: Any, plain: Any, name: str, order: str) -> Any:
        return (
            self.annotate(**{name: node, "plain_field": plain})
            .values_list(name, flat=True)
            .distinct()
            .filter(plain_field__isnull=False)
            .order_by(f"{'-' if order == 'DESC' else ''}{name}")
        )

    def values(self, *fields: Any, **expressions: Any) -> Any:
        """Rows as dictionaries."""
        names, expressions = self._named_expressions(fields, expressions)
        clone = self._valued(names, expressions)
        clone._iterable_class = ValuesIterable
        return clone

    def values_list(self, *fields: Any, flat: bool = False, named: bool = False) -> Any:
        """Rows as tuples, named tuples or single values."""
        if flat and named:
            raise TypeError("'flat' and 'named' can't be used together.")
        if flat:
            if len(fields) > 1:
                raise TypeError("'flat' is not valid when values_list is called with more than one field.")
            if not fields:
                warnings.warn(
                    "Calling values_list() with no field name and flat=True is deprecated. Pass an explicit field "
                    "name instead, like 'pk'.",
                    RemovedInDjango2028Warning,
                    stacklevel=2,
                )
        names, expressions = self._named_expressions(fields, {})
        clone = self._valued(names, expressions)
        clone._iterable_class = (
            NamedValuesListIterable if named else FlatValuesListIterable if flat else ValuesListIterable
        )
        return clone

    def _named_expressions(
        self, fields: Sequence[Any], expressions: dict[str, Any]
    ) -> tuple[tuple[str, ...], dict[str, Any]]:
        """Names for all that is asked for; expressions without one get their default."""
        taken = {field for field in fields if not hasattr(field, "resolve_expression")}
        named: dict[str, Any] = {}
        names: list[str] = []
        counter = 0
        for field in fields:
            if not hasattr(field, "resolve_expression"):
                names.append(field)
                continue
            prefix = (
                getattr(field, "default_alias", type(field).__name__.lower())
                if not _complex(field)
                else (type(field).__name__.lower())
            )
            counter += 1
            name = f"{prefix}{counter}"
            while name in taken:
                counter += 1
                name = f"{prefix}{counter}"
            taken.add(name)
            named[name] = field
            names.append(name)
        return (*names, *(name for name in expressions if name not in taken)), {**named, **expressions}

    def _valued(self, names: tuple[str, ...], expressions: dict[str, Any]) -> Any:
        clone: Any = self._chain()
        if expressions:
            clone = clone.annotate(**expressions)
        clone._fields = names
        key = ("values", names)
        clone._shape = clone._shape.then(
            key, f"values({', '.join(map(str, names))})", lambda draft: _make_values(draft, names)
        )
        return clone

    def select_for_update(
        self, nowait: bool = False, skip_locked: bool = False, of: Sequence[str] = (), no_key: bool = False
    ) -> Self:
        """Lock the rows until the transaction ends."""
        if nowait and skip_locked:
            raise ValueError("The nowait option cannot be used with skip_locked.")
        clone = self._chain()
        clone._for_write = True
        how = Lock(nowait, skip_locked, tuple(of), no_key)

        def extend(draft: Any) -> None:
            draft.lock = how

        clone._shape = clone._shape.then(("lock", how), "select_for_update()", extend)
        return clone

    def select_related(self, *fields: Any) -> Self:
        """Load related objects in the same statement."""
        self._not_support_combined_queries("select_related")
        if self._fields is not None:
            raise TypeError("Cannot call select_related() after .values() or .values_list()")
        clone = self._chain()
        if fields == (None,):
            clone._shape = clone._shape.then(("related", None), "select_related(None)", _make_unrelated)
        elif fields:
            clone._shape = clone._shape.then(
                ("related", *fields),
                f"select_related({', '.join(fields)})",
                lambda draft: related.extend(draft, fields),
            )
        else:
            warnings.warn(
                "Calling select_related() with no arguments is deprecated.",
                category=RemovedInDjango2028Warning,
                stacklevel=2,
            )
            clone._shape = clone._shape.then("related", "select_related()", _make_all_related)
        return clone

    def prefetch_related(self, *lookups: Any) -> Self:
        """Load related objects in one further statement a relation."""
        self._not_support_combined_queries("prefetch_related")
        clone = self._chain()
        if lookups == (None,):
            clone._prefetch_related_lookups = ()
            return clone
        for lookup in lookups:
            name = lookup.prefetch_to if isinstance(lookup, Prefetch) else lookup
            if name.split(LOOKUP_SEP, 1)[0] in clone._shape.filtered_relations:
                raise ValueError("prefetch_related() is not supported with FilteredRelation.")
        clone._prefetch_related_lookups = clone._prefetch_related_lookups + lookups
        return clone

    def annotate(self, *args: Any, **kwargs: Any) -> Self:
        """Compute something for each row."""
        self._not_support_combined_queries("annotate")
        return self._annotate(args, kwargs, select=True)

    def alias(self, *args: Any, **kwargs: Any) -> Self:
        """Name an expression for later use, without selecting it."""
        self._not_support_combined_queries("alias")
        return self._annotate(args, kwargs, select=False)

    def _annotate(self, args: Sequence[Any], kwargs: dict[str, Any], select: bool = True) -> Self:
        self._validate_values_are_expressions((*args, *kwargs.values()), method_name="annotate")
        wanted: dict[str, Any] = {}
        for arg in args:
            try:
                name = arg.default_alias
                if name in kwargs:
                    raise ValueError(
                        f"The named annotation '{name}' conflicts with the default name for another annotation."
                    )
            except TypeError:
                raise TypeError("Complex annotations require an alias") from None
            except AttributeError:
                raise TypeError("Complex annotations require an alias") from None
            wanted[name] = arg
        wanted.update(kwargs)
        clone = self._chain()
        taken = self._taken_names() if self._fields is None else set(self._fields)
        for name in wanted:
            if name in taken:
                if self._fields is not None and name not in _plain_names(clone):
                    continue
                raise ValueError(f"The annotation '{name}' conflicts with a field on the model.")
        if not wanted:
            return clone
        names = tuple(wanted)
        nodes = list(wanted.values())
        words = f"{'annotate' if select else 'alias'}({', '.join(names)})"

        def extend(draft: Any, lifted: list[Any]) -> None:
            _make_annotated(draft, names, lifted, select)

        clone._shape, clone._values = steps.with_nodes(
            clone._shape, clone._values, "annotate", (select, names), nodes, extend, words
        )
        if select and clone._fields is not None:
            clone._fields = (*clone._fields, *(name for name in names if name not in clone._fields))
        return clone

    def _taken_names(self) -> set[str]:
        opts = self.model._meta
        return set(
            chain.from_iterable(
                (field.name, field.attname) if hasattr(field, "attname") else (field.name,)
                for field in opts.get_fields()
            )
        )

    def order_by(self, *field_names: Any) -> Self:
        """Rows in this order, instead of the one before."""
        if self._query is not None:
            self._sync()
        if self._shape.is_sliced:
            raise TypeError("Cannot reorder a query once a slice has been taken.")
        clone = self._chain()
        if builtins.all(isinstance(name, str) for name in field_names):
            key = ("order_by", *field_names)
            child = clone._shape.next.get(key)
            if child is None:
                child = clone._shape.then(
                    key,
                    f"order_by({', '.join(field_names)})",
                    lambda draft: _make_ordered(draft, field_names),
                )
            clone._shape = child
            return clone
        structure = tuple(name if isinstance(name, str) else None for name in field_names)
        nodes = [name for name in field_names if not isinstance(name, str)]
        for node in nodes:
            if not hasattr(node, "resolve_expression"):
                raise FieldError(f"Invalid order_by arguments: {[node]}")

        def extend(draft: Any, lifted: list[Any]) -> None:
            found = iter(lifted)
            _make_ordered(draft, [name if name is not None else next(found) for name in structure])

        words = (
            f"order_by({', '.join(name if isinstance(name, str) else repr(name) for name in field_names)})"
        )
        clone._shape, clone._values = steps.with_nodes(
            clone._shape, clone._values, "order_by", (structure,), nodes, extend, words
        )
        return clone

    def distinct(self, *field_names: str) -> Self:
        """Each row once; or, of rows that are equal in these fields, the first."""
        self._not_support_combined_queries("distinct")
        if self._shape.is_sliced:
            raise TypeError("Cannot create distinct fields once a slice has been taken.")
        clone = self._chain()

        def extend(draft: Any) -> None:
            for name in field_names:
                if name in draft.annotations and name not in draft.shown_annotations:
                    draft.path([name])
            draft.distinct_fields = field_names
            draft.distinct = True

        clone._shape = clone._shape.then(
            ("distinct", *field_names), f"distinct({', '.join(field_names)})", extend
        )
        return clone

    def extra(
        self,
        select: dict[str, Any] | None = None,
        where: Sequence[str] | None = None,
        params: Sequence[Any] | None = None,
        tables: Sequence[str] | None = None,
        order_by: Sequence[str] | None = None,
        select_params: Sequence[Any] | None = None,
    ) -> Self:
        """Raw SQL in the parts of a query; expressions do better."""
        from nuages.db.models.shapes.clauses import extra

        self._not_support_combined_queries("extra")
        if self._shape.is_sliced:
            raise TypeError("Cannot change a query once a slice has been taken.")
        clone = self._chain()
        clone._shape = grow_once(
            clone._shape,
            "extra()",
            lambda draft, counter: extra.extend(
                draft, select, select_params, where, params, tables, order_by
            ),
        )
        return clone

    def reverse(self) -> Self:
        """Rows in the opposite order."""
        self._sync()
        if self._shape.is_sliced:
            raise TypeError("Cannot reverse a query once a slice has been taken.")
        clone = self._chain()

        def extend(draft: Any) -> None:
            draft.standard_ordering = not draft.standard_ordering

        clone._shape = clone._shape.then("reverse", "reverse()", extend)
        return clone

    def defer(self, *fields: Any) -> Self:
        """Leave columns out until they are read."""
        self._not_support_combined_queries("defer")
        if self._fields is not None:
            raise TypeError("Cannot call defer() after .values() or .values_list()")
        clone = self._chain()
        if fields == (None,):
            clone._shape = clone._shape.then(("defer", None), "defer(None)", _make_whole)
        else:
            clone._shape = clone._shape.then(
                ("defer", *fields), f"defer({', '.join(fields)})", lambda draft: related.defer(draft, fields)
            )
        return clone

    def only(self, *fields: Any) -> Self:
        """Load only these columns."""
        self._not_support_combined_queries("only")
        if self._fields is not None:
            raise TypeError("Cannot call only() after .values() or .values_list()")
        if fields == (None,):
            # Unlike with defer(), there is nothing that this could mean.
            raise TypeError("Cannot pass None as an argument to only().")
        for name in fields:
            if name.split(LOOKUP_SEP, 1)[0] in self._shape.filtered_relations:
                raise ValueError("only() is not supported with FilteredRelation.")
        clone = self._chain()
        clone._shape = clone._shape.then(
            ("only", *fields), f"only({', '.join(fields)})", lambda draft: related.only(draft, fields)
        )
        return clone

    def using(self, alias: str | None) -> Self:
        """The same query on another database."""
        clone = self._chain()
        clone._db = alias
        return clone

    def fetch_mode(self, fetch_mode: Any) -> Self:
        """What reading a relation or deferred field of the instances will do."""
        clone = self._chain()
        clone._fetch_mode = fetch_mode
        return clone

    def raw(
        self, raw_query: str, params: Any = (), translations: Any = None, using: str | None = None
    ) -> Any:
        """Instances from hand-written SQL."""
        from nuages.db.models.query.raw import RawQuerySet

        made = RawQuerySet(
            raw_query,
            model=self.model,
            params=params,
            translations=translations,
            using=using or self.db,
            hints=self._hints,
            fetch_mode=self._fetch_mode,
        )
        made._prefetch_related_lookups = self._prefetch_related_lookups[:]
        return made

    def explain(self, *, format: str | None = None, **options: Any) -> str:
        """How the database would run the query."""
        from nuages.db.models.sql.query import Query

        self._sync()
        query = Query.of(self._shape, self._values)
        for name in options:
            if not _EXPLAIN_NAME.fullmatch(name) or "--" in name:
                raise ValueError(f"Invalid option name: {name!r}.")
        query.explain_info = (format, tuple(options.items()))
        return "\n".join(query.get_compiler(using=self.db).explain_query())

    aexplain = twin(explain)

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
        clone._sticky = self._sticky
        return clone

    def _clone(self) -> Self:
        cls = type(self)
        if self._query is not None:
            self._sync()
        if cls.__init__ is QuerySet.__init__:
            clone = cls.__new__(cls)
            clone.model = self.model
            clone._db = self._db
            clone._hints = self._hints
            clone._result_cache = None
            clone._prefetch_done = False
        else:
            clone = cls(model=self.model, using=self._db, hints=self._hints)
        clone._shape = self._shape
        clone._values = self._values
        clone._for_write = self._for_write
        clone._prefetch_related_lookups = self._prefetch_related_lookups
        clone._known_related_objects = self._known_related_objects
        clone._iterable_class = self._iterable_class
        clone._fetch_mode = self._fetch_mode
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

    def _merge_known_related_objects(self, other: QuerySet[Any]) -> None:
        known = {field: dict(objects) for field, objects in self._known_related_objects.items()}
        for field, objects in other._known_related_objects.items():
            known.setdefault(field, {}).update(objects)
        self._known_related_objects = known

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        """The query as a part of another one."""
        return self.query.clone().resolve_expression(*args, **kwargs)

    def _add_hints(self, **hints: Any) -> None:
        """Tell routers about an instance that the query is about."""
        self._hints = {**self._hints, **hints}

    def _has_filters(self) -> bool:
        return bool(self._shape.where)

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

    def _check_operator_queryset(self, other: QuerySet[Any], operator_: str) -> None:
        if self._shape.combinator or other._shape.combinator:
            raise TypeError(f"Cannot use {operator_} operator with combined queryset.")

    def _merge_sanity_check(self, other: QuerySet[Any]) -> None:
        """Only query sets that give the same kind of rows can be merged."""
        if self._fields is not None and (
            set(self.query.values_select) != set(other.query.values_select)
            or set(self.query.extra_select) != set(other.query.extra_select)
            or set(self.query.annotation_select) != set(other.query.annotation_select)
        ):
            raise TypeError(
                f"Merging '{self.__class__.__name__}' classes must involve the same values in each case."
            )


def all_in(names: Iterable[str], known: Any) -> bool:
    """Whether all names are known: what is deferred is not fetched for this."""
    return builtins.all(name in known for name in names)


# Made from a query set, not offered by managers.
for _name in ("as_manager", "resolve_expression"):
    setattr(getattr(QuerySet.__dict__[_name], "__func__", QuerySet.__dict__[_name]), "queryset_only", True)  # noqa: B010


class _EmptyMeta(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, QuerySet) and instance.query.is_empty()


class EmptyQuerySet(metaclass=_EmptyMeta):
    """For `isinstance`: a query set that `none()` made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise TypeError("EmptyQuerySet can't be instantiated")


# What steps do to a draft ------------------------------------------------------------------------------------------


def _make_single(draft: Any) -> None:
    order_by.clear(draft)
    draft.count = MAX_GET_RESULTS


def _make_count(draft: Any) -> None:
    from nuages.db.models.aggregates import Count
    from nuages.db.models.shapes import terminal

    terminal.aggregate(draft, {"__count": Count("*")})


def _make_exists(draft: Any) -> None:
    from nuages.db.models.shapes import terminal

    terminal.make_exists(draft)


def _make_empty_slice(draft: Any) -> None:
    draft.empty_slice = True
    draft.low = draft.count = None


def _make_none(draft: Any) -> None:
    draft.never()


def _make_values(draft: Any, names: Sequence[str]) -> None:
    if draft.combinator:
        combine.values(draft, names)
    else:
        select.values(draft, names)


def _make_ordered(draft: Any, items: Sequence[Any]) -> None:
    order_by.clear(draft, default=False)
    draft.default_ordering = True
    order_by.extend(draft, items)


def _make_unrelated(draft: Any) -> None:
    draft.select_related = False


def _make_all_related(draft: Any) -> None:
    draft.select_related = True


def _make_whole(draft: Any) -> None:
    draft.deferred = (frozenset(), True)


def _make_annotated(draft: Any, names: Sequence[str], nodes: Sequence[Any], select_them: bool) -> None:
    grouped = False
    for name, node in zip(names, nodes):
        if isinstance(node, FilteredRelation):
            from nuages.db.models.shapes.clauses import filtered

            filtered.extend(draft, name, node)
            continue
        resolved = select.annotate(draft, name, node, select=select_them)
        grouped = grouped or resolved.contains_aggregate
    if grouped:
        select.group(draft)


def _plain_names(clone: Any) -> set[str]:
    """Names of selected fields, which no annotation may take."""
    return {item.name for item in clone._shape.selection or () if item.kind == "field"}


def _complex(node: Any) -> bool:
    try:
        node.default_alias  # noqa: B018
    except (AttributeError, TypeError):
        return True
    return False


def _without_rows(shape: Shape, values: Any, connection: Any) -> list[Any]:
    """What aggregates over no rows give; only asked for when that is known without running the query."""
    found = (shape.annotations[item.name].empty_result_set_value for item in shape.selection or ())
    return [value.resolve(values, connection) if isinstance(value, Slot) else value for value in found]


def take(rows: Iterator[Any], size: int) -> list[Any]:
    """The next rows of an iterator."""
    return list(islice(rows, size))


_atake = twin(take)

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
    return builtins.all(getattr(cls, name) is getattr(QuerySet, name) for name in _READING)


_EXPLAIN_NAME = re.compile(r"[\w-]+")

setting_changed.connect(_forget_mode)
