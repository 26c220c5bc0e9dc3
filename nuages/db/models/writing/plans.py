"""Statements for one row, kept with the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nuages.db.backends.statement import Statement
from nuages.db.models.expressions import DatabaseDefault
from nuages.db.models.writing import expressions
from nuages.db.models.writing.binding import Expressions, binder, collector, reads_plainly

__all__ = ["InsertPlan", "Returned", "UpdatePlan", "insert_one", "insert_plan", "update_plan", "update_row"]


class Returned:
    """Columns a statement hands back, and how their values become Python values."""

    __slots__ = ("converters", "fields", "sql")

    def __init__(self, fields: Sequence[Any], connection: Any) -> None:
        self.fields = tuple(fields)
        self.sql = connection.ops.returning_columns(self.fields)[0] if fields else ""
        self.converters: list[tuple[str, Any, list[Any]]] = []
        for field in self.fields:
            column = field.get_col(field.model._meta.db_table)
            convert = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
            self.converters.append((field.attname, column, convert))

    def gives_only(self, field: Any) -> bool:
        """Whether all that comes back is this field's value, as it is."""
        return (
            self.fields == (field,)
            and not self.converters[0][2]
            and reads_plainly(field.model, field.attname)
        )

    def apply_all(self, instances: Sequence[Any], rows: Sequence[Sequence[Any]], connection: Any) -> None:
        """Put the values of many rows on their instances."""
        if len(self.fields) == 1 and self.gives_only(self.fields[0]):
            # A counted key, as a rule.
            name = self.fields[0].attname
            for instance, (value,) in zip(instances, rows):
                instance.__dict__[name] = value
            return
        for instance, row in zip(instances, rows):
            self.apply(instance, row, connection)

    def apply(self, instance: Any, row: Sequence[Any], connection: Any) -> None:
        """Put the values of one row on its instance."""
        for (attname, column, converters), value in zip(self.converters, row):
            for convert in converters:
                value = convert(value, column, connection)
            setattr(instance, attname, value)


class InsertPlan:
    """An INSERT of these fields, and what it gives back."""

    def __init__(
        self, model: Any, fields: Sequence[Any], returning: Sequence[Any], raw: bool, connection: Any
    ) -> None:
        options = model._meta
        quote = connection.ops.quote_name
        self.model = model
        self.fields = tuple(fields)
        self.returning = (
            Returned(returning, connection) if connection.features.can_return_columns_from_insert else None
        )
        self.collect = collector(model, self.fields, raw, add=True)
        self.bind = binder(self.fields, connection)
        #: Fields that write their own placeholder need the value for it.
        self.written_by_fields = any(hasattr(field, "get_placeholder_sql") for field in self.fields)
        columns = ", ".join(quote(field.column) for field in self.fields)
        self.head = f"{connection.ops.insert_statement()} {quote(options.db_table)} ({columns or quote(options.pk.column)})"
        self.tail = f" {self.returning.sql}" if self.returning is not None and self.returning.sql else ""
        empty = connection.ops.pk_default_value()
        places = ", ".join("%s" for _field in self.fields) or empty
        self.statement = Statement(f"{self.head} VALUES ({places}){self.tail}", fills_columns=True)
        #: Some field may be left to the database's default.
        self.may_leave_defaults = any(field.has_db_default() for field in self.fields)
        counted = options.auto_field
        self.counted_name: str | None = None
        if self.returning is not None and self.returning.gives_only(counted):
            self.counted_name = counted.attname
            self.without_key = Statement(f"{self.head} VALUES ({places})")

    def run(self, instance: Any, values: Sequence[Any], connection: Any) -> None:
        """Insert one row, and bring the instance up to date; raises Expressions where a value is one."""
        if self.written_by_fields:
            self.run_written(instance, values, connection)
            return
        params = self.bind(values, connection)
        if self.counted_name is None:
            self._run(instance, self.statement, params, connection)
        else:
            self.model._meta.write_count += 1
            instance.__dict__[self.counted_name] = connection.insert(self.statement, self.without_key, params)

    def run_written(self, instance: Any, values: Sequence[Any], connection: Any) -> None:
        """Insert one row by a statement written for these very values."""
        writer = expressions.InsertWriter(self.model, connection)
        places, params = writer.row(self.fields, values)
        sql = ", ".join(places) or connection.ops.pk_default_value()
        self._run(instance, Statement(f"{self.head} VALUES ({sql}){self.tail}"), params, connection)

    def _run(self, instance: Any, statement: Statement, params: Sequence[Any], connection: Any) -> None:
        self.model._meta.write_count += 1
        returned = self.returning
        if returned is not None:
            row = (
                connection.fetch_one(statement, params) if returned.sql else connection.run(statement, params)
            )
            if returned.sql and row is not None:
                returned.apply(instance, row, connection)
            return
        self._run_and_ask(instance, statement, params, connection)

    def _run_and_ask(self, instance: Any, statement: Statement, params: Any, connection: Any) -> None:
        """Without RETURNING only the key counted up is known."""
        options = self.model._meta
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, params)
            key = options.auto_field
            if key is not None and key not in self.fields:
                number = connection.ops.last_insert_id(cursor, options.db_table, key.column)
                setattr(instance, key.attname, number)


