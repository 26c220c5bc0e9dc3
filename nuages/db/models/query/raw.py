"""`RawQuerySet`: instances from hand-written SQL, matched to fields by the names of its columns."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Self, overload

from nuages.core.exceptions import FieldDoesNotExist
from nuages.db import connections, router
from nuages.db.models.fetch_modes import FETCH_ONE
from nuages.db.models.prefetching import prefetch_related_objects
from nuages.db.models.query.iterables import BaseIterable
from nuages.db.models.rows import M
from nuages.db.models.shapes.instances import maker_of, share_peers
from nuages.spine import twin
from nuages.utils.generics import Generic


class RawQuery:
    """SQL and its parameters; run when its rows or column names are wanted."""

    def __init__(self, sql: str, using: str, params: Any = ()) -> None:
        self.sql = sql
        self.using = using
        self.params = params
        self.cursor: Any = None
        self.names: list[str] = []
        self.low_mark, self.high_mark = 0, None
        self.extra_select: dict[str, Any] = {}
        self.annotation_select: dict[str, Any] = {}

    def clone(self, using: str | None = None) -> RawQuery:
        """The same SQL, perhaps on another database."""
        return RawQuery(self.sql, using or self.using, self.params)

    chain = clone

    def get_columns(self) -> list[str]:
        """Names of the columns that came back."""
        if self.cursor is None:
            self._execute_query()
        convert = connections[self.using].introspection.identifier_converter
        return [convert(name) for name in self.names]

    def _execute_query(self) -> None:
        connection = connections[self.using]
        params = self.params
        adapt = connection.ops.adapt_unknown_value
        if isinstance(params, Mapping):
            adapted: Any = {name: adapt(value) for name, value in params.items()}
        elif params is None:
            adapted = None
        else:
            adapted = tuple(adapt(value) for value in params)
        self.cursor = connection.cursor()
        self.cursor.execute(self.sql, adapted)
        self.names = [column[0] for column in self.cursor.description or ()]

    def __iter__(self) -> Iterator[Any]:
        self._execute_query()
        return iter(self.cursor)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def __str__(self) -> str:
        params = self.params
        if params is None:
            return self.sql
        if isinstance(params, Mapping):
            return self.sql % dict(params)
        return self.sql % tuple(params)


class RawModelIterable(BaseIterable):
    """Instances from raw rows."""

    def __iter__(self) -> Iterator[Any]:
        queryset: Any = self.queryset
        db = queryset.db
        query = queryset.query
        connection = connections[db]
        rows = iter(query)
        try:
            names, positions, annotations = queryset.resolve_model_init_order()
            model = queryset.model
            key = model._meta.pk
            keys = {field.attname for field in model._meta.pk_fields}
            if not keys <= set(names) and key.attname not in names:
                raise FieldDoesNotExist("Raw query must include the primary key")
            fields = [queryset.model_fields.get(column) for column in queryset.columns]
            converters = [
                []
                if field is None
                else [
                    *connection.ops.get_db_converters(field.get_col(model._meta.db_table)),
                    *field.get_db_converters(connection),
                ]
                for field in fields
            ]
            expressions = [None if field is None else field.get_col(model._meta.db_table) for field in fields]
            mode = queryset._fetch_mode
            make = maker_of(model)
            found = []
            for row in rows:
                values = list(row)
                for position, functions in enumerate(converters):
                    for convert in functions:
                        values[position] = convert(values[position], expressions[position], connection)
                one = make(db, names, [values[position] for position in positions], mode)
                for column, position in annotations:
                    setattr(one, column, values[position])
                found.append(one)
            if mode.track_peers:
                share_peers(found)
            yield from found
        finally:
            if query.cursor is not None:
                query.cursor.close()


class RawQuerySet(Generic[M]):
    """Instances of a model from hand-written SQL."""

    def __init__(
        self,
        raw_query: str,
        model: Any = None,
        query: RawQuery | None = None,
        params: Any = (),
        translations: Mapping[str, str] | None = None,
        using: str | None = None,
        hints: dict[str, Any] | None = None,
        fetch_mode: Any = FETCH_ONE,
    ) -> None:
        self.raw_query = raw_query
        self.model = model
        self._db = using
        self._hints = hints or {}
        self.params = params if params is not None else ()
        self.query = query or RawQuery(raw_query, self.db, params)
        self.translations = dict(translations or {})
        self._result_cache: list[Any] | None = None
        self._prefetch_related_lookups: tuple[Any, ...] = ()
        self._prefetch_done = False
        self._fetch_mode = fetch_mode

    # Columns --------------------------------------------------------------------------------------------------

    @property
    def columns(self) -> list[str]:
        """Names of the columns, as the model's fields call theirs."""
        columns = self.query.get_columns()
        for given, meant in self.translations.items():
            if given in columns:
                columns[columns.index(given)] = meant
        return columns

    @property
    def model_fields(self) -> dict[str, Any]:
        """Column name → field."""
        convert = connections[self.db].introspection.identifier_converter
        return {convert(field.get_attname_column()[1]): field for field in self.model._meta.fields}

    def resolve_model_init_order(self) -> tuple[list[str], list[int], list[tuple[str, int]]]:
        """Attribute names that are loaded, their columns, and the columns that are no fields."""
        convert = connections[self.db].introspection.identifier_converter
        columns = self.columns
        known = {convert(field.column): field for field in self.model._meta.concrete_fields}
        loaded = [field for field in self.model._meta.concrete_fields if convert(field.column) in columns]
        annotations = [(column, number) for number, column in enumerate(columns) if column not in known]
        positions = [columns.index(convert(field.column)) for field in loaded]
        return [field.attname for field in loaded], positions, annotations

    # Rows -----------------------------------------------------------------------------------------------------

    def prefetch_related(self, *lookups: Any) -> Self:
        """Load related objects in one further statement a relation."""
        clone = self._clone()
        clone._prefetch_related_lookups = (
            () if lookups == (None,) else clone._prefetch_related_lookups + lookups
        )
        return clone

    def _prefetch_related_objects(self) -> None:
        prefetch_related_objects(self._result_cache or [], *self._prefetch_related_lookups)
        self._prefetch_done = True

    def _clone(self, **changes: Any) -> Self:
        """The same SQL without its rows; `changes` are attributes that are to be different."""
        clone = copy.copy(self)
        clone.__dict__.update({"_result_cache": None, "_prefetch_done": False, **changes})
        return clone

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            self._result_cache = list(self.iterator())
        if self._prefetch_related_lookups and not self._prefetch_done:
            self._prefetch_related_objects()

    _afetch_all = twin(_fetch_all)

    def _rows(self) -> list[Any]:
        self._fetch_all()
        return self._result_cache or []

    def __len__(self) -> int:
        return len(self._rows())

    def __bool__(self) -> bool:
        self._fetch_all()
        return bool(self._result_cache)

    def __iter__(self) -> Iterator[M]:
        return iter(self._rows())

    def __aiter__(self) -> AsyncIterator[M]:
        async def rows() -> AsyncIterator[M]:
            await self._afetch_all()
            for row in self._result_cache or ():
                yield row

        return rows()

    def iterator(self) -> Iterator[M]:
        """Instances one after another."""
        queryset: Any = self
        yield from RawModelIterable(queryset)

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__}: {self.query}>"

    @overload
    def __getitem__(self, item: int) -> M: ...
    @overload
    def __getitem__(self, item: slice) -> list[M]: ...
    def __getitem__(self, item: Any) -> Any:
        return list(self)[item]

    @property
    def db(self) -> str:
        """Alias of the database used if the query is run now."""
        return self._db or router.db_for_read(self.model, **self._hints)

    def using(self, alias: str) -> Self:
        """The same SQL on another database."""
        return self._clone(query=self.query.chain(using=alias), _db=alias, _prefetch_related_lookups=())

    def fetch_mode(self, fetch_mode: Any) -> Self:
        """What reading a relation or deferred field of the instances will do."""
        return self._clone(_fetch_mode=fetch_mode)
