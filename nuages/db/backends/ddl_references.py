"""Statements that are written down now and run later, and follow when names change in between.

Indexes and foreign keys of new tables are created at the end of a migration. By then a later operation may have
renamed their table or column; so a `Statement` keeps references rather than text, and the schema editor tells
them about renames and removals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

Quote = Callable[[str], str]


class Reference:
    """Something in a statement that may name a table or a column."""

    def references_table(self, table: str) -> bool:
        """Say whether this names `table`."""
        return False

    def references_column(self, table: str, column: str) -> bool:
        """Say whether this names `column` of `table`."""
        return False

    def references_index(self, table: str, index: str) -> bool:
        """Say whether this names an index of `table`."""
        return False

    def rename_table_references(self, old_table: str, new_table: str) -> None:
        """Follow a table to its new name."""

    def rename_column_references(self, table: str, old_column: str, new_column: str) -> None:
        """Follow a column to its new name."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {str(self)!r}>"

    def __str__(self) -> str:
        raise NotImplementedError("Subclasses must define how they should be converted to string.")


class Table(Reference):
    """The name of a table."""

    def __init__(self, table: str, quote_name: Quote) -> None:
        self.table = table
        self.quote_name = quote_name

    def references_table(self, table: str) -> bool:
        return table == self.table

    def references_index(self, table: str, index: str) -> bool:
        return self.references_table(table) and str(self) == self.quote_name(index)

    def rename_table_references(self, old_table: str, new_table: str) -> None:
        self.table = new_table if self.table == old_table else self.table

    def __str__(self) -> str:
        return self.quote_name(self.table)


class TableColumns(Table):
    """Columns of one table."""

    def __init__(self, table: str, columns: Sequence[str]) -> None:
        self.table = table
        self.columns = list(columns)

    def references_column(self, table: str, column: str) -> bool:
        return table == self.table and column in self.columns

    def rename_column_references(self, table: str, old_column: str, new_column: str) -> None:
        if table == self.table:
            self.columns[:] = [new_column if column == old_column else column for column in self.columns]


class Columns(TableColumns):
    """A list of columns, each with what may stand after it."""

    def __init__(
        self, table: str, columns: Sequence[str], quote_name: Quote, col_suffixes: Sequence[str] = ()
    ) -> None:
        super().__init__(table, columns)
        self.quote_name = quote_name
        self.col_suffixes = col_suffixes

    def _written(self, position: int) -> str:
        suffix = self.col_suffixes[position] if position < len(self.col_suffixes) else ""
        return " ".join(filter(None, (self.quote_name(self.columns[position]), suffix)))

    def __str__(self) -> str:
        return ", ".join(map(self._written, range(len(self.columns))))


class IndexName(TableColumns):
    """The name of an index, made of its table's and columns' names when it is needed."""

    def __init__(
        self, table: str, columns: Sequence[str], suffix: str, create_index_name: Callable[..., str]
    ) -> None:
        super().__init__(table, columns)
        self.suffix = suffix
        self.create_index_name = create_index_name

    def __str__(self) -> str:
        return self.create_index_name(self.table, self.columns, self.suffix)


class IndexColumns(Columns):
    """Columns of an index, with operator classes."""

    def __init__(
        self,
        table: str,
        columns: Sequence[str],
        quote_name: Quote,
        col_suffixes: Sequence[str] = (),
        opclasses: Sequence[str] = (),
    ) -> None:
        super().__init__(table, columns, quote_name, col_suffixes)
        self.opclasses = opclasses

    def _written(self, position: int) -> str:
        column = self.quote_name(self.columns[position])
        suffix = self.col_suffixes[position] if position < len(self.col_suffixes) else ""
        return " ".join(filter(None, (column, self.opclasses[position], suffix)))


class ForeignKeyName(TableColumns):
    """The name of a foreign key, made of both ends' names."""

    def __init__(
        self,
        from_table: str,
        from_columns: Sequence[str],
        to_table: str,
        to_columns: Sequence[str],
        suffix_template: str,
        create_fk_name: Callable[..., str],
    ) -> None:
        super().__init__(from_table, from_columns)
        self.to_reference = TableColumns(to_table, to_columns)
        self.suffix_template = suffix_template
        self.create_fk_name = create_fk_name

    def references_table(self, table: str) -> bool:
        return super().references_table(table) or self.to_reference.references_table(table)

    def references_column(self, table: str, column: str) -> bool:
        return super().references_column(table, column) or self.to_reference.references_column(table, column)

    def rename_table_references(self, old_table: str, new_table: str) -> None:
        super().rename_table_references(old_table, new_table)
        self.to_reference.rename_table_references(old_table, new_table)

    def rename_column_references(self, table: str, old_column: str, new_column: str) -> None:
        super().rename_column_references(table, old_column, new_column)
        self.to_reference.rename_column_references(table, old_column, new_column)

    def __str__(self) -> str:
        target = {"to_table": self.to_reference.table, "to_column": self.to_reference.columns[0]}
        return self.create_fk_name(self.table, self.columns, self.suffix_template % target)


class Statement(Reference):
    """A template of SQL with parts to fill in, which may be references."""

    def __init__(self, template: str, **parts: Any) -> None:
        self.template = template
        self.parts = parts

    def _references(self) -> list[Reference]:
        # Not by class: anything that can be asked and told will do.
        return [part for part in self.parts.values() if hasattr(part, "references_table")]

    def references_table(self, table: str) -> bool:
        return any(part.references_table(table) for part in self._references())

    def references_column(self, table: str, column: str) -> bool:
        return any(part.references_column(table, column) for part in self._references())

    def references_index(self, table: str, index: str) -> bool:
        return any(part.references_index(table, index) for part in self._references())

    def rename_table_references(self, old_table: str, new_table: str) -> None:
        for part in self._references():
            part.rename_table_references(old_table, new_table)

    def rename_column_references(self, table: str, old_column: str, new_column: str) -> None:
        for part in self._references():
            part.rename_column_references(table, old_column, new_column)

    def __str__(self) -> str:
        return self.template % self.parts


class Expressions(TableColumns):
    """Expressions of an index or constraint, compiled when they are needed."""

    def __init__(
        self, table: str, expressions: Any, compiler: Any, quote_value: Callable[[Any], str]
    ) -> None:
        self.compiler = compiler
        self.expressions = expressions
        self.quote_value = quote_value
        super().__init__(table, [column.target.column for column in _columns_in(expressions)])

    def rename_table_references(self, old_table: str, new_table: str) -> None:
        if self.table == old_table:
            self.expressions = self.expressions.relabeled_clone({old_table: new_table})
            super().rename_table_references(old_table, new_table)

    def rename_column_references(self, table: str, old_column: str, new_column: str) -> None:
        if table != self.table:
            return
        expressions = deepcopy(self.expressions)
        for column in _columns_in(expressions):
            if column.target.column == old_column:
                column.target.column = new_column
        self.expressions = expressions
        super().rename_column_references(table, old_column, new_column)

    def __str__(self) -> str:
        sql, params = self.compiler.compile(self.expressions)
        return sql % tuple(map(self.quote_value, params))


def _columns_in(expressions: Any) -> list[Any]:
    """Return the columns that expressions speak of."""
    from nuages.db.models.expressions import Col

    return [node for node in expressions.flatten() if isinstance(node, Col)]
