"""What is written for a model's own columns, worked out once: most of what most queries select."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nuages.db.models.expressions import Col
from nuages.db.models.fields import Field
from nuages.db.models.shapes.converting import inline_converter, reads_stored

if TYPE_CHECKING:
    from nuages.db.models.shapes.clauses.related import Loaded
    from nuages.db.models.shapes.writing import Writer

__all__ = ["Column", "selected", "written"]


@dataclass(slots=True)
class Column:
    """One thing that is selected. May be shared by many statements."""

    node: Any
    sql: str
    params: Sequence[Any]
    alias: str | None = None
    name: str | None = None
    kind: str = "field"
    #: Of a model's own column: whether the loader reads it as it is stored, and whether it does so in place of what
    #: the driver would make of it. None of anything else.
    reads_stored: bool | None = None
    converts_stored: bool | None = None


def written(node: Any, writer: Writer) -> Column | None:
    """What is known of a column in the table of its model's name; None for any other node."""
    if type(node) is not Col or (kept := node.kept_writing()) is None:
        return None
    found: Column | None = kept.get(writer.dialect)
    if found is not None:
        return found
    connection = writer.connection
    if type(node.output_field).select_format is not Field.select_format or not type(
        connection
    ).__module__.startswith("nuages."):
        return None
    sql, params = writer.compile_anew(node)
    if params:
        return None
    inline = inline_converter(node, connection)
    converts_stored = inline is not None and inline.takes_stored
    kept[writer.dialect] = made = Column(
        node, sql, (), reads_stored=reads_stored(node, connection), converts_stored=converts_stored
    )
    return made


def selected(loaded: Loaded, writer: Writer) -> Sequence[Column]:
    """The columns of an instance; those of a whole row in the table of its model's name are the same every time."""
    opts = loaded.model._meta
    if loaded.nodes is not opts.own_columns:
        return [writer.column(node) for node in loaded.nodes]
    kept: dict[Any, Sequence[Column]] = opts.written_columns
    found = kept.get(writer.dialect)
    if found is None:
        found = [writer.column(node) for node in loaded.nodes]
        if all(column.reads_stored is not None for column in found):
            kept[writer.dialect] = found
    return found
