"""Conversions that ride on a slot, comparable so that equal places stay equal."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from nuages.db.models.fields.dates import DateField, DateTimeField
from nuages.db.models.fields.numeric import _Number
from nuages.db.models.fields.text import _Text
from nuages.db.models.fields.various import UUIDField
from nuages.db.models.shapes.slots import Opaque, Preparation


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


#: From a field's `get_prep_value` to the type whose values it gives back, if `to_python` is that of the same class.
_LEFT: dict[Any, tuple[Any, type]] = {
    _Text.get_prep_value: (_Text, str),
    DateField.get_prep_value: (DateField, datetime.date),
    UUIDField.get_prep_value: (UUIDField, uuid.UUID),
}


def kept_by(convert: Any) -> type | None:
    """The exact type whose values are what a field's `get_prep_value` makes them already; None for no such."""
    method = getattr(convert, "__func__", None)
    if method is _Number.get_prep_value:
        number: type = convert.__self__.number
        return number if number in (int, float) else None
    found = _LEFT.get(method)
    if found is None:
        return None
    owner, kind = found
    field = convert.__self__
    same = type(field).to_python is owner.to_python and "to_python" not in vars(field)
    return kind if same else None


class Kept(Preparation):
    """`prepare` step that gives values of one type back at once."""

    __slots__ = ("kind", "prepare")

    def __init__(self, kind: type, prepare: Any) -> None:
        self.kind = kind
        self.prepare = prepare

    def leaves(self, kind: type) -> bool:
        return kind is self.kind

    def __call__(self, value: Any) -> Any:
        return value if type(value) is self.kind else self.prepare(value)


class KeptMoment:
    """The same for moments in UTC, which need no zone. What others need depends on settings."""

    __slots__ = ("prepare",)

    def __init__(self, prepare: Any) -> None:
        self.prepare = prepare

    def __call__(self, value: Any) -> Any:
        if type(value) is datetime.datetime and value.tzinfo is datetime.UTC:
            return value
        return self.prepare(value)


def quick(prepare: Any, convert: Any) -> Any:
    """A `prepare` step around a field's `get_prep_value` that is quick where that changes nothing."""
    if getattr(convert, "__func__", None) is DateTimeField.get_prep_value:
        same = type(convert.__self__).to_python is DateTimeField.to_python
        return KeptMoment(prepare) if same else prepare
    kind = kept_by(convert)
    return prepare if kind is None else Kept(kind, prepare)


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
