"""UPDATE, DELETE and INSERT: what changes rows, written from the same conditions as what reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from nuages.core.exceptions import EmptyResultSet, FieldError
from nuages.db.models.shapes import joins
from nuages.db.models.shapes.clauses import order_by, select
from nuages.db.models.shapes.slots import Slot
from nuages.db.models.shapes.writing import Params, Writer
from nuages.db.models.sql.compiler import SQLCompiler
from nuages.db.models.sql.constants import ROW_COUNT
from nuages.db.models.sql.query import Query
from nuages.db.models.sql.where import WhereNode


class Saved:
    """Bind step: a value in the form its column takes."""

    __slots__ = ("field",)

    def __init__(self, field: Any) -> None:
        self.field = field

    def __call__(self, value: Any, connection: Any) -> Any:
        return self.field.get_db_prep_save(value, connection=connection)


def check_assignable(opts: Any, name: str) -> Any:
    """The field that `update(name=…)` sets."""
    field = opts.get_field(name)
    direct = not (field.auto_created and not field.concrete) or not field.concrete
    if not direct or not field.concrete or (field.is_relation and field.many_to_many):
        raise FieldError(f"Cannot update model field {field!r} (only concrete fields are permitted).")
    if getattr(field, "generated", False):
        raise FieldError(f"Cannot update model field {field!r} (only concrete fields are permitted).")
    return field


def assignable(field: Any) -> Any:
    """Prepare step: an instance stands for its key, where the column is a relation."""

    def prepare(value: Any) -> Any:
        if hasattr(value, "prepare_database_save"):
            if field.remote_field:
                return value.prepare_database_save(field)
            raise TypeError(
                f"Tried to update field {field} with a model instance, {value!r}. Use a value compatible with "
                f"{field.__class__.__name__}."
            )
        return value

    return prepare


def assign(draft: Any, pairs: Iterable[tuple[Any, Any]]) -> None:
    """Resolve the right sides of an UPDATE."""
    resolved = []
    for field, value in pairs:
        if isinstance(value, Slot):
            value = value.prepared(assignable(field))
        elif hasattr(value, "resolve_expression"):
            node = value.resolve_expression(draft, allow_joins=False, for_save=True)
            if getattr(node, "is_composite", False):
                raise FieldError(
                    f"Composite primary keys expressions are not allowed in this query ({field.name}=F('pk'))."
                )
            if getattr(node, "contains_aggregate", False):
                raise FieldError(
                    f"Aggregate functions are not allowed in this query ({field.name}={node!r})."
                )
            if getattr(node, "contains_over_clause", False):
                raise FieldError(f"Window expressions are not allowed in this query ({field.name}={node!r}).")
            value = node
        else:
            value = assignable(field)(value)
        resolved.append((field, value))
    draft.assignments = tuple(resolved)


class UpdateWriter(Writer):
    """Writes `UPDATE … SET … WHERE …`."""

    def write(self, with_limits: bool = True, with_col_aliases: bool = False) -> tuple[str, Params]:
        self.draft = draft = self.query.draft()
        table = draft.get_meta().db_table
        base = joins.base_alias(draft)
        sets: list[str] = []
        params: Params = []
        for field, value in draft.assignments:
            sql, some = self.assignment(field, value)
            sets.append(f"{self.quote_name(field.column)} = {sql}")
            params += some
        where, some = narrowed(self, draft, base)
        parts = ["UPDATE", self.quote_name(table), "SET", ", ".join(sets)]
        if where:
            parts += ["WHERE", where]
        return " ".join(parts), [*params, *some]

    def assignment(self, field: Any, value: Any) -> tuple[str, Params]:
        """The right side for one column."""
        if value is None:
            return "NULL", []
        if hasattr(value, "as_sql"):
            try:
                sql, params = self.compile(value)
            except EmptyResultSet:
                return "NULL", []
            return sql, list(params)
        known = value
        if isinstance(value, Slot):
            value = value.bound(Saved(field))
        else:
            value = field.get_db_prep_save(value, connection=self.connection)
        placeholder = getattr(field, "get_placeholder", None)
        if placeholder is not None:
            return placeholder(known, self, self.connection), [value]
        return "%s", [value]


class DeleteWriter(Writer):
    """Writes `DELETE FROM … WHERE …`."""

    def write(self, with_limits: bool = True, with_col_aliases: bool = False) -> tuple[str, Params]:
        self.draft = draft = self.query.draft()
        table = draft.get_meta().db_table
        where, params = narrowed(self, draft, joins.base_alias(draft))
        sql = f"DELETE FROM {self.quote_name(table)}"
        return (f"{sql} WHERE {where}" if where else sql), params


def narrowed(writer: Writer, draft: Any, base: str) -> tuple[str, Params]:
    """The rows to change: conditions on the table itself, or keys that a subquery finds."""
    single = len(draft.joins) == 1 and not draft.is_sliced
    if single and not draft.conditions.contains_aggregate and not draft.conditions.contains_over_clause:
        return writer.condition(
            list(draft.conditions.children) if _plain(draft.conditions) else [draft.conditions]
        )
    inner = Query.__new__(Query)
    inner.__dict__ = {**draft.state(), "assignments": ()}
    inner.values, inner._shape = None, None
    order_by.clear(inner, force=not inner.is_sliced)
    opts = draft.get_meta()
    inner.selection = tuple(item for one in opts.pk_fields for item in select.columns_of(inner, one.attname))
    inner.hidden = frozenset(inner.annotations)
    inner.select_related = False
    inner = inner.resolve_expression(None)
    quote = writer.quote_name
    columns = [f"{quote(base)}.{quote(one.column)}" for one in opts.pk_fields]
    left = columns[0] if len(columns) == 1 else f"({', '.join(columns)})"
    sql, params = inner.as_sql(writer, writer.connection)
    return f"{left} IN {sql}", list(params)


def _plain(where: WhereNode) -> bool:
    return not where.negated and where.connector == "AND" and not where.offset


# The faces that `get_compiler()` gives ---------------------------------------------------------------------------


class UpdateQuery(Query):
    """A query that sets columns."""

    compiler = "SQLUpdateCompiler"

    def add_update_values(self, values: dict[str, Any]) -> None:
        """Set these fields."""
        opts = self.get_meta()
        assign(self, [(check_assignable(opts, name), value) for name, value in values.items()])

    def add_update_fields(self, triples: Sequence[tuple[Any, Any, Any]]) -> None:
        """Set these `(field, model, value)`."""
        assign(self, [(field, value) for field, _, value in triples])


class DeleteQuery(Query):
    """A query that deletes rows."""

    compiler = "SQLDeleteCompiler"


class InsertQuery(Query):
    """A query that adds rows."""

    compiler = "SQLInsertCompiler"

    def __init__(self, model: Any, **kwargs: Any) -> None:
        super().__init__(model)
        self.fields: list[Any] = []
        self.objs: list[Any] = []

    def insert_values(self, fields: Sequence[Any], objs: Sequence[Any], raw: bool = False) -> None:
        """Add these rows."""
        self.fields, self.objs, self.raw = list(fields), list(objs), raw


class SQLUpdateCompiler(UpdateWriter, SQLCompiler):
    """Writes and runs an UPDATE."""

    def execute_sql(self, result_type: str = ROW_COUNT, *args: Any, **kwargs: Any) -> Any:
        return SQLCompiler.execute_sql(self, result_type)


class SQLDeleteCompiler(DeleteWriter, SQLCompiler):
    """Writes and runs a DELETE."""

    def execute_sql(self, result_type: str = ROW_COUNT, *args: Any, **kwargs: Any) -> Any:
        return SQLCompiler.execute_sql(self, result_type)


class SQLAggregateCompiler(SQLCompiler):
    """Writes and runs a query over the rows of another."""


class SQLInsertCompiler(SQLCompiler):
    """Writes the statement that adds rows: `as_sql()` gives a list, as it may take several."""

    def as_sql(self, with_limits: bool = True, with_col_aliases: bool = False) -> Any:
        query, quote = self.query, self.quote_name
        table = query.get_meta().db_table
        fields = query.fields or [query.get_meta().pk]
        rows = []
        params: Params = []
        for one in query.objs:
            written = []
            for field in fields:
                value = field.get_db_prep_save(
                    getattr(one, field.attname) if query.raw else field.pre_save(one, add=True),
                    connection=self.connection,
                )
                written.append("%s")
                params.append(value)
            rows.append(f"({', '.join(written)})")
        columns = ", ".join(quote(field.column) for field in fields)
        verb = self.connection.ops.insert_statement()
        return [(f"{verb} {quote(table)} ({columns}) VALUES {', '.join(rows)}", tuple(params))]
