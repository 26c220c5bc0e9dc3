"""`SQLCompiler`: what `query.get_compiler()` gives: writes the query for one database and runs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from nuages.core.exceptions import EmptyResultSet
from nuages.db.models.shapes.clauses import order_by
from nuages.db.models.shapes.converting import converters_of
from nuages.db.models.shapes.slots import Late, Slot
from nuages.db.models.shapes.writing import Writer
from nuages.db.models.sql.constants import (
    CURSOR,
    GET_ITERATOR_CHUNK_SIZE,
    MULTI,
    NO_RESULTS,
    ROW_COUNT,
    SINGLE,
)
from nuages.db.models.sql.where import divided


class SQLCompiler(Writer):
    """Writes a query with its values as parameters, and runs it through a cursor."""

    def __init__(self, query: Any, connection: Any, using: str | None, elide_empty: bool = True) -> None:
        super().__init__(query, connection, using, elide_empty)
        self.col_count: int | None = None

    def __repr__(self) -> str:
        return (
            f"<{self.__class__.__qualname__} model={self.query.model.__qualname__} "
            f"connection={self.connection!r} using={self.using!r}>"
        )

    def as_sql(self, with_limits: bool = True, with_col_aliases: bool = False) -> tuple[str, tuple[Any, ...]]:
        """The statement and its parameters."""
        sql, params = self.write(with_limits, with_col_aliases)
        return sql, tuple(self.known(params))

    def known(self, params: Iterable[Any]) -> list[Any]:
        """Parameters with values in place of slots."""
        values = self.query.values or ()
        return [
            param.resolve(values, self.connection) if isinstance(param, (Slot, Late)) else param
            for param in params
        ]

    def pre_sql_setup(self, with_col_aliases: bool = False) -> tuple[list[Any], list[Any], list[Any]]:
        """What is selected only to sort by, the order and the groups."""
        self.draft = draft = self.query.draft()
        _, having, _ = divided(draft.conditions)
        self.select(with_col_aliases)
        nodes, own = order_by.resolved(draft)
        if own and draft.group_by is not None:
            nodes = []
        ordered = self.ordered(nodes)
        extra = [column for column in self.layout.columns if column.kind == "sort"]
        grouping = [(sql, self.known(params)) for sql, params in self.grouping(ordered, having, own)]
        return extra, ordered, grouping

    def execute_sql(
        self, result_type: str = MULTI, chunked_fetch: bool = False, chunk_size: int = GET_ITERATOR_CHUNK_SIZE
    ) -> Any:
        """Run the statement; gives rows in chunks, the first row, a cursor, a row count or nothing."""
        try:
            sql, params = self.as_sql()
        except EmptyResultSet:
            return iter([]) if result_type == MULTI else 0 if result_type == ROW_COUNT else None
        cursor = self.connection.chunked_cursor() if chunked_fetch else self.connection.cursor()
        try:
            cursor.execute(sql, params)
        except BaseException as error:
            close_quietly(cursor, error)
            raise
        if result_type == CURSOR:
            return cursor
        if result_type in (NO_RESULTS, ROW_COUNT, SINGLE):
            return self._at_once(cursor, result_type)
        rows = cursor_iter(cursor, [], self.col_count, chunk_size)
        if not chunked_fetch or not self.connection.features.can_use_chunked_reads:
            return list(rows)
        return rows

    def _at_once(self, cursor: Any, result_type: str) -> Any:
        """What can be told without reading on; the cursor is closed."""
        try:
            if result_type == ROW_COUNT:
                return cursor.rowcount
            row = cursor.fetchone() if result_type == SINGLE else None
            shown = len(self.layout.columns) - self.layout.hidden
            return row[:shown] if row and self.layout.columns else row
        finally:
            cursor.close()

    def results_iter(
        self,
        results: Any = None,
        tuple_expected: bool = False,
        chunked_fetch: bool = False,
        chunk_size: int = GET_ITERATOR_CHUNK_SIZE,
    ) -> Iterator[Any]:
        """Rows one by one, their values converted."""
        if results is None:
            results = self.execute_sql(MULTI, chunked_fetch, chunk_size)
        columns = self.layout.columns[: len(self.layout.columns) - self.layout.hidden]
        converters = [(column.node, converters_of(column.node, self.connection)) for column in columns]
        for rows in results:
            for row in rows:
                values = []
                for value, (node, functions) in zip(row, converters):
                    for convert in functions:
                        value = convert(value, node, self.connection)
                    values.append(value)
                yield tuple(values) if tuple_expected else values

    def has_results(self) -> bool:
        """Whether there is any row."""
        return bool(self.execute_sql(SINGLE))

    def explain_query(self) -> Iterator[str]:
        """What the database says of how it would run the query, line by line."""
        for rows in self.execute_sql():
            for row in rows:
                yield row if isinstance(row, str) else " ".join(map(str, row))


def close_quietly(cursor: Any, error: BaseException) -> None:
    """Close a cursor whose statement failed: that it may not close is no further news."""
    from nuages.db import DatabaseError

    try:
        with suppress(DatabaseError):
            cursor.close()
    finally:
        error.__suppress_context__ = True


def cursor_iter(cursor: Any, sentinel: Any, col_count: int | None, itersize: int) -> Iterator[Sequence[Any]]:
    """Rows of a cursor in chunks; closes it at the end."""
    try:
        while (rows := cursor.fetchmany(itersize)) != sentinel:
            yield rows if col_count is None else [row[:col_count] for row in rows]
    finally:
        cursor.close()


def _statements() -> Any:
    from nuages.db.models.sql import statements

    return statements


def __getattr__(name: str) -> Any:
    if name in ("SQLInsertCompiler", "SQLUpdateCompiler", "SQLDeleteCompiler", "SQLAggregateCompiler"):
        return getattr(_statements(), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
