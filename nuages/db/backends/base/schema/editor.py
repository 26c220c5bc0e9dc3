"""`BaseDatabaseSchemaEditor`: the operations on tables and columns."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Self

from nuages.db.backends.base.schema import alteration, columns
from nuages.db.backends.base.schema.alteration import Alteration, Sql, Step
from nuages.db.backends.base.schema.columns import Column
from nuages.db.backends.base.schema.keys import Keys
from nuages.db.backends.ddl_references import Statement
from nuages.db.transaction import TransactionManagementError, atomic

logger = logging.getLogger("django.db.backends.schema")


class BaseDatabaseSchemaEditor(Keys):
    """Changes the schema: use it as a context manager, `with connection.schema_editor() as editor:`.

    Statements that need other tables to be there (foreign keys, indexes) wait in `deferred_sql` until the end.
    With `collect_sql` nothing is run: `collected_sql` has what would be.
    """

    sql_create_table: str = "CREATE TABLE %(table)s (%(definition)s)"
    sql_delete_table: str = "DROP TABLE %(table)s CASCADE"
    sql_rename_table: str = "ALTER TABLE %(old_table)s RENAME TO %(new_table)s"
    sql_retablespace_table: str = "ALTER TABLE %(table)s SET TABLESPACE %(new_tablespace)s"
    sql_create_column: str = "ALTER TABLE %(table)s ADD COLUMN %(column)s %(definition)s"
    sql_delete_column: str = "ALTER TABLE %(table)s DROP COLUMN %(column)s"
    sql_rename_column: str = "ALTER TABLE %(table)s RENAME COLUMN %(old_column)s TO %(new_column)s"
    sql_alter_column: str = "ALTER TABLE %(table)s %(changes)s"
    sql_alter_column_type: str = "ALTER COLUMN %(column)s TYPE %(type)s%(collation)s"
    sql_alter_column_null: str = "ALTER COLUMN %(column)s DROP NOT NULL"
    sql_alter_column_not_null: str = "ALTER COLUMN %(column)s SET NOT NULL"
    sql_alter_column_default: str = "ALTER COLUMN %(column)s SET DEFAULT %(default)s"
    sql_alter_column_no_default: str = "ALTER COLUMN %(column)s DROP DEFAULT"
    sql_update_with_default: str = "UPDATE %(table)s SET %(column)s = %(default)s WHERE %(column)s IS NULL"
    sql_alter_table_comment: str = "COMMENT ON TABLE %(table)s IS %(comment)s"
    sql_alter_column_comment: str = "COMMENT ON COLUMN %(table)s.%(column)s IS %(comment)s"
    sql_delete_procedure: str = "DROP PROCEDURE %(procedure)s"

    #: How the name of a foreign key ends.
    fk_suffix = "_fk_%(to_table)s_%(to_column)s"
    #: The steps that turn one column into another.
    steps: tuple[Step, ...] = alteration.STEPS
    #: How the names of indexes end that the database keeps beside a column's own.
    companion_suffixes: tuple[str, ...] = ()

    def __init__(self, connection: Any, collect_sql: bool = False, atomic: bool = True) -> None:
        self.connection = connection
        self.collect_sql = collect_sql
        self.collected_sql: list[str] = []
        self.atomic_migration = connection.features.can_rollback_ddl and atomic
        self.deferred_sql: list[Any] = []
        #: What the database still calls the tables that collected SQL renames.
        self.former_names: dict[str, str] = {}
        #: Definitions of columns that the model does not know, for `table_sql`.
        self.more_columns: list[str] = []

    # Life

    def __enter__(self) -> Self:
        self.deferred_sql = []
        if self.atomic_migration:
            self.atomic = atomic(self.connection.alias)
            self.atomic.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                for statement in self.deferred_sql:
                    self.execute(statement, None)
        except BaseException as failure:
            kind, error, traceback = type(failure), failure, failure.__traceback__
            raise
        finally:
            if self.atomic_migration:
                self.atomic.__exit__(kind, error, traceback)

    def execute(self, sql: Any, params: Any = ()) -> None:
        """Run a statement, or keep it where SQL is collected."""
        committed = self.connection.in_atomic_block and not self.connection.features.can_rollback_ddl
        if committed and not self.collect_sql:
            raise TransactionManagementError(
                "Executing DDL statements while in a transaction on databases "
                "that can't perform a rollback is prohibited."
            )
        text = str(sql)
        logger.debug("%s; (params %r)", text, params, extra={"params": params, "sql": text})
        if self.collect_sql:
            filled = text if params is None else text % tuple(map(self.quote_value, params))
            filled = filled.rstrip()
            self.collected_sql.append(filled if filled.endswith(";") else filled + ";")
            return
        with self.connection.cursor() as cursor:
            cursor.execute(text, params)

    def quote_name(self, name: str) -> str:
        """Put a name in quotes."""
        return self.connection.ops.quote_name(name)

    def quote_value(self, value: Any) -> str:
        """Write a value into SQL that cannot have parameters. Not safe against values from outside."""
        raise NotImplementedError

    def _run_all(self, statements: Iterator[Sql]) -> None:
        for sql, params in statements:
            if sql is not None:
                self.execute(sql, params or None)

    # Columns

    def effective_default(self, field: Any) -> Any:
        """Return the value that existing rows get in the column of a new field, as the database wants it."""
        return field.get_db_prep_save(self._effective_default(field), self.connection)

    _effective_default = staticmethod(columns.effective_default)

    def prepare_default(self, value: Any) -> str:
        """Write a default into SQL, where the database takes no parameter there."""
        raise NotImplementedError(
            "subclasses of BaseDatabaseSchemaEditor for backends which have "
            "requires_literal_defaults must provide a prepare_default() method"
        )

    def _column_default_sql(self, field: Any) -> str:
        return "%s"

    def db_default_sql(self, field: Any, model: Any = None) -> tuple[str, Any]:
        """Return the DEFAULT that the database keeps for a field, and its parameters."""
        from nuages.db.models.expressions import Value
        from nuages.db.models.sql import Query

        expression = field._db_default_expression
        if type(expression) is Value:
            sql, params = "%s", [field.get_db_prep_save(expression.value, self.connection)]
        else:
            query = Query(model=field.model if model is None else model)
            compiler = query.get_compiler(connection=self.connection)
            sql, params = compiler.compile(expression.resolve_expression(query))
            sql = f"({sql})"
        if self._writes_values:
            return sql % tuple(map(self.prepare_default, params)), []
        return sql, list(params)

    @property
    def _writes_values(self) -> bool:
        """Whether values are written into DDL, rather than sent as parameters."""
        features = self.connection.features
        return features.requires_literal_defaults or features.schema_editor_uses_clientside_param_binding

    def column_sql(self, model: Any, field: Any, include_default: bool = False) -> tuple[str | None, Any]:
        """Return a column's definition and its parameters; `(None, None)` for a field without column."""
        column = columns.describe(self, model, field)
        if column.type is None:
            return None, None
        params: list[Any] = []
        words = " ".join(self._definition(model, field, column, params, include_default))
        return words, params

    def _definition(
        self, model: Any, field: Any, column: Column, params: list[Any], include_default: bool
    ) -> Iterator[str]:
        """Yield the words of a column's definition; values go to `params`."""
        yield column.type or ""
        if column.collation:
            yield self._collate_sql(column.collation)
        if column.comment and self.connection.features.supports_comments_inline:
            yield self._comment_sql(column.comment)
        if column.db_default is not None:
            sql, values = column.db_default
            params.extend(values)
            yield f"DEFAULT {sql}"
        elif include_default:
            yield from self._temporary_default(field, params)
        if column.generated is not None:
            sql, values, persist = column.generated
            if values or "%%" in sql:  # no database takes parameters here
                sql %= tuple(map(self.quote_value, values))
            stored = "STORED" if persist else "VIRTUAL"
            yield f"GENERATED ALWAYS AS ({sql}) {stored}"
        else:
            yield "NULL" if column.null else "NOT NULL"
        if column.primary:
            yield "PRIMARY KEY"
        elif column.unique:
            yield "UNIQUE"
        tablespace = field.db_tablespace or model._meta.db_tablespace
        if tablespace and column.unique and self.connection.features.supports_tablespaces:
            yield self.connection.ops.tablespace_sql(tablespace, inline=True)

    def _temporary_default(self, field: Any, params: list[Any]) -> Iterator[str]:
        value = self.effective_default(field)
        if value is None:
            return
        if self._writes_values:
            yield f"DEFAULT {self.prepare_default(value)}"
        else:
            params.append(value)
            yield f"DEFAULT {self._column_default_sql(field)}"

    def _collate_sql(
        self, collation: str, old_collation: str | None = None, table_name: str | None = None
    ) -> str:
        return f"COLLATE {self.quote_name(collation)}"

    def _comment_sql(self, comment: str | None) -> str:
        return self.quote_value(comment or "")

    # Tables

    def table_sql(self, model: Any) -> tuple[str, Any]:
        """Return CREATE TABLE and its parameters; what has to wait goes to `deferred_sql`."""
        options = model._meta
        definitions: list[str] = []
        params: list[Any] = []
        for field in options.local_fields:
            words, values = self.column_sql(model, field)
            if words is None:
                continue
            params.extend(values)
            column = columns.describe(self, model, field)
            parts = [self.quote_name(field.column), words.strip()]
            if column.check:
                parts.append(f"CHECK ({column.check})")
            if column.type_suffix:
                parts.append(column.type_suffix)
            if column.target is not None:
                if self.sql_create_inline_fk:
                    parts.append(self._inline_foreign_key(model, field))
                else:
                    self.deferred_sql.append(self._create_fk_sql(model, field, self.fk_suffix))
            definitions.append(" ".join(filter(None, parts)))
            self._prepare_auto(model, field)
        definitions += self.more_columns
        for names in options.unique_together:
            self._defer_unique_together(model, names)
        key = options.pk
        if getattr(key, "fields", None) and key.column is None:
            listed = ", ".join(self.quote_name(field.column) for field in key.fields)
            definitions.append(f"PRIMARY KEY ({listed})")
        written = (constraint.constraint_sql(model, self) for constraint in options.constraints)
        definitions += [sql for sql in written if sql]
        sql = self.sql_create_table % {
            "table": self.quote_name(options.db_table),
            "definition": ", ".join(definitions),
        }
        if options.db_tablespace and self.connection.features.supports_tablespaces:
            sql = f"{sql} {self.connection.ops.tablespace_sql(options.db_tablespace)}"
        return sql, params

    def _inline_foreign_key(self, model: Any, field: Any) -> str:
        target = field.target_field
        return (self.sql_create_inline_fk or "") % {
            "to_table": self.quote_name(target.model._meta.db_table),
            "to_column": self.quote_name(target.column),
            "on_delete_db": columns.on_delete_sql(self, field),
        }

    def _prepare_auto(self, model: Any, field: Any) -> None:
        if field.get_internal_type() in columns.AUTO_TYPES:
            self.deferred_sql.extend(
                self.connection.ops.autoinc_sql(model._meta.db_table, field.column) or ()
            )

    def _defer_unique_together(self, model: Any, names: Sequence[str]) -> None:
        fields = [model._meta.get_field(name) for name in names]
        self.deferred_sql.append(self._create_unique_sql(model, fields))

    def create_model(self, model: Any) -> None:
        """Create the table of a model, those of its many-to-many fields, indexes and constraints."""
        sql, params = self.table_sql(model)
        self.execute(sql, params or None)
        if self.connection.features.supports_comments:
            self._comment_table(model)
        self.deferred_sql.extend(self._model_indexes_sql(model))
        for through in self._own_throughs(model):
            self.create_model(through)

    def _own_throughs(self, model: Any) -> list[Any]:
        throughs = (field.remote_field.through for field in model._meta.local_many_to_many)
        return [through for through in throughs if through._meta.auto_created]

    def _comment_table(self, model: Any) -> None:
        options = model._meta
        if options.db_table_comment:
            self.alter_db_table_comment(model, None, options.db_table_comment)
        if not self.connection.features.supports_comments_inline:
            for field in options.local_fields:
                if field.db_comment:
                    self._run_all(self._comment_column(model, field, columns.describe(self, model, field)))

    def delete_model(self, model: Any) -> None:
        """Drop the table of a model and those of its many-to-many fields."""
        for through in self._own_throughs(model):
            self.delete_model(through)
        table = model._meta.db_table
        self.execute(self.sql_delete_table % {"table": self.quote_name(table)}, None)
        self._forget_deferred(lambda statement: statement.references_table(table))

    def _forget_deferred(self, concerns: Any) -> None:
        """Drop waiting statements about something that is gone."""
        self.deferred_sql[:] = [
            statement
            for statement in self.deferred_sql
            if not (isinstance(statement, Statement) and concerns(statement))
        ]

    def _forget_deferred_unique(self, model: Any, field: Any) -> None:
        waiting = str(self._create_unique_sql(model, [field]))
        self.deferred_sql[:] = [statement for statement in self.deferred_sql if str(statement) != waiting]

    def alter_db_table(self, model: Any, old_db_table: str, new_db_table: str) -> None:
        """Rename a table."""
        same = old_db_table == new_db_table
        if same or (
            self.connection.features.ignores_table_name_case and old_db_table.lower() == new_db_table.lower()
        ):
            return
        names = {"old_table": self.quote_name(old_db_table), "new_table": self.quote_name(new_db_table)}
        self.execute(self.sql_rename_table % names, None)
        if self.collect_sql:
            self.former_names[new_db_table] = self.former_names.pop(old_db_table, old_db_table)
        for statement in self.deferred_sql:
            if isinstance(statement, Statement):
                statement.rename_table_references(old_db_table, new_db_table)

    def alter_db_table_comment(
        self, model: Any, old_db_table_comment: str | None, new_db_table_comment: str | None
    ) -> None:
        """Change a table's comment."""
        if self.sql_alter_table_comment and self.connection.features.supports_comments:
            parts = {
                "table": self.quote_name(model._meta.db_table),
                "comment": self.quote_value(new_db_table_comment or ""),
            }
            self.execute(self.sql_alter_table_comment % parts, None)

    def alter_db_tablespace(self, model: Any, old_db_tablespace: str, new_db_tablespace: str) -> None:
        """Move a table to another tablespace."""
        parts = {
            "table": self.quote_name(model._meta.db_table),
            "old_tablespace": self.quote_name(old_db_tablespace),
            "new_tablespace": self.quote_name(new_db_tablespace),
        }
        self.execute(self.sql_retablespace_table % parts, None)

    # Indexes and constraints of Meta

    def add_index(self, model: Any, index: Any) -> None:
        """Create an index."""
        if index.contains_expressions and not self.connection.features.supports_expression_indexes:
            return
        # A list of parameters would make percent signs in the index's own SQL special.
        self.execute(index.create_sql(model, self), params=None)

    def remove_index(self, model: Any, index: Any) -> None:
        """Drop an index."""
        if index.contains_expressions and not self.connection.features.supports_expression_indexes:
            return
        self.execute(index.remove_sql(model, self), None)

    def rename_index(self, model: Any, old_index: Any, new_index: Any) -> None:
        """Give an index another name."""
        if self.connection.features.can_rename_index:
            self.execute(self._rename_index_sql(model, old_index.name, new_index.name), params=None)
        else:
            self.remove_index(model, old_index)
            self.add_index(model, new_index)

    def add_constraint(self, model: Any, constraint: Any) -> None:
        """Add a constraint."""
        self._execute_if_any(constraint.create_sql(model, self))

    def remove_constraint(self, model: Any, constraint: Any) -> None:
        """Drop a constraint."""
        self._execute_if_any(constraint.remove_sql(model, self))

    def _execute_if_any(self, sql: Any) -> None:
        """Run what a constraint says; one that this database does not support says nothing."""
        if sql:
            self.execute(sql, params=None)

    def alter_unique_together(self, model: Any, old_unique_together: Any, new_unique_together: Any) -> None:
        """Change which sets of fields are unique."""
        old, new = _sets(old_unique_together), _sets(new_unique_together)
        for names in sorted(old - new):
            self._delete_composed(
                model, names, {"unique": True, "primary_key": False}, self.sql_delete_unique
            )
        for names in sorted(new - old):
            self.execute(
                self._create_unique_sql(model, [model._meta.get_field(name) for name in names]), None
            )

    def alter_index_together(self, model: Any, old_index_together: Any, new_index_together: Any) -> None:
        """Change which sets of fields have an index."""
        old, new = _sets(old_index_together), _sets(new_index_together)
        for names in sorted(old - new):
            self._delete_composed(model, names, {"index": True, "unique": False}, self.sql_delete_index)
        for names in sorted(new - old):
            fields = [model._meta.get_field(name) for name in names]
            self.execute(self._create_index_sql(model, fields=fields, suffix="_idx"), None)

    def _delete_composed(
        self, model: Any, names: Sequence[str], facts: dict[str, Any], template: str
    ) -> None:
        """Drop the one constraint that has these fields and is not one of Meta's own."""
        options = model._meta
        fields = [options.get_field(name) for name in names]
        owned = {each.name for each in (*options.constraints, *options.indexes)}
        found = self._constraint_names(model, [field.column for field in fields], exclude=owned, **facts)
        if facts.get("unique") and len(found) > 1:
            usual = str(
                self._create_index_name(options.db_table, [field.column for field in fields], "_uniq")
            )
            found = [name for name in found if name == usual] or found
        if not found and self._forget_waiting(model, fields, bool(facts.get("unique"))):
            return
        if len(found) != 1:
            listed = ", ".join(field.column for field in fields)
            raise ValueError(
                f"Found wrong number ({len(found)}) of constraints for {options.db_table}({listed})"
            )
        self.execute(self._delete_constraint_sql(template, model, found[0]), None)

    def _forget_waiting(self, model: Any, fields: Sequence[Any], unique: bool) -> bool:
        """Drop the waiting statement that would make a constraint or index; False where there is none."""
        if unique:
            wanted = str(self._create_unique_sql(model, fields))
        else:
            wanted = str(self._create_index_sql(model, fields=fields, suffix="_idx"))
        left = [statement for statement in self.deferred_sql if str(statement) != wanted]
        found = len(left) < len(self.deferred_sql)
        self.deferred_sql[:] = left
        return found

    # Fields

    def add_field(self, model: Any, field: Any) -> None:
        """Add a field's column, or the table of a many-to-many field."""
        if field.many_to_many and field.remote_field.through._meta.auto_created:
            self.create_model(field.remote_field.through)
            return
        words, params = self.column_sql(model, field, include_default=True)
        if words is None:
            return
        column = columns.describe(self, model, field)
        parts = [words]
        if column.type_suffix:
            parts.append(column.type_suffix)
        if column.check:
            parts.append(f"CHECK ({column.check})")
        foreign_key = (
            self._foreign_key_of_new_column(model, field, parts) if column.target is not None else None
        )
        sql = self.sql_create_column % {
            "table": self.quote_name(model._meta.db_table),
            "column": self.quote_name(field.column),
            "definition": " ".join(parts),
        }
        self.execute(sql, params or None)
        if foreign_key is not None:
            self.deferred_sql.append(foreign_key)
        self._drop_temporary_default(model, field, column)
        if (
            column.comment
            and self.connection.features.supports_comments
            and (not self.connection.features.supports_comments_inline)
        ):
            self._run_all(self._comment_column(model, field, column))
        self.deferred_sql.extend(self._field_indexes_sql(model, field))
        self._connection_forgets_columns()

    def _foreign_key_of_new_column(self, model: Any, field: Any, parts: list[str]) -> Any:
        """Put the foreign key into the definition, or return the statement that adds it later."""
        return self._create_fk_sql(model, field, self.fk_suffix)

    def _drop_temporary_default(self, model: Any, field: Any, column: Column) -> None:
        """Take the default for existing rows off again: the application gives new rows theirs."""
        if column.db_default is not None or self.effective_default(field) is None:
            return
        parts = {"column": self.quote_name(field.column), "type": column.type}
        sql = self.sql_alter_column % {
            "table": self.quote_name(model._meta.db_table),
            "changes": self.sql_alter_column_no_default % parts,
        }
        self.execute(sql, None)

    def _connection_forgets_columns(self) -> None:
        if self.connection.features.connection_persists_old_columns:
            self.connection.close()

    def remove_field(self, model: Any, field: Any) -> None:
        """Drop a field's column, or the table of a many-to-many field."""
        if field.many_to_many and field.remote_field.through._meta.auto_created:
            self.delete_model(field.remote_field.through)
            return
        if field.db_parameters(connection=self.connection)["type"] is None:
            return
        if field.remote_field and getattr(field, "db_constraint", False):
            for name in self._constraint_names(model, [field.column], foreign_key=True):
                self.execute(self._delete_constraint_sql(self.sql_delete_fk, model, name), None)
        parts = {"table": self.quote_name(model._meta.db_table), "column": self.quote_name(field.column)}
        self.execute(self.sql_delete_column % parts, None)
        self._connection_forgets_columns()
        table = model._meta.db_table
        self._forget_deferred(lambda statement: statement.references_column(table, field.column))

    def alter_field(self, model: Any, old_field: Any, new_field: Any, strict: bool = False) -> None:
        """Turn one field's column into another's.

        With `strict`, it is an error not to find exactly the one constraint that has to go.
        """
        if not self._field_should_be_altered(old_field, new_field):
            return
        old_type = old_field.db_parameters(connection=self.connection)["type"]
        new_type = new_field.db_parameters(connection=self.connection)["type"]
        for kind, field in ((old_type, old_field), (new_type, new_field)):
            if kind is None and field.remote_field is None:
                raise ValueError(
                    f"Cannot alter field {old_field} into {new_field} - they do not properly define "
                    "db_type (are you using a badly-written custom field?)"
                )
        if old_type is None and new_type is None:
            self._alter_relation(model, old_field, new_field, strict)
        elif old_type is None or new_type is None:
            raise ValueError(
                f"Cannot alter field {old_field} into {new_field} - they are not compatible types "
                "(you cannot alter to or from M2M fields, or add or remove through= on M2M fields)"
            )
        else:
            self._refuse_generated(old_field, new_field)
            self._alter_field(model, old_field, new_field, old_type, new_type, strict)

    def _alter_relation(self, model: Any, old_field: Any, new_field: Any, strict: bool) -> None:
        throughs = [getattr(field.remote_field, "through", None) for field in (old_field, new_field)]
        if all(throughs):
            created = [through._meta.auto_created for through in throughs if through is not None]
            if all(created):
                self._alter_many_to_many(model, old_field, new_field, strict)
                return
            if not any(created):
                return  # both tables belong to models of their own
        raise ValueError(
            f"Cannot alter field {old_field} into {new_field} - they are not compatible types "
            "(you cannot alter to or from M2M fields, or add or remove through= on M2M fields)"
        )

    def _alter_field(
        self, model: Any, old_field: Any, new_field: Any, old_type: str, new_type: str, strict: bool = False
    ) -> None:
        """Run the steps from one column to the other."""
        change = Alteration(self, model, old_field, new_field, strict)
        for step in self.steps:
            self._run_all(step(change))
        self._connection_forgets_columns()

    def _refuse_generated(self, old_field: Any, new_field: Any) -> None:
        """Generated columns can hardly be changed once they are there."""
        old, new = (getattr(field, "generated", False) for field in (old_field, new_field))
        if not old and not new:
            return
        if (
            old
            and new
            and old_field.db_persist == new_field.db_persist
            and old_field.expression == new_field.expression
        ):
            types = [
                field.db_parameters(connection=self.connection)["type"] for field in (old_field, new_field)
            ]
            if types[0] == types[1] or self.connection.features.supports_alter_generated_column_data_type:
                return
        raise ValueError(
            f"Modifying GeneratedFields is not supported - the field {new_field} must be removed and re-added "
            "with the new definition."
        )

    def _field_should_be_altered(self, old_field: Any, new_field: Any, ignore: Any = None) -> bool:
        """Say whether anything that the database knows of differs."""
        if not any(field.concrete or field.many_to_many for field in (old_field, new_field)):
            return False
        _, old_path, old_args, old_kwargs = old_field.deconstruct()
        _, new_path, new_args, new_kwargs = new_field.deconstruct()
        unseen = {*old_field.non_db_attrs, *new_field.non_db_attrs, *(ignore or ())}
        if self._both_leave_deletion_to_us(old_field, new_field):
            unseen.add("on_delete")
        else:
            unseen.discard("on_delete")
        facts_of = [
            (path, args, {name: value for name, value in kwargs.items() if name not in unseen})
            for path, args, kwargs in ((old_path, old_args, old_kwargs), (new_path, new_args, new_kwargs))
        ]
        if old_field.many_to_many and new_field.many_to_many:
            tables = {
                field.remote_field.through._meta.db_table
                for field in (old_field, new_field)
                if field.remote_field.through is not None
            }
            if len(tables) > 1:
                return True
        elif self.quote_name(old_field.column or "") != self.quote_name(new_field.column or ""):
            return True
        return facts_of[0] != facts_of[1]

    def _both_leave_deletion_to_us(self, old_field: Any, new_field: Any) -> bool:
        pair = [
            field
            for field in (old_field, new_field)
            if field.remote_field and hasattr(field.remote_field, "on_delete")
        ]
        return not any(columns.on_delete_sql(self, field) for field in pair)

    def _alter_many_to_many(self, model: Any, old_field: Any, new_field: Any, strict: bool) -> None:
        """Rename the table in between and let its two columns follow."""
        old, new = old_field.remote_field.through, new_field.remote_field.through
        if old._meta.db_table != new._meta.db_table:
            self.alter_db_table(old, old._meta.db_table, new._meta.db_table)
        for column_of in ("m2m_reverse_field_name", "m2m_field_name"):
            self.alter_field(
                new,
                old._meta.get_field(getattr(old_field, column_of)()),
                new._meta.get_field(getattr(new_field, column_of)()),
            )

    # What the steps ask for

    def _alter_column(
        self, change: Alteration, template: str, params: Any = None, **parts: Any
    ) -> Iterator[Sql]:
        clause = template % {"column": change.column, **parts}
        yield self.sql_alter_column % {"table": change.table, "changes": clause}, params

    def _change_type(self, change: Alteration) -> Iterator[Sql]:
        """Yield the statements that change a column's type."""
        collation = f" {self._collate_sql(change.new.collation)}" if change.new.collation else ""
        parts = {"table": self.quote_name(change.model._meta.db_table)}
        clause = self.sql_alter_column_type % {
            "column": self.quote_name(change.new.name or ""),
            "type": change.new.type,
            "collation": collation,
        }
        yield self.sql_alter_column % {**parts, "changes": clause}, None

    def _rename_field_sql(self, table: str, old_field: Any, new_field: Any, new_type: str | None) -> str:
        return self.sql_rename_column % {
            "table": self.quote_name(table),
            "old_column": self.quote_name(old_field.column),
            "new_column": self.quote_name(new_field.column),
            "type": new_type,
        }

    def _comment_column(self, model: Any, field: Any, column: Column) -> Iterator[Sql]:
        parts = {
            "table": self.quote_name(model._meta.db_table),
            "column": self.quote_name(field.column),
            "comment": self._comment_sql(column.comment),
        }
        yield self.sql_alter_column_comment % parts, None

    # Procedures

    def remove_procedure(self, procedure_name: str, param_types: Sequence[str] = ()) -> None:
        """Drop a stored procedure."""
        parts = {"procedure": self.quote_name(procedure_name), "param_types": ",".join(param_types)}
        self.execute(self.sql_delete_procedure % parts, None)


def _sets(together: Any) -> set[tuple[str, ...]]:
    return {tuple(names) for names in together or ()}
