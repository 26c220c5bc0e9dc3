"""What is written for a model's own column, worked out once: most of what most queries select."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nuages.db.models.expressions import Col
from nuages.db.models.fields import Field
from nuages.db.models.shapes.converting import inline_converter, reads_stored

if TYPE_CHECKING:
    from nuages.db.models.shapes.writing import Writer

__all__ = ["Column", "Written", "written"]


@dataclass(slots=True)
class Column:
    """One thing that is selected."""

    node: Any
    sql: str
    params: Sequence[Any]
    alias: str | None = None
    name: str | None = None
    kind: str = "field"
    #: What is known of it, where it is a model's own column.
    known: Written | None = None


@dataclass(slots=True)
class Written:
    """A column's SQL, and how a loader takes its values."""

    node: Any
    sql: str
    #: Whether the loader reads it as it is stored, and whether it does so in place of what the driver would make of it.
    reads_stored: bool
    converts_stored: bool


def written(node: Any, writer: Writer) -> Written | None:
    """What is known of a column in the table of its model's name; None for any other node."""
    if type(node) is not Col or node.target.__dict__.get("cached_col") is not node:
        return None
    # A copy of the field has what the field knew.
    kept: dict[Any, Written] | None = node.target.__dict__.get("_written")
    if kept is not None:
        found = kept.get(writer.dialect)
        if found is not None and found.node is node:
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
    made = Written(node, sql, reads_stored(node, connection), inline is not None and inline.takes_stored)
    node.target.__dict__["_written"] = {**(kept or {}), writer.dialect: made}
    return made