class UpdatePlan:
    """An UPDATE of these fields of one row, found by its key."""

    def __init__(self, model: Any, fields: tuple[Any, ...], raw: bool, connection: Any) -> None:
        self.model = model
        self.fields = fields
        self.collect = collector(model, self.fields, raw, add=False)
        self.bind = binder(self.fields, connection)
        self.written_by_fields = any(hasattr(field, "get_placeholder_sql") for field in self.fields)
        self.quote = connection.ops.quote_name
        self.keys = tuple(model._meta.pk_fields)
        self.bind_key = binder(self.keys, connection)
        self.table = self.quote(model._meta.db_table)
        self.where = " AND ".join(f"{self.table}.{self.quote(field.column)} = %s" for field in self.keys)
        sets = ", ".join(f"{self.quote(field.column)} = %s" for field in self.fields)
        # Columns computed from these change with them.
        self.computed = [
            field
            for field in model._meta.local_concrete_fields
            if field.generated and not field.referenced_fields.isdisjoint(self.fields)
        ]
        self.returning = Returned(self.computed, connection)
        self.statement = Statement(f"UPDATE {self.table} SET {sets} WHERE {self.where}")
        self.returning_statement = (
            Statement(f"{self.statement.sql} {self.returning.sql}") if self.computed else self.statement
        )

    def run(self, instance: Any, key: Any, values: Sequence[Any], connection: Any) -> bool:
        """Update the row; says whether there was one."""
        self.model._meta.write_count += 1
        keys = self.bind_key(key if len(self.keys) > 1 else (key,), connection)
        returned = self.returning
        statement = self.returning_statement
        try:
            if self.written_by_fields:
                raise Expressions
            params: Sequence[Any] = (*self.bind(values, connection), *keys)
        except Expressions:
            statement, params, returned = self._written(values, keys, connection)
        if not returned.fields:
            return connection.run(statement, params) > 0
        if not connection.features.can_return_rows_from_update:
            found = connection.run(Statement(statement.sql.removesuffix(returned.sql)), params) > 0
            if found:
                # Read again when somebody asks.
                for field in returned.fields:
                    instance.__dict__.pop(field.attname, None)
            return found
        row = connection.fetch_one(statement, params)
        if row is not None:
            returned.apply(instance, row, connection)
        return row is not None

    def _written(
        self, values: Sequence[Any], keys: Sequence[Any], connection: Any
    ) -> tuple[Statement, list[Any], Returned]:
        writer = expressions.UpdateWriter(self.model, connection)
        places, params = writer.row(self.fields, values)
        sets = ", ".join(f"{self.quote(field.column)} = {place}" for field, place in zip(self.fields, places))
        # What the database computes is read back.
        changed = [field for field, value in zip(self.fields, values) if hasattr(value, "resolve_expression")]
        returned = Returned([*changed, *self.computed], connection)
        sql = f"UPDATE {self.table} SET {sets} WHERE {self.where}"
        return Statement(f"{sql} {returned.sql}".rstrip()), [*params, *keys], returned


#: A site that saves ever different field sets must not keep them all.
PLANS_LIMIT = 256


def _make_room(options: Any) -> None:
    if len(options.writing_plans) >= PLANS_LIMIT:
        options.writing_plans.clear()


def insert_plan(
    model: Any, with_key: bool, dropped: tuple[Any, ...], raw: bool, connection: Any
) -> InsertPlan:
    """The INSERT of a model's own table; without its counted key, or columns left to their defaults."""
    options = model._meta
    key = (connection.dialect, "insert", with_key, dropped, raw)
    plan = options.writing_plans.get(key)
    if plan is None:
        fields = [
            field
            for field in options.local_concrete_fields
            if not field.generated and (with_key or field is not options.auto_field) and field not in dropped
        ]
        # The key even where it is told: it may come back as another type than it was given.
        returning = list(options.db_returning_fields)
        returning += [field for field in dropped if field not in returning]
        _make_room(options)
        plan = options.writing_plans[key] = InsertPlan(model, fields, returning, raw, connection)
    return plan


def update_plan(model: Any, fields: tuple[Any, ...], raw: bool, connection: Any) -> UpdatePlan:
    """The UPDATE of these fields."""
    options = model._meta
    # By identity: the tuple of all fields is one object, and hashing its fields takes as long as the statement.
    key = (connection.dialect, "update", id(fields), raw)
    plan = options.writing_plans.get(key)
    if plan is None or plan.fields is not fields:
        plan = None
    if plan is None:
        _make_room(options)
        plan = options.writing_plans[key] = UpdatePlan(model, fields, raw, connection)
    return plan


def insert_one(instance: Any, model: Any, raw: bool, with_key: bool, connection: Any) -> None:
    """Insert the instance's row into the table of `model`, one of its own classes."""
    plan = insert_plan(model, with_key, (), raw, connection)
    values = plan.collect(instance)
    if plan.may_leave_defaults and _has_defaults(values):
        # Columns left to the database are not named, so that their defaults apply; their values come back.
        # A key stays: an INSERT has to name some column.
        left = tuple(
            field
            for field, value in zip(plan.fields, values)
            if type(value) is DatabaseDefault and field not in model._meta.pk_fields
        )
        kept = tuple(value for field, value in zip(plan.fields, values) if field not in left)
        plan = insert_plan(model, with_key, left, raw, connection)
        values = kept
    try:
        plan.run(instance, values, connection)
    except Expressions:
        computed = [
            field for field, value in zip(plan.fields, values) if hasattr(value, "resolve_expression")
        ]
        # Computed by the statement: written for this once, reading the results back.
        returned = [*(plan.returning.fields if plan.returning else ()), *computed]
        plan = InsertPlan(model, plan.fields, list(dict.fromkeys(returned)), raw, connection)
        plan.run_written(instance, values, connection)


def _has_defaults(values: Sequence[Any]) -> bool:
    return any(type(value) is DatabaseDefault for value in values)


def update_row(
    instance: Any, model: Any, fields: tuple[Any, ...], key: Any, raw: bool, connection: Any
) -> bool:
    """Update these fields of the instance's row; says whether there was one."""
    plan = update_plan(model, fields, raw, connection)
    return plan.run(instance, key, plan.collect(instance), connection)
