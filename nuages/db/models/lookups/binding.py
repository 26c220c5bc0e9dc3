"""Conversions that ride on a slot, comparable so that equal places stay equal."""

from __future__ import annotations

from typing import Any

from nuages.db.models.shapes.slots import Opaque


class PreparedForField:
    """`bind` step: an already prepared value in the database's own form."""

    __slots__ = ("field",)

    def __init__(self, field: Any) -> None:
        self.field = field

    def __call__(self, value: Any, connection: Any) -> Any:
        return self.field.get_db_prep_value(value, connection, prepared=True)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PreparedForField) and other.field is self.field

    def __hash__(self) -> int:
        return hash((PreparedForField, id(self.field)))


class Pattern:
    """`bind` step: a text put into a LIKE pattern, its own wildcards escaped."""

    __slots__ = ("frame",)

    def __init__(self, frame: str) -> None:
        self.frame = frame

    def __call__(self, value: Any, connection: Any) -> str:
        return self.frame % escape_like(value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and other.frame == self.frame

    def __hash__(self) -> int:
        return hash((Pattern, self.frame))


class NotNone:
    """`prepare` step: a value that turns into None needs IS NULL, which is another structure."""

    __slots__ = ("prepare",)

    def __init__(self, prepare: Any) -> None:
        self.prepare = prepare

    def __call__(self, value: Any) -> Any:
        prepared = self.prepare(value)
        if prepared is None and value is not None:
            raise Opaque
        return prepared


def escape_like(value: Any) -> str:
    """`value` as text that LIKE takes literally, with the backslash as escape character."""
    return str(value).replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
