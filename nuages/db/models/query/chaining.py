"""New query sets from a query set: every method here takes a step to another shape."""

from __future__ import annotations

import builtins
import re
import warnings
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from nuages.core.exceptions import FieldError
from nuages.db.models.constants import LOOKUP_SEP
from nuages.db.models.prefetching import Prefetch
from nuages.db.models.query import steps
from nuages.db.models.query.core import Core, EmptyQuerySet
from nuages.db.models.query.iterables import (
    FlatValuesListIterable,
    NamedValuesListIterable,
    ValuesIterable,
    ValuesListIterable,
)
from nuages.db.models.query_utils import FilteredRelation, Q
from nuages.db.models.rows import M, R
from nuages.db.models.shapes.clauses import combine, order_by, related, select
from nuages.db.models.shapes.clauses.lock import Lock
from nuages.db.models.shapes.steps import grow, grow_once
from nuages.spine import twin
from nuages.utils.deprecation import RemovedInDjango2028Warning

if TYPE_CHECKING:
    import datetime

    from nuages.db.models.query.queryset import QuerySet
    from nuages.db.models.query.raw import RawQuerySet

_ALL_TEXT = frozenset({str})

# Arguments of Q that are no lookups.
_INVALID = frozenset({"_connector", "_negated"})

_EXPLAIN_NAME = re.compile(r"[\w-]+")


class Chaining(Core[M, R]):
    """Steps."""

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

    def _filter_joined(self, **lookups: Any) -> Self:
        """Like `filter()`, but about the related rows that the query reads already: what prefetching asks."""
        clone = self._chain()
        clone._shape, clone._values = steps.filtered(
            clone._shape, clone._values, "filter", (), lookups, reuse_all=True
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

    def union(self, *other_qs: QuerySet[Any, Any], all: bool = False) -> Self:
        """The rows of all these query sets."""
        parts = list(other_qs)
        if isinstance(self, EmptyQuerySet):
            # Nothing of ours is in it: it is the union of the others.
            parts = [part for part in parts if not isinstance(part, EmptyQuerySet)]
            if len(parts) > 1:
                return parts[0]._combinator_query("union", *parts[1:], all=all)
            return parts[0] if parts else self
        return self._combinator_query("union", *parts, all=all) if parts else self

    def intersection(self, *other_qs: QuerySet[Any, Any]) -> Self:
        """The rows that all these query sets have."""
        for one in (self, *other_qs):
            if isinstance(one, EmptyQuerySet):
                return one  # type: ignore[return-value]  # only isinstance() knows that class
        return self._combinator_query("intersection", *other_qs)

    def difference(self, *other_qs: QuerySet[Any, Any]) -> Self:
        """The rows that this query set has and the others have not."""
        if isinstance(self, EmptyQuerySet):
            return self
        return self._combinator_query("difference", *other_qs)

    def none(self) -> Self:
        """A query set without rows."""
        clone = self._chain()
        clone._shape = clone._shape.then("none", "none()", lambda draft: _make_none(draft))
        return clone

    def dates(self, field_name: str, kind: str, order: str = "ASC") -> QuerySet[M, datetime.date]:
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

    def datetimes(
        self, field_name: str, kind: str, order: str = "ASC", tzinfo: datetime.tzinfo | None = None
    ) -> QuerySet[M, datetime.datetime]:
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

    def values(self, *fields: Any, **expressions: Any) -> QuerySet[M, dict[str, Any]]:
        """Rows as dictionaries."""
        names, expressions = self._named_expressions(fields, expressions)
        clone = self._valued(names, expressions)
        clone._iterable_class = ValuesIterable
        return clone

    @overload
    def values_list(
        self, *fields: Any, flat: Literal[False] = False, named: Literal[False] = False
    ) -> QuerySet[M, tuple[Any, ...]]: ...
    @overload
    def values_list(self, *fields: Any, flat: bool = False, named: bool = False) -> QuerySet[M, Any]: ...
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
            key = ("related", *fields)
            clone._shape = clone._shape.next.get(key) or clone._shape.then(
                key, f"select_related({', '.join(fields)})", lambda draft: related.extend(draft, fields)
            )
        else:
            warnings.warn(
                "Calling select_related() with no arguments is deprecated. Specify the fields to fetch instead.",
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
        if select and clone._fields:
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
        if _ALL_TEXT.issuperset(map(type, field_names)):
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
        everything = self._fields == ()
        clone._shape = grow_once(
            clone._shape,
            "extra()",
            lambda draft, counter: extra.extend(
                draft, select, select_params, where, params, tables, order_by, everything
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
    ) -> RawQuerySet[M]:
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


# What steps do to a draft --------------------------------------------------------------------------------------


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
