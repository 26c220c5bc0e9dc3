"""What turns the values of a column into Python's, and those into the column's."""

from __future__ import annotations

from typing import Any

from nuages.db.backends.dialect import InlineAdapter, InlineConverter
from nuages.db.models.expressions import Col
from nuages.db.models.fields import DateField, DateTimeField, Field

__all__ = ["converters_of", "inline_adapter", "inline_converter", "reads_stored"]


def converters_of(node: Any, connection: Any) -> list[Any]:
    """What turns a column's value into the Python value of its expression."""
    ours = connection.ops.get_db_converters(node)
    return [*ours, *node.get_db_converters(connection)]


def inline_converter(node: Any, connection: Any) -> InlineConverter | None:
    """Source for a column whose field and backend convert it in the ordinary way."""
    if type(node) is not Col:
        return None
    field = node.target
    if not type(field).__module__.startswith("nuages.db.models.fields") or node.output_field is not field:
        return None
    found: InlineConverter | None = connection.dialect.inline_converters.get(field.get_internal_type())
    if found is None or field.get_db_converters(connection):
        return None
    # A backend of somebody else may convert in its own way.
    return found if type(connection.ops).get_db_converters.__module__.startswith("nuages.") else None


def reads_stored(node: Any, connection: Any) -> bool:
    """Whether a loader takes this column as it is stored, before any conversion that the dialect has for its type."""
    if type(node) is not Col or not type(node.target).__module__.startswith("nuages.db.models.fields"):
        return False
    inline = connection.dialect.inline_converters
    if not inline or node.output_field.get_internal_type() not in inline:
        return True
    found = inline_converter(node, connection)
    return found is not None and found.takes_stored


def inline_adapter(field: Any, connection: Any) -> InlineAdapter | None:
    """What the dialect has for a field that prepares its values in the ordinary way."""
    cls = type(field)
    kind = field.get_internal_type()
    found: InlineAdapter | None = connection.dialect.inline_adapters.get(kind)
    ordinary = {"DateField": DateField, "DateTimeField": DateTimeField}.get(kind)
    if found is None or ordinary is None or cls.get_db_prep_save is not Field.get_db_prep_save:
        return None
    methods = ("get_prep_value", "get_db_prep_value", "to_python")
    if not all(getattr(cls, name) is getattr(ordinary, name) for name in methods):
        return None
    # A backend of somebody else may write in its own way.
    adapt = getattr(type(connection.ops), f"adapt_{kind.lower()}_value")
    return found if adapt.__module__.startswith("nuages.") else None
