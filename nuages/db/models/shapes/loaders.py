"""Loaders: generated functions from rows to tuples, dictionaries, named tuples or single values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nuages.db.models.shapes.converting import converters_of, inline_converter
from nuages.db.models.shapes.writing import Layout
from nuages.db.models.utils import create_namedtuple_class

__all__ = ["Source", "dicts", "flat", "named", "tuples"]


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

    def cell(self, layout: Layout, connection: Any, position: int) -> str:
        """The expression for one column's value in the row `c0, c1, …`."""
        node = layout.columns[position].node
        value = f"c{position}"
        inline = inline_converter(node, connection)
        if inline is not None:
            self.names.update(inline.names)
            if inline.setup and inline.setup not in self.before:
                self.before.append(inline.setup)
            return f"(None if {value} is None else {inline.source.format(value)})"
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
        exec(source, self.names)
        return self.names[name], source


def _spans(layout: Layout) -> list[tuple[int, int]]:
    """First column and number of columns of each thing that `values()` selects."""
    ends = [*layout.positions[1:], len(layout.columns) - layout.hidden]
    return [(start, end - start) for start, end in zip(layout.positions, ends)]


def _cells(source: Source, layout: Layout, connection: Any) -> list[str]:
    cells = []
    for start, width in _spans(layout):
        if width == 1:
            cells.append(source.cell(layout, connection, start))
        else:
            inside = ", ".join(source.cell(layout, connection, start + more) for more in range(width))
            cells.append(f"({inside},)")
    return cells


def _plain(cells: Sequence[str], layout: Layout) -> bool:
    return not layout.hidden and all(cell == f"c{number}" for number, cell in enumerate(cells))


def tuples(layout: Layout, connection: Any) -> tuple[Any, str]:
    """Rows as tuples."""
    source = Source()
    cells = _cells(source, layout, connection)
    if _plain(cells, layout) and len(cells) == len(layout.columns):
        return source.build("load", "rows, connection", ["return list(map(tuple, rows))"])
    body = ", ".join(cells) + ("," if len(cells) == 1 else "")
    return source.build(
        "load", "rows, connection", [*source.before, f"return [({body}) for {source.row(layout)} in rows]"]
    )


def dicts(layout: Layout, connection: Any) -> tuple[Any, str]:
    """Rows as dictionaries."""
    source = Source()
    pairs = ", ".join(
        f"{name!r}: {cell}" for name, cell in zip(layout.names, _cells(source, layout, connection))
    )
    return source.build(
        "load", "rows, connection", [*source.before, f"return [{{{pairs}}} for {source.row(layout)} in rows]"]
    )


def flat(layout: Layout, connection: Any) -> tuple[Any, str]:
    """The first value of each row."""
    source = Source()
    cell = _cells(source, layout, connection)[0]
    return source.build(
        "load", "rows, connection", [*source.before, f"return [{cell} for {source.row(layout)} in rows]"]
    )


def named(layout: Layout, connection: Any) -> tuple[Any, str]:
    """Rows as named tuples."""
    source = Source()
    cells = ", ".join(_cells(source, layout, connection))
    source.names["Row"] = create_namedtuple_class(*layout.names)
    return source.build(
        "load",
        "rows, connection",
        [*source.before, f"return [Row({cells}) for {source.row(layout)} in rows]"],
    )
