"""Single rows, numbers and aggregates: what is asked of the database at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self

from nuages.db import NotSupportedError, connections
from nuages.db.models.query import steps
from nuages.db.models.query.chaining import Chaining
from nuages.db.models.query.iterables import (
    FlatValuesListIterable,
    ModelIterable,
    NamedValuesListIterable,
    ValuesIterable,
    ValuesListIterable,
)
from nuages.db.models.query.slicing import sliced
from nuages.db.models.rows import M, R
from nuages.db.models.shapes import running, wording
from nuages.db.models.shapes.clauses import order_by, select
from nuages.db.models.shapes.shape import Shape
from nuages.db.models.shapes.slots import Slot
from nuages.db.models.shapes.steps import grow
from nuages.db.models.utils import create_namedtuple_class
from nuages.spine import twin

# The maximum number of results to fetch in a get() query.
MAX_GET_RESULTS = 21

_ONE_TOO_MANY = ("get",)


class Singles(Chaining[M, R]):
    """Questions with one answer."""

    def get(self, *args: Any, **kwargs: Any) -> R:
        """The one object that matches; an error when there is none, or more."""
        if self._query is not None:
            self._sync()
        shape: Any = self._shape
        if (
            not shape.is_plain
            or not self._plain
            or self._prefetch_related_lookups
            or self._known_related_objects
            or self._iterable_class is not ModelIterable
            or self._result_cache is not None
            or self._peer_fetch is not None
        ):
            return self._get_by_steps(args, kwargs)
        values = self._values
        if args or kwargs:
            shape, values = steps.filtered(shape, values, "filter", args, kwargs, self._sticky)
        single = shape.next.get(_ONE_TOO_MANY)
        if single is None:
            single = shape.then(_ONE_TOO_MANY, "", _make_single)
        alias = self.db
        connection = connections[alias]
        plan, rows = running.rows(single, values, connection)
        if len(rows) == 1:
            load = plan.load_instances or plan.loader("instances")
            return load(rows, connection, alias, self._fetch_mode)[0]
        return self._not_single(len(rows), MAX_GET_RESULTS)

    aget = twin(get)

    def _get_by_steps(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> R:
        """The same by the methods that a subclass may have changed, and for query sets that are more than conditions."""
        shape: Any = self._shape
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
            return sliced(clone, None, count)

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

    def first(self) -> R | None:
        """The first object, by key when there is no ordering; None when there is none."""
        if self._query is not None:
            self._sync()
        shape: Any = self._shape
        if (
            shape.is_plain
            and self._plain
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
            alias = self.db
            connection = connections[alias]
            plan, rows = running.rows(single, self._values, connection)
            if not rows:
                return None
            load = plan.load_instances or plan.loader("instances")
            return load(rows, connection, alias, self._fetch_mode)[0]
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

    def last(self) -> R | None:
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
        if isinstance(shape.group_by, tuple) and not self._groups_are_rows(shape.group_by):
            raise TypeError(
                f"Cannot use QuerySet.{method}() on an unordered queryset performing aggregation. Add an ordering "
                "with order_by()."
            )

    def _groups_are_rows(self, group_by: tuple[Any, ...]) -> bool:
        """Whether the key is among what rows are grouped by."""
        opts = self.model._meta
        fields = {getattr(node, "target", getattr(node, "output_field", None)) for node in group_by}
        return opts.pk in fields or fields.issuperset(opts.pk_fields)

    def earliest(self, *fields: str) -> R:
        """The earliest object by these fields, or by `get_latest_by`."""
        if self._shape.is_sliced:
            raise TypeError("Cannot change a query once a slice has been taken.")
        return self._earliest(*fields)

    aearliest = twin(earliest)

    def latest(self, *fields: str) -> R:
        """The latest object by these fields, or by `get_latest_by`."""
        self._sync()
        if self._shape.is_sliced:
            raise TypeError("Cannot change a query once a slice has been taken.")
        return self.reverse()._earliest(*fields)

    alatest = twin(latest)

    def _earliest(self, *fields: str) -> R:
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

    def in_bulk(self, id_list: Iterable[Any] | None = None, *, field_name: str = "pk") -> dict[Any, R]:
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
        if not wording.field_called(opts, field_name).unique and (field_name,) not in alone:
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
                found[key] = create_namedtuple_class(*shown, *names)(*given, *values)
            elif issubclass(kind, ValuesIterable):
                found[key] = dict(zip(names, values))
            else:
                found[key] = tuple(values)
        return found


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


def _without_rows(shape: Shape, values: Any, connection: Any) -> list[Any]:
    """What aggregates over no rows give; only asked for when that is known without running the query."""
    found = (shape.annotations[item.name].empty_result_set_value for item in shape.selection or ())
    return [value.resolve(values, connection) if isinstance(value, Slot) else value for value in found]
