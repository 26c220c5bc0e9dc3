"""Changing the schema of SQLite, which can rename and add, but not alter.

What ALTER TABLE cannot do is done by building the table anew: the new one is made under another name, rows are
copied, the old one is dropped and the new one takes its name. Nothing is lost on the way: triggers and indexes that
somebody added by hand come back, and numbering goes on where it was.
"""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from nuages.db.backends.base.schema import BaseDatabaseSchemaEditor
from nuages.db.backends.base.schema.columns import Column, describe
from nuages.db.backends.ddl_references import Statement
from nuages.db.backends.sqlite3 import ddl
from nuages.db.backends.sqlite3.rebuilding import changed_model
from nuages.db.backends.utils import strip_quotes
from nuages.db.exceptions import NotSupportedError


class DatabaseSchemaEditor(BaseDatabaseSchemaEditor):
    sql_delete_table: str = "DROP TABLE %(table)s"
    sql_create_fk: str | None = None
    sql_create_inline_fk: str | None = (
        "REFERENCES %(to_table)s (%(to_column)s)%(on_delete_db)s DEFERRABLE INITIALLY DEFERRED"
    )
    sql_create_unique: str = "CREATE UNIQUE INDEX %(name)s ON %(table)s (%(columns)s)"
    sql_delete_column: str = "ALTER TABLE %(table)s DROP COLUMN %(column)s"

    @property
    def sql_delete_unique(self) -> str:
        return self.sql_delete_index

    # Life

    def __enter__(self) -> Self:
        # Dropping a table whose rows are pointed to would fail, or delete what points to them.
        if not self.connection.disable_constraint_checking():
            raise NotSupportedError(
                "SQLite schema editor cannot be used while foreign key constraint checks are enabled. Make sure "
                "to disable them before entering a transaction.atomic() context because SQLite does not support "
                "disabling them in the middle of a multi-statement transaction."
            )
        return super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.connection.check_constraints()
        super().__exit__(kind, error, traceback)
        self.connection.enable_constraint_checking()

    def quote_value(self, value: Any) -> str:
        if isinstance(value, str):
            return "'" + value.replace("'", "''") + "'"
        if isinstance(value, (bool, int)):
            return str(int(value))
        if isinstance(value, (decimal.Decimal, float)):
            return str(value)
        if value is None:
            return "NULL"
        if isinstance(value, (bytes, bytearray, memoryview)):
            return f"X'{bytes(value).hex()}'"
        if isinstance(value, (datetime.date, datetime.time)):
            return f"'{value}'"
        raise ValueError(f"Cannot quote parameter value {value!r} of type {type(value)}")

    def prepare_default(self, value: Any) -> str:
        return self.quote_value(value)

    # Fields

    def add_field(self, model: Any, field: Any) -> None:
        if field.many_to_many and field.remote_field.through._meta.auto_created:
            self.create_model(field.remote_field.through)
        elif self._can_be_added(model, field):
            super().add_field(model, field)
        else:
            self._rebuild(model, added=[field])

    def _can_be_added(self, model: Any, field: Any) -> bool:
        """ALTER TABLE ADD COLUMN wants a column that old rows can have without being looked at."""
        if getattr(field, "generated", False):
            return not field.db_persist and not field.unique
        if field.primary_key or field.unique:
            return False
        if field.has_db_default():
            return self._is_constant_default(field)
        return field.null and self.effective_default(field) is None

    def _is_constant_default(self, field: Any) -> bool:
        from nuages.db.models.expressions import Value

        expression = field._db_default_expression
        points_elsewhere = field.remote_field is not None  # a new reference may only default to NULL
        return isinstance(expression, Value) and not points_elsewhere

    def _foreign_key_of_new_column(self, model: Any, field: Any, parts: list[str]) -> Any:
        parts.append(self._inline_foreign_key(model, field))

    def remove_field(self, model: Any, field: Any) -> None:
        if field.many_to_many:
            if field.remote_field.through._meta.auto_created:
                self.delete_model(field.remote_field.through)
        elif self._can_be_dropped(model, field):
            self._drop_column(model, field)
        elif field.db_parameters(connection=self.connection)["type"] is not None:
            self._rebuild(model, removed=[field])

    def _can_be_dropped(self, model: Any, field: Any) -> bool:
        """DROP COLUMN wants one that nothing else in the table speaks of."""
        column, options = describe(self, model, field), model._meta
        plain = not (column.primary or column.unique or column.check or column.target or field.db_index)
        if not plain or column.type is None or not self.connection.features.can_alter_table_drop_column:
            return False
        if options.constraints or any(field.name in names for names in options.unique_together):
            return False
        # Hand-made indexes, triggers and generated columns: the text of the schema knows them all.
        spoken_of = f"%%{field.column.replace('_', '!_')}%%"
        found = self._ask(
            "SELECT 1 FROM sqlite_master WHERE tbl_name = %s COLLATE NOCASE AND type != 'table'"
            " AND sql LIKE %s ESCAPE '!' LIMIT 1",
            [strip_quotes(options.db_table), spoken_of.replace("%%", "%")],
        )
        return not found and not any(getattr(other, "generated", False) for other in options.local_fields)

    def _drop_column(self, model: Any, field: Any) -> None:
        table = model._meta.db_table
        parts = {"table": self.quote_name(table), "column": self.quote_name(field.column)}
        self.execute(self.sql_delete_column % parts, None)
        self._forget_deferred(lambda statement: statement.references_column(table, field.column))

    def _alter_field(
        self, model: Any, old_field: Any, new_field: Any, old_type: str, new_type: str, strict: bool = False
    ) -> None:
        old, new = describe(self, model, old_field), describe(self, model, new_field)
        if old.target != new.target and self._points_there_already(model, old_field.column, new):
            old = replace(old, target=new.target)
        if _but_for_name(old) != _but_for_name(new):
            self._rebuild(model, altered=[(old_field, new_field)])
        elif old.name != new.name:
            self._rename_column(model._meta.db_table, old_field, new_field)
        if new.unique and (old.type, old.collation) != (new.type, new.collation):
            done = {_label(model)}
            self._let_others_follow(new_field, done)

    def _points_there_already(self, model: Any, column: str, wanted: Column) -> bool:
        """Say whether a foreign key has followed its table to another name by itself."""
        with self.connection.cursor() as cursor:
            relations = self.connection.introspection.get_relations(
                cursor, strip_quotes(model._meta.db_table)
            )
        found = relations.get(column)
        if found is None or wanted.target is None:
            return False
        action = getattr(found[2], "__name__", "")
        same_action = wanted.target.on_delete.removeprefix(" ON DELETE ").replace(" ", "_") in {
            action.removeprefix("DB_"),
            "" if action == "DO_NOTHING" else None,
        }
        return same_action and found[:2] == (wanted.target.column, wanted.target.table)

    def _let_others_follow(self, field: Any, done: set[str]) -> None:
        """Rebuild the tables that point to a column whose type has changed, and those that point to these."""
        for relation in field.model._meta.get_fields(include_hidden=True):
            if (
                not relation.auto_created
                or relation.concrete
                or relation.many_to_many
                or not relation.is_relation
            ):
                continue
            other = relation.related_model
            if (
                field not in relation.field.foreign_related_fields
                or other._meta.proxy
                or not other._meta.managed
            ):
                continue
            if _label(other) not in done:
                done.add(_label(other))
                self._rebuild(other)
            if relation.field.unique:
                self._let_others_follow(relation.field, done)

    def _alter_many_to_many(self, model: Any, old_field: Any, new_field: Any, strict: bool) -> None:
        old, new = old_field.remote_field.through, new_field.remote_field.through
        pairs = [
            (old._meta.get_field(getattr(old_field, name)()), new._meta.get_field(getattr(new_field, name)()))
            for name in ("m2m_reverse_field_name", "m2m_field_name")
        ]
        if old._meta.db_table != new._meta.db_table:
            self.alter_db_table(old, old._meta.db_table, new._meta.db_table)
        moved = [(before, after) for before, after in pairs if self._field_should_be_altered(before, after)]
        if moved:
            # The old model, with the table that it has by now.
            name, old._meta.db_table = old._meta.db_table, new._meta.db_table
            try:
                self._rebuild(old, altered=moved)
            finally:
                old._meta.db_table = name

    # Constraints

    def add_constraint(self, model: Any, constraint: Any) -> None:
        if self._is_index(constraint):
            super().add_constraint(model, constraint)
        else:
            self._rebuild(model)

    def remove_constraint(self, model: Any, constraint: Any) -> None:
        if self._is_index(constraint):
            super().remove_constraint(model, constraint)
        else:
            self._rebuild(model)

    def _is_index(self, constraint: Any) -> bool:
        """Unique constraints with conditions and the like are indexes, which come and go by themselves."""
        from nuages.db.models import UniqueConstraint

        return isinstance(constraint, UniqueConstraint) and bool(
            constraint.condition
            or constraint.contains_expressions
            or constraint.include
            or constraint.deferrable
        )

    # Building a table anew

    def _rebuild(
        self,
        model: Any,
        added: Sequence[Any] = (),
        removed: Sequence[Any] = (),
        altered: Sequence[tuple[Any, Any]] = (),
    ) -> None:
        """Build the table of `model` anew with other fields, and bring its rows over."""
        table = model._meta.db_table
        for old, new in altered:
            if old.column != new.column:
                # The database renames what speaks of the column, wherever that is.
                self._rename_column(table, old, new)
        there = self._columns_there(table)
        target = changed_model(model, added, removed, altered, there)
        extras = self._foreign_extras(model, removed, altered)
        known = {field.column for field in (*target._meta.local_fields, *model._meta.local_fields, *removed)}
        unknown = (
            {}
            if there is None
            else {name: text for name, text in self._definitions(table).items() if name not in known}
        )
        temporary = f"new__{strip_quotes(table)}"
        sequence = self._sequence(table)
        self._create_as(target, temporary, unknown)
        self._copy_rows(model, target, temporary, added, altered, unknown)
        self.execute(self.sql_delete_table % {"table": self.quote_name(table)}, None)
        self._take_name(temporary, table)
        if sequence is not None:
            name = strip_quotes(table)
            self.execute("UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s", (sequence, name))
        self._forget_deferred(lambda statement: statement.references_table(table))
        for statement in self._index_statements(target):
            self.execute(statement, None)
        gone = {field.column for field in removed}
        for columns, sql in extras:
            if not gone & columns:
                self.execute(sql, None)

    def _rename_column(self, table: str, old: Any, new: Any) -> None:
        self.execute(self._rename_field_sql(table, old, new, None), None)
        for statement in self.deferred_sql:
            if isinstance(statement, Statement):
                statement.rename_column_references(table, old.column, new.column)

    def _columns_there(self, table: str) -> set[str] | None:
        """Return the columns of a table; None where nobody can know them yet, or the table itself is not there."""
        if self.collect_sql:
            # Statements collected before this one may have changed them, and old migrations are collected as well.
            return None
        rows = self._ask("SELECT name FROM pragma_table_xinfo(%s)", [strip_quotes(table)])
        return {name for (name,) in rows} or None

    def _definitions(self, table: str) -> dict[str, str]:
        """Return the text of a table's columns, but for generated ones, which are the model's alone."""
        rows = self._ask(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s COLLATE NOCASE",
            [strip_quotes(table)],
        )
        plain = self._ask("SELECT name FROM pragma_table_info(%s)", [strip_quotes(table)])
        texts = ddl.column_texts(rows[0][0] if rows else "")
        return {name: texts[name] for (name,) in plain if name in texts}

    def _create_as(self, target: Any, name: str, unknown: dict[str, str]) -> None:
        """Create the table of `target` under another name, without what would wait for the end."""
        waiting, usual = self.deferred_sql, target._meta.db_table
        self.deferred_sql, target._meta.db_table = [], name
        self.more_columns = list(unknown.values())
        try:
            sql, params = self.table_sql(target)
        finally:
            self.deferred_sql, target._meta.db_table = waiting, usual
            self.more_columns = []
        self.execute(sql, params or None)

    def _copy_rows(
        self,
        model: Any,
        target: Any,
        name: str,
        added: Sequence[Any],
        altered: Sequence[tuple[Any, Any]],
        unknown: Iterable[str],
    ) -> None:
        columns: list[str] = []
        values: list[str] = []
        params: list[Any] = []
        for field, sql, more in self._sources(model, target, added, altered):
            columns.append(self.quote_name(field.column))
            values.append(sql)
            params += more
        columns += map(self.quote_name, unknown)
        values += map(self.quote_name, unknown)
        parts = {
            "into": self.quote_name(name),
            "table": self.quote_name(target._meta.db_table),
            "columns": ", ".join(columns),
            "values": ", ".join(values),
        }
        self.execute(
            "INSERT INTO {into} ({columns}) SELECT {values} FROM {table}".format(**parts), params or None
        )

    def _sources(
        self, model: Any, target: Any, added: Sequence[Any], altered: Sequence[tuple[Any, Any]]
    ) -> Iterator[tuple[Any, str, list[Any]]]:
        """Yield the fields of the new table with the SQL that takes their values from the old one."""
        fresh = {field.name for field in added}
        before = {new.name: old for old, new in altered}
        known = {field.name for field in model._meta.local_concrete_fields} | before.keys()
        for field in target._meta.local_concrete_fields:
            column = describe(self, target, field)
            if column.generated is not None or column.type is None:
                continue
            if field.name not in fresh:
                if field.name not in known:
                    continue  # a key made for a model that has none: numbered by the database
                old = before.get(field.name)
                filled = old is not None and old.null and not field.null
                yield (field, *self._filled(field)) if filled else (field, self.quote_name(field.column), [])
            elif column.db_default is not None:
                sql, params = column.db_default
                yield field, sql, list(params)
            elif not (column.primary and column.auto):  # those are numbered by the database
                yield field, self.quote_value(self.effective_default(field)), []

    def _filled(self, field: Any) -> tuple[str, list[Any]]:
        """Return the SQL of a column with its NULLs replaced."""
        if field.has_db_default():
            sql, params = self.db_default_sql(field)
        else:
            sql, params = self.quote_value(self.effective_default(field)), []
        return f"coalesce({self.quote_name(field.column)}, {sql})", list(params)

    def _take_name(self, temporary: str, table: str) -> None:
        """Rename the new table; views that speak of the old one must not get in the way."""
        renaming = self.sql_rename_table % {
            "old_table": self.quote_name(temporary),
            "new_table": self.quote_name(table),
        }
        spoken_of = bool(self._ask("SELECT 1 FROM sqlite_master WHERE type IN ('view', 'trigger') LIMIT 1"))
        if spoken_of:
            self.execute("PRAGMA legacy_alter_table = ON", None)
        self.execute(renaming, None)
        if spoken_of:
            self.execute("PRAGMA legacy_alter_table = OFF", None)

    def _ask(self, sql: str, params: Sequence[Any] = ()) -> list[Any]:
        with self.connection.cursor() as cursor:
            return cursor.execute(sql, params).fetchall()

    def _sequence(self, table: str) -> int | None:
        """Return how far the numbering of rows has come, which may be beyond the last row."""
        if self.collect_sql or not self._ask("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"):
            return None
        found = self._ask("SELECT seq FROM sqlite_sequence WHERE name = %s", [strip_quotes(table)])
        return found[0][0] if found else None

    def _index_statements(self, target: Any) -> list[Any]:
        """Return the statements that make all indexes of a model."""
        waiting, self.deferred_sql = self.deferred_sql, []
        try:
            self.table_sql(target)  # for what it leaves for later: unique constraints that are indexes
            return [*self.deferred_sql, *self._model_indexes_sql(target)]
        finally:
            self.deferred_sql = waiting

    def _foreign_extras(
        self, model: Any, removed: Sequence[Any], altered: Sequence[tuple[Any, Any]]
    ) -> list[tuple[set[str], str]]:
        """Return columns and SQL of indexes and triggers on a table that are not the model's own."""
        table = strip_quotes(model._meta.db_table)
        # The model still has the old names; the table by now the new ones.
        columns_now = {old.column: new.column for old, new in altered}
        own_names, own_shapes = set(), set()
        for statement in self._index_statements(model):
            own_names.add(strip_quotes(str(statement.parts["name"])))
            if not statement.parts.get("condition"):
                listed = (columns_now.get(name, name) for name in statement.parts["columns"].columns)
                own_shapes.add(("UNIQUE" in statement.template, tuple(listed)))
        # The model may not have these fields; what was made for them is still nobody else's.
        for field, now in [*altered, *((field, field) for field in removed)]:
            column = describe(self, model, field)
            if column.indexed or column.unique:
                own_shapes.add((column.unique, (now.column,)))
        own_names |= {constraint.name for constraint in model._meta.constraints}
        extras: list[tuple[set[str], str]] = []
        for name, unique, origin, partial in self._ask(
            'SELECT name, "unique", origin, partial FROM pragma_index_list(%s) ORDER BY seq', [table]
        ):
            columns = [
                row[0] for row in self._ask("SELECT name FROM pragma_index_info(%s) ORDER BY seqno", [name])
            ]
            same_shape = not partial and (bool(unique), tuple(columns)) in own_shapes
            if origin == "c" and name not in own_names and not same_shape:
                (sql,) = self._ask(
                    "SELECT sql FROM sqlite_master WHERE type = 'index' AND name = %s", [name]
                )[0]
                extras.append(({*filter(None, columns)}, sql))
        triggers = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s COLLATE NOCASE"
        extras += [(set(), sql) for (sql,) in self._ask(triggers, [table])]
        return extras


def _but_for_name(column: Column) -> Column:
    """Return a column's facts without its name, which stands in its check as well."""
    check = column.check.replace(f'"{column.name}"', "") if column.check else None
    return replace(column, name="", check=check)


def _label(model: Any) -> str:
    return model._meta.label_lower
