"""Indexes, unique and check constraints and foreign keys: the statements that make and drop them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from nuages.db.backends.base.schema import names
from nuages.db.backends.base.schema.columns import on_delete_sql
from nuages.db.backends.ddl_references import (
    Columns,
    Expressions,
    ForeignKeyName,
    IndexName,
    Statement,
    Table,
)
from nuages.db.backends.utils import split_identifier, strip_quotes, truncate_name


class Keys:
    """The part of the schema editor that knows how keys are written."""

    connection: Any
    quote_name: Callable[[str], str]
    quote_value: Callable[[Any], str]
    execute: Callable[..., None]
    deferred_sql: list[Any]
    former_names: dict[str, str]

    sql_create_index: str = (
        "CREATE INDEX %(name)s ON %(table)s (%(columns)s)%(include)s%(extra)s%(condition)s"
    )
    sql_create_unique_index: str = (
        "CREATE UNIQUE INDEX %(name)s ON %(table)s (%(columns)s)%(include)s%(nulls_distinct)s%(condition)s"
    )
    sql_delete_index: str = "DROP INDEX %(name)s"
    sql_rename_index: str = "ALTER INDEX %(old_name)s RENAME TO %(new_name)s"
    sql_constraint: str = "CONSTRAINT %(name)s %(constraint)s"
    sql_unique_constraint: str = "UNIQUE (%(columns)s)%(deferrable)s"
    sql_check_constraint: str = "CHECK (%(check)s)"
    sql_create_unique: str = (
        "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s UNIQUE%(nulls_distinct)s (%(columns)s)%(deferrable)s"
    )
    sql_create_check: str = "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s CHECK (%(check)s)"
    sql_create_pk: str = "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s PRIMARY KEY (%(columns)s)"
    sql_create_fk: str | None = (
        "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s FOREIGN KEY (%(column)s) "
        "REFERENCES %(to_table)s (%(to_column)s)%(on_delete_db)s%(deferrable)s"
    )
    sql_create_inline_fk: str | None = None
    sql_delete_constraint: str = "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s"

    @property
    def sql_delete_unique(self) -> str:
        return self.sql_delete_constraint

    @property
    def sql_delete_check(self) -> str:
        return self.sql_delete_constraint

    @property
    def sql_delete_fk(self) -> str:
        return self.sql_delete_constraint

    @property
    def sql_delete_pk(self) -> str:
        return self.sql_delete_constraint

    # Names

    def _create_index_name(self, table_name: str, column_names: Sequence[str], suffix: str = "") -> str:
        """Make the name of an index or constraint."""
        return names.index_name(table_name, column_names, suffix, self.connection.ops.max_name_length())

    def _index_name(self, table: str, columns: Sequence[str], suffix: str) -> IndexName:
        def quoted(*parts: Any) -> str:
            return self.quote_name(self._create_index_name(*parts))

        return IndexName(table, columns, suffix, quoted)

    def _table(self, model: Any) -> Table:
        return Table(model._meta.db_table, self.quote_name)

    # Conditions and expressions

    def _where(self, condition: str | None) -> str:
        return f" WHERE {condition}" if condition else ""

    def _including(self, model: Any, columns: Sequence[str] | None) -> Any:
        if not columns or not self.connection.features.supports_covering_indexes:
            return ""
        return Statement(
            " INCLUDE (%(columns)s)", columns=Columns(model._meta.db_table, columns, self.quote_name)
        )

    def _nulls(self, distinct: bool | None) -> str:
        return "" if distinct is None else f" NULLS {'' if distinct else 'NOT '}DISTINCT"

    def _deferring(self, deferrable: Any) -> str:
        return "" if deferrable is None else f" DEFERRABLE INITIALLY {deferrable.name}"

    def _columns_or_expressions(
        self, model: Any, columns: Sequence[str], expressions: Any, **options: Any
    ) -> Columns | Expressions:
        if not _given(expressions):
            return self._index_columns(model._meta.db_table, columns, **options)
        from nuages.db.models.sql import Query

        compiler = Query(model, alias_cols=False).get_compiler(connection=self.connection)
        return Expressions(model._meta.db_table, expressions, compiler, self.quote_value)

    def _index_columns(
        self,
        table: str,
        columns: Sequence[str],
        col_suffixes: Sequence[str] = (),
        opclasses: Sequence[str] = (),
    ) -> Columns:
        return Columns(table, columns, self.quote_name, col_suffixes=col_suffixes)

    # Indexes

    def _create_index_sql(
        self,
        model: Any,
        *,
        fields: Sequence[Any] | None = None,
        name: str | None = None,
        suffix: str = "",
        using: str = "",
        db_tablespace: str | None = None,
        col_suffixes: Sequence[str] = (),
        sql: str | None = None,
        opclasses: Sequence[str] = (),
        condition: str | None = None,
        include: Sequence[str] | None = None,
        expressions: Any = None,
    ) -> Statement:
        """Write CREATE INDEX on fields or expressions."""
        table = model._meta.db_table
        fields = fields or []
        columns = [field.column for field in fields]
        tablespace = db_tablespace or (fields[0].db_tablespace if len(fields) == 1 else None)
        tablespace = tablespace or model._meta.db_tablespace
        return Statement(
            sql or self.sql_create_index,
            table=self._table(model),
            name=self._index_name(table, columns, suffix) if name is None else self.quote_name(name),
            using=using,
            columns=self._columns_or_expressions(
                model, columns, expressions, col_suffixes=col_suffixes, opclasses=opclasses
            ),
            extra=f" {self.connection.ops.tablespace_sql(tablespace)}" if tablespace else "",
            condition=self._where(condition),
            include=self._including(model, include),
        )

    def _delete_index_sql(self, model: Any, name: str, sql: str | None = None) -> Statement:
        return Statement(sql or self.sql_delete_index, table=self._table(model), name=self.quote_name(name))

    def _rename_index_sql(self, model: Any, old_name: str, new_name: str) -> Statement:
        return Statement(
            self.sql_rename_index,
            table=self._table(model),
            old_name=self.quote_name(old_name),
            new_name=self.quote_name(new_name),
        )

    def _model_indexes_sql(self, model: Any) -> list[Any]:
        """Write all indexes of a new table: of its fields, and of Meta."""
        options = model._meta
        if not options.managed or options.proxy or options.swapped:
            return []
        written: list[Any] = []
        for field in options.local_fields:
            written += self._field_indexes_sql(model, field)
        for together in getattr(options, "index_together", ()):  # of models in old migrations
            fields = [options.get_field(name) for name in together]
            written.append(self._create_index_sql(model, fields=fields, suffix="_idx"))
        written += [
            index.create_sql(model, self)
            for index in options.indexes
            if not index.contains_expressions or self.connection.features.supports_expression_indexes
        ]
        return [statement for statement in written if statement is not None]

    def _field_indexes_sql(self, model: Any, field: Any) -> list[Any]:
        """Write the indexes that a field asks for by itself."""
        if self._field_should_be_indexed(model, field):
            return [self._create_index_sql(model, fields=[field])]
        return []

    def _field_should_be_indexed(self, model: Any, field: Any) -> bool:
        return field.db_index and not field.unique

    # Unique constraints

    def _unique_needs_index(self, condition: Any, include: Any, opclasses: Any, expressions: Any) -> bool:
        """Say whether a unique constraint is more than SQL's own, and has to be an index."""
        return bool(condition or include or opclasses) or _given(expressions)

    def _unique_supported(
        self,
        condition: Any = None,
        deferrable: Any = None,
        include: Any = None,
        expressions: Any = None,
        nulls_distinct: bool | None = None,
    ) -> bool:
        """Say whether the database knows everything that a unique constraint asks for."""
        features = self.connection.features
        asked = {
            "supports_partial_indexes": bool(condition),
            "supports_deferrable_unique_constraints": bool(deferrable),
            "supports_covering_indexes": bool(include),
            "supports_expression_indexes": _given(expressions),
            "supports_nulls_distinct_unique_constraints": nulls_distinct is not None,
        }
        return all(getattr(features, feature) for feature, wanted in asked.items() if wanted)

    def _unique_sql(
        self,
        model: Any,
        fields: Sequence[Any],
        name: str,
        condition: str | None = None,
        deferrable: Any = None,
        include: Sequence[str] | None = None,
        opclasses: Sequence[str] | None = None,
        expressions: Any = None,
        nulls_distinct: bool | None = None,
    ) -> str | None:
        """Write a unique constraint for CREATE TABLE; None where it follows as a statement or cannot be."""
        if not self._unique_supported(condition, deferrable, include, expressions, nulls_distinct):
            return None
        if self._unique_needs_index(condition, include, opclasses, expressions) or nulls_distinct is not None:
            statement = self._create_unique_sql(
                model, fields, name, condition, deferrable, include, opclasses, expressions, nulls_distinct
            )
            if statement is not None:
                self.deferred_sql.append(statement)
            return None
        listed = ", ".join(self.quote_name(field.column) for field in fields)
        constraint = self.sql_unique_constraint % {
            "columns": listed,
            "deferrable": self._deferring(deferrable),
        }
        return self.sql_constraint % {"name": self.quote_name(name), "constraint": constraint}

    def _create_unique_sql(
        self,
        model: Any,
        fields: Sequence[Any],
        name: Any = None,
        condition: str | None = None,
        deferrable: Any = None,
        include: Sequence[str] | None = None,
        opclasses: Sequence[str] | None = None,
        expressions: Any = None,
        nulls_distinct: bool | None = None,
    ) -> Statement | None:
        """Write the statement that adds a unique constraint, None where the database does not know such."""
        if not self._unique_supported(condition, deferrable, include, expressions, nulls_distinct):
            return None
        columns = [field.column for field in fields]
        table = model._meta.db_table
        as_index = self._unique_needs_index(condition, include, opclasses, expressions)
        options = {"opclasses": opclasses} if opclasses else {}
        return Statement(
            self.sql_create_unique_index if as_index else self.sql_create_unique,
            table=self._table(model),
            name=self._index_name(table, columns, "_uniq") if name is None else self.quote_name(name),
            columns=self._columns_or_expressions(model, columns, expressions, **options),
            condition=self._where(condition),
            deferrable=self._deferring(deferrable),
            include=self._including(model, include),
            nulls_distinct=self._nulls(nulls_distinct),
        )

    def _delete_unique_sql(
        self,
        model: Any,
        name: str,
        condition: Any = None,
        deferrable: Any = None,
        include: Any = None,
        opclasses: Any = None,
        expressions: Any = None,
        nulls_distinct: bool | None = None,
    ) -> Statement | None:
        if not self._unique_supported(condition, deferrable, include, expressions, nulls_distinct):
            return None
        as_index = self._unique_needs_index(condition, include, opclasses, expressions)
        return self._delete_constraint_sql(
            self.sql_delete_index if as_index else self.sql_delete_unique, model, name
        )

    # Checks

    def _check_sql(self, name: str, check: str) -> str:
        """Write a check for CREATE TABLE."""
        constraint = self.sql_check_constraint % {"check": check}
        return self.sql_constraint % {"name": self.quote_name(name), "constraint": constraint}

    def _create_check_sql(self, model: Any, name: str, check: str) -> Statement | None:
        if not self.connection.features.supports_table_check_constraints:
            return None
        return Statement(
            self.sql_create_check, table=self._table(model), name=self.quote_name(name), check=check
        )

    def _delete_check_sql(self, model: Any, name: str) -> Statement | None:
        if not self.connection.features.supports_table_check_constraints:
            return None
        return self._delete_constraint_sql(self.sql_delete_check, model, name)

    def _delete_constraint_sql(self, template: str, model: Any, name: str) -> Statement:
        return Statement(template, table=self._table(model), name=self.quote_name(name))

    # Primary and foreign keys

    def _create_primary_key_sql(self, model: Any, field: Any) -> Statement:
        table = model._meta.db_table
        return Statement(
            self.sql_create_pk,
            table=self._table(model),
            name=self.quote_name(self._create_index_name(table, [field.column], suffix="_pk")),
            columns=Columns(table, [field.column], self.quote_name),
        )

    def _create_fk_sql(self, model: Any, field: Any, suffix: str) -> Statement:
        """Write the statement that adds a foreign key."""
        table = model._meta.db_table
        target = field.target_field
        return Statement(
            self.sql_create_fk or "",
            table=self._table(model),
            name=self._fk_constraint_name(model, field, suffix),
            column=Columns(table, [field.column], self.quote_name),
            to_table=Table(target.model._meta.db_table, self.quote_name),
            to_column=Columns(target.model._meta.db_table, [target.column], self.quote_name),
            on_delete_db=on_delete_sql(self, field),  # type: ignore[arg-type]
            deferrable=self.connection.ops.deferrable_sql(),
        )

    def _fk_constraint_name(self, model: Any, field: Any, suffix: str) -> ForeignKeyName:
        def name(*parts: Any) -> str:
            return self.quote_name(self._create_index_name(*parts))

        target = field.target_field
        return ForeignKeyName(
            model._meta.db_table,
            [field.column],
            split_identifier(target.model._meta.db_table)[1],
            [target.column],
            suffix,
            name,
        )

    # Finding what is there

    def _constraint_names(
        self,
        model: Any,
        column_names: Iterable[str] | None = None,
        *,
        exclude: Collection[str] = (),
        **facts: Any,
    ) -> list[str]:
        """Return names of constraints on exactly these columns of which all `facts` hold.

        Facts are those of introspection: unique, primary_key, index, check, foreign_key, type.
        """
        introspection = self.connection.introspection
        wanted = None
        if column_names is not None:
            longest = self.connection.ops.max_name_length()
            wanted = [
                truncate_name(introspection.identifier_converter(name), longest) for name in column_names
            ]
        table = model._meta.db_table
        with self.connection.cursor() as cursor:
            there = introspection.get_constraints(cursor, strip_quotes(self.former_names.get(table, table)))
        return [
            name
            for name, described in there.items()
            if (wanted is None or described["columns"] == wanted)
            and name not in exclude
            and all(_holds(described, fact, value) for fact, value in facts.items())
        ]


def _given(expressions: Any) -> bool:
    """Say whether there are expressions; an ExpressionList never is empty, a list may be."""
    return expressions is not None and not (isinstance(expressions, (list, tuple)) and not expressions)


def _holds(described: dict[str, Any], fact: str, value: Any) -> bool:
    if fact == "foreign_key":
        return bool(described["foreign_key"]) is value
    if fact == "type":
        return described.get("type") == value
    return operator.eq(described[fact], value)
