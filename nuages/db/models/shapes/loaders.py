"""Loaders: generated functions from rows to tuples, dictionaries, named tuples or single values."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from types import CodeType
from typing import Any

from nuages.db.models.shapes.converting import converters_of, inline_converter
from nuages.db.models.shapes.writing import Layout
from nuages.db.models.utils import create_namedtuple_class

__all__ = ["Source", "defined", "dicts", "flat", "named", "tuples"]


@lru_cache(maxsize=512)
def _compiled(source: str) -> CodeType:
    return compile(source, "<plan>", "exec")


def defined(source: str, name: str, names: dict[str, Any]) -> Any:
    """The function that the source defines. Many plans differ in nothing but the names they use: they share its code."""
    exec(_compiled(source), names)
    return names[name]


class Source:
    """Source text being composed, and the names it uses."""

    def __init__(self) -> None:
        #: Lines before the first row.
        self.before: list[str] = []
        self.names: dict[str, Any] = {}

    def use(self, prefix: str, value: Any) -> str:
        """A name for a value."""
        name = f"{prefix}{len(self.names)}"
        self.names[name] = value
        return name

    def cell(
        self, layout: Layout, connection: Any, position: int, lines: list[str], *, filled: bool = False
    ) -> str:
        """The expression for one column's value in the row `c0, c1, …`, where these lines have been run for the row.

        `filled` says that hardly any row lacks a value there.
        """
        node = layout.columns[position].node
        value = f"c{position}"
        inline = inline_converter(node, connection)
        if inline is not None:
            self.names.update(inline.names)
            if inline.setup and inline.setup not in self.before:
                self.before.append(inline.setup)
            if not inline.quick:
                return f"(None if {value} is None else {inline.source.format(value)})"
            convert = [
                "try:",
                f"    {value} = {inline.quick.format(value)}",
                "except (TypeError, ValueError):",
                f"    {value} = None if {value} is None else ({inline.source.format(value)})",
            ]
            lines += convert if filled else [f"if {value} is not None:", *(f"    {line}" for line in convert)]
            return value
        for convert in converters_of(node, connection):
            value = f"{self.use('convert', convert)}({value}, {self.use('node', node)}, connection)"
        return value

    def row(self, layout: Layout) -> str:
        """The names that a row is unpacked into."""
        names = [f"c{number}" for number in range(len(layout.columns))]
        return ", ".join(names) + ("," if len(names) == 1 else "")

    def build(self, name: str, arguments: str, body: Sequence[str]) -> tuple[Any, str]:
        """Compile `def name(arguments)`."""
        source = f"def {name}({arguments}):\n" + "\n".join(f"    {line}" for line in body) + "\n"
        return defined(source, name, self.names), source

    def one_of_each(self, layout: Layout, made: str, lines: Sequence[str]) -> tuple[Any, str]:
        """A loader that makes one thing of each row, where these lines have been run for it."""
        if lines:
            body = [
                "found = []",
                "add = found.append",
                f"for {self.row(layout)} in rows:",
                *(f"    {line}" for line in lines),
                f"    add({made})",
                "return found",
            ]
        else:
            body = [f"return [{made} for {self.row(layout)} in rows]"]
        return self.build("load", "rows, connection", [*self.before, *body])


def _spans(layout: Layout) -> list[tuple[int, int]]:
    """First column and number of columns of each thing that `values()` selects."""
    ends = [*layout.positions[1:], len(layout.columns) - layout.hidden]
    return [(start, end - start) for start, end in zip(layout.positions, ends)]


def _cells(source: Source, layout: Layout, connection: Any, lines: list[str]) -> list[str]:
    cells = []
    for start, width in _spans(layout):
        if width == 1:
            cells.append(source.cell(layout, connection, start, lines))
        else:
            inside = ", ".join(source.cell(layout, connection, start + more, lines) for more in range(width))
            cells.append(f"({inside},)")
    return cells


def _plain(cells: Sequence[str], layout: Layout, lines: Sequence[str]) -> bool:
    return not lines and not layout.hidden and all(cell == f"c{number}" for number, cell in enumerate(cells))


def tuples(layout: Layout, connection: Any) -> tuple[Any, str]:
    """Rows as tuples."""
    source = Source()
    lines: list[str] = []
    cells = _cells(source, layout, connection, lines)
    if _plain(cells, layout, lines) and len(cells) == len(layout.columns):
        return source.build("load", "rows, connection", ["return list(map(tuple, rows))"])
    return source.one_of_each(layout, f"({''.join(f'{cell}, ' for cell in cells)})", lines)


def dicts(layout: Layout, connection: Any) -> tuple[Any, str]:
    """Rows as dictionaries."""
    source = Source()
    lines: list[str] = []
    cells = _cells(source, layout, connection, lines)
    pairs = ", ".join(f"{name!r}: {cell}" for name, cell in zip(layout.names, cells))
    return source.one_of_each(layout, f"{{{pairs}}}", lines)


def flat(layout: Layout, connection: Any) -> tuple[Any, str]:
    """The first value of each row."""
    source = Source()
    lines: list[str] = []
    cell = _cells(source, layout, connection, lines)[0]
    return source.one_of_each(layout, cell, lines)


def named(layout: Layout, connection: Any) -> tuple[Any, str]:
    """Rows as named tuples."""
    source = Source()
    lines: list[str] = []
    cells = ", ".join(_cells(source, layout, connection, lines))
    source.names["Row"] = create_namedtuple_class(*layout.names)
    return source.one_of_each(layout, f"Row({cells})", lines)
