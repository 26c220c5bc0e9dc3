"""`bulk_create()`: many rows in few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from nuages.db import transaction
from nuages.db.backends.statement import Statement
from nuages.db.models.constants import OnConflict
from nuages.db.models.expressions import DatabaseDefault
from nuages.db.models.fields import Field
from nuages.db.models.state import SharedState, mark_as_saved
from nuages.db.models.writing.binding import Expressions, binder, collector
from nuages.db.models.writing.copying import copied
from nuages.db.models.writing.expressions import InsertWriter
from nuages.db.models.writing.plans import Returned
from nuages.db.models.writing.related import settle_related_keys
from nuages.db.models.writing.saving import validates_on_save

__all__ = ["bulk_create"]


#: Statements for up to so many rows are kept.
KEPT_ROWS = 1000


def bulk_create(
    model: Any,
    objs: list[Any],
    *,
    connection: Any,
    batch_size: int | None = None,
    conflict: OnConflict | None = None,
    update_fields: Sequence[Any] = (),
    unique_fields: Sequence[Any] = (),
) -> None:
    """Insert these instances; those with a key first, as it is told to the database."""
    # A proxy has no columns of its own.
    model = model._meta.concrete_model
    options = model._meta
    validating = validates_on_save()
    with_key: list[Any] = []
    without_key: list[Any] = []
    key = options.pk
    name = key.attname
    makes_itself = key.has_default() or type(key).get_pk_value_on_save is not Field.get_pk_value_on_save
    for obj in objs:
        # What most instances have is nothing to settle, and no key.
        if type(obj.__dict__["_state"]) is not SharedState:
            settle_related_keys(obj, "bulk_create")
        known = obj.__dict__.get(name, key) is not None and obj._is_pk_set()
        if not known and makes_itself and (made := key.get_pk_value_on_save(obj)) is not None:
            obj.pk = made
            known = obj._is_pk_set()
        if validating:
            from nuages.db.models.validation import validate_for_save

            validate_for_save(obj)
        (with_key if known else without_key).append(obj)
    options.write_count += 1
    inserts = [
        (BulkInsert(model, known, conflict, update_fields, unique_fields, connection), some)
        for some, known in ((with_key, True), (without_key, False))
        if some
    ]
    # One statement needs no transaction of its own.
    together = (
        transaction.atomic(using=connection.alias, savepoint=False)
        if options.order_with_respect_to
        or sum(insert.statements(some, batch_size) for insert, some in inserts) > 1
        else transaction.mark_for_rollback_on_error(connection.alias)
    )
    with together:
        if options.order_with_respect_to:
            _take_last_places(model, objs, connection.alias)
        for insert, some in inserts:
            insert.run(some, batch_size)
    mark_as_saved(objs, connection.alias)


def _take_last_places(model: Any, objs: list[Any], using: str) -> None:
    """`order_with_respect_to`: those without a place go behind the rows of the same object, in their order."""
    from nuages.db.models.aggregates import Max

    relation = model._meta.order_with_respect_to
    waiting: defaultdict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for obj in objs:
        if obj._order is None:
            waiting[relation.get_local_related_value(obj)].append(obj)
    for siblings in waiting.values():
        present = model._base_manager.using(using).filter(
            **relation.get_filter_kwargs_for_object(siblings[0])
        )
        last = present.aggregate(last=Max("_order"))["last"]
        for place, obj in enumerate(siblings, 0 if last is None else last + 1):
            obj._order = place


class BulkInsert:
    """One kind of rows: with or without their key."""

    def __init__(
        self,
        model: Any,
        with_key: bool,
        conflict: OnConflict | None,
        update_fields: Sequence[Any],
        unique_fields: Sequence[Any],
        connection: Any,
    ) -> None:
        options = model._meta
        self.model, self.connection, self.conflict = model, connection, conflict
        self.update_columns = [field.column for field in update_fields]
        self.unique_columns = [field.column for field in unique_fields]
        self.with_key = with_key
        self.fields = [
            field
            for field in options.local_concrete_fields
            if not field.generated and (with_key or field is not options.auto_field)
        ]
        # Rows that are passed over give nothing back, so it could not be told whose the others are.
        self.returns = connection.features.can_return_rows_from_bulk_insert and conflict in (
            None,
            OnConflict.UPDATE,
        )

    def statements(self, objs: list[Any], batch_size: int | None) -> int:
        """How many statements so many rows take."""
        return -(-len(objs) // self._size(self.fields, objs, batch_size))

    def _size(self, fields: Sequence[Any], objs: list[Any], batch_size: int | None) -> int:
        most = max(self.connection.ops.bulk_batch_size(fields, objs), 1)
        return min(batch_size, most) if batch_size else most

    def run(self, objs: list[Any], batch_size: int | None) -> None:
        connection = self.connection
        collect = collector(self.model, self.fields, raw=False, add=True)
        rows = [collect(obj) for obj in objs]
        fields, rows = self._without_defaults(rows)
        returned = Returned(self._returning(fields), connection) if self.returns else Returned((), connection)
        bind = binder(fields, connection)
        size = self._size(fields, objs, batch_size)
        if (
            self.conflict is None
            and len(objs) <= size
            and copied(self.model, objs, fields, rows, bind, returned, connection)
        ):
            return
        for start in range(0, len(objs), size):
            some, values = objs[start : start + size], rows[start : start + size]
            try:
                if any(hasattr(field, "get_placeholder_sql") for field in fields):
                    raise Expressions
                params: list[Any] = []
                extend = params.extend
                for row in values:
                    extend(bind(row, connection))
                statement = self._kept_statement(fields, len(some), size, returned)
                self._execute(statement, params, some, returned)
            except Expressions:
                back = self._with_computed(fields, values, returned)
                statement, params = self._written(fields, values, back)
                self._execute(statement, params, some, back)

    def _with_computed(self, fields: Sequence[Any], rows: Sequence[Any], returned: Returned) -> Returned:
        """What expressions came to is read back as well."""
        computed = [
            field
            for position, field in enumerate(fields)
            if any(hasattr(row[position], "resolve_expression") for row in rows)
        ]
        if not self.returns or not computed:
            return returned
        return Returned(list(dict.fromkeys([*returned.fields, *computed])), self.connection)

    def _kept_statement(self, fields: Sequence[Any], rows: int, size: int, returned: Returned) -> Statement:
        """The statement for so many rows; that of whole batches is kept with the model."""
        connection = self.connection
        places = ["%s"] * len(fields) or [connection.ops.pk_default_value()]
        plain = self.conflict is None and rows in (size, 1) and rows <= KEPT_ROWS
        key = (connection.dialect, "bulk", tuple(fields), rows, returned.fields)
        plans = self.model._meta.writing_plans
        found = plans.get(key) if plain else None
        if found is None:
            found = self._statement(fields, [places] * rows, returned)
            if plain:
                plans[key] = found
        return found

    def _without_defaults(self, rows: list[tuple[Any, ...]]) -> tuple[list[Any], list[tuple[Any, ...]]]:
        """Columns that every row leaves to the database are left out."""
        left = {
            position
            for position in range(len(self.fields))
            # A key stays: an INSERT has to name some column.
            if self.fields[position] not in self.model._meta.pk_fields
            and all(type(row[position]) is DatabaseDefault for row in rows)
        }
        if not left:
            return self.fields, rows
        kept = [position for position in range(len(self.fields)) if position not in left]
        return [self.fields[position] for position in kept], [
            tuple(row[position] for position in kept) for row in rows
        ]

    def _returning(self, fields: Sequence[Any]) -> list[Any]:
        options = self.model._meta
        wanted = [
            field
            for field in options.db_returning_fields
            if not (self.with_key and field in options.pk_fields)
        ]
        # Columns left out got their defaults.
        wanted += [field for field in self.fields if field not in fields and field not in wanted]
        return wanted

    def _statement(
        self, fields: Sequence[Any], places: Sequence[Sequence[str]], returned: Returned
    ) -> Statement:
        operations = self.connection.ops
        quote = operations.quote_name
        options = self.model._meta
        columns = ", ".join(quote(field.column) for field in fields) or quote(options.pk.column)
        parts = [
            operations.insert_statement(on_conflict=self.conflict),
            quote(options.db_table),
            f"({columns})",
            operations.bulk_insert_sql(fields, places),
            operations.on_conflict_suffix_sql(
                fields, self.conflict, self.update_columns, self.unique_columns
            ),
            returned.sql,
        ]
        return Statement(" ".join(part for part in parts if part))

    def _written(
        self, fields: Sequence[Any], rows: Sequence[Any], returned: Returned
    ) -> tuple[Statement, list[Any]]:
        writer = InsertWriter(self.model, self.connection)
        places: list[Sequence[str]] = []
        params: list[Any] = []
        for row in rows:
            sql, some = writer.row(fields, row)
            places.append(sql)
            params += some
        return self._statement(fields, places, returned), params

    def _execute(self, statement: Statement, params: list[Any], objs: list[Any], returned: Returned) -> None:
        connection = self.connection
        if not returned.sql:
            connection.run(statement, params)
            return
        returned.apply_all(objs, connection.fetch(statement, params), connection)
