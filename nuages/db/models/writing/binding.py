"""From instances to parameters: generated functions, one for a set of fields.

Most values go into the database as they are; the generated code lets those through and calls the field's own
conversion for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nuages.db.models.fields import (
    BooleanField,
    CharField,
    Field,
    FloatField,
    IntegerField,
    TextField,
)
from nuages.db.models.fields.numeric import _Number
from nuages.db.models.fields.related import ForeignKey
from nuages.db.models.fields.text import _Text
from nuages.db.models.query_utils import DeferredAttribute
from nuages.db.models.shapes.converting import inline_adapter

__all__ = ["Expressions", "binder", "collector", "reads_plainly"]


#: What tells an expression or an instance from a plain value.
SPECIAL = ("resolve_expression", "as_sql", "prepare_database_save")


class Expressions(Exception):
    """Some value is an expression: the statement has to be written for it."""


def collector(model: Any, fields: Sequence[Any], raw: bool, add: bool) -> Callable[[Any], tuple[Any, ...]]:
    """`collect(instance)`: the values to be saved, after `pre_save()` where a field has one (and not for `raw`)."""
    names: dict[str, Any] = {}
    parts = []
    for position, field in enumerate(fields):
        name = field.attname
        if not raw and type(field).pre_save is not Field.pre_save:
            names[f"pre_save{position}"] = field.pre_save
            parts.append(f"pre_save{position}(instance, {add})")
            continue
        value = f"instance.{name}" if name.isidentifier() else f"getattr(instance, {name!r})"
        # A look past the field's descriptor, which only knows how to load what is not there.
        parts.append(
            f"values[{name!r}] if {name!r} in values else {value}" if reads_plainly(model, name) else value
        )
    body = f"({', '.join(parts)}{',' if parts else ''})"
    exec(f"def collect(instance):\n    values = instance.__dict__\n    return {body}\n", names)
    return names["collect"]


def reads_plainly(model: Any, name: str) -> bool:
    """Whether an attribute that is in an instance's `__dict__` is what reading it gives."""
    if model.__getattribute__ is not object.__getattribute__:
        return False
    descriptor = next((base.__dict__[name] for base in model.__mro__ if name in base.__dict__), None)
    return descriptor is None or (
        isinstance(descriptor, DeferredAttribute) and (type(descriptor).__get__ is DeferredAttribute.__get__)
    )


def binder(fields: Sequence[Any], connection: Any) -> Callable[[Sequence[Any], Any], tuple[Any, ...]]:
    """`bind(values, connection)`: parameters in the database's own form; raises Expressions."""
    names: dict[str, Any] = {}
    lines = []
    for position, field in enumerate(fields):
        value = f"v{position}"
        names[f"prepare{position}"] = _refusing_expressions(field)
        convert = f"prepare{position}({value}, connection)"
        kind = _kept_type(field, connection)
        adapter = None if kind is not None else inline_adapter(field, connection)
        if kind is not None:
            names[f"kind{position}"] = kind
            if kind is float:
                # A whole number is as good.
                convert = f"float({value}) if type({value}) is int else {convert}"
            convert = f"{value} if {value} is None or type({value}) is kind{position} else {convert}"
        elif adapter is not None:
            names |= {f"kind{position}": adapter.kind, **adapter.names}
            quick = f"({adapter.source.format(value)} if type({value}) is kind{position} else None)"
            convert = f"None if {value} is None else {quick} or {convert}"
        lines.append(convert)
    arguments = ", ".join(f"v{position}" for position in range(len(fields)))
    body = "".join(f"        ({line}),\n" for line in lines)
    unpack = f"    ({arguments},) = values\n" if fields else ""
    exec(f"def bind(values, connection):\n{unpack}    return (\n{body}    )\n", names)
    return names["bind"]


def _refusing_expressions(field: Any) -> Callable[[Any, Any], Any]:
    prepare = field.get_db_prep_save

    def convert(value: Any, connection: Any) -> Any:
        # Instances are refused, or taken for their key, where the statement is written.
        if any(hasattr(value, name) for name in SPECIAL):
            raise Expressions
        prepared = prepare(value, connection=connection)
        if hasattr(prepared, "as_sql"):
            raise Expressions
        return prepared

    return convert


def _kept_type(field: Any, connection: Any) -> type | None:
    """The exact type whose values go to the driver unchanged; None where every value has to be looked at."""
    cls = type(field)
    if issubclass(cls, ForeignKey):
        if (
            cls.get_db_prep_save is not ForeignKey.get_db_prep_save
            or cls.get_db_prep_value is not ForeignKey.get_db_prep_value
        ):
            return None
        target = _kept_type(field.target_field, connection)
        # An empty string may mean no key.
        return target if target is not str else None
    if cls.get_db_prep_save is not Field.get_db_prep_save:
        return None
    if issubclass(cls, BooleanField):
        plain = (
            cls.get_prep_value is BooleanField.get_prep_value
            and cls.get_db_prep_value is Field.get_db_prep_value
        )
        return bool if plain and cls.to_python is BooleanField.to_python else None
    if issubclass(cls, (CharField, TextField)):
        plain = (
            cls.get_prep_value is _Text.get_prep_value and cls.get_db_prep_value is Field.get_db_prep_value
        )
        return str if plain and cls.to_python is _Text.to_python else None
    if cls.get_prep_value is not _Number.get_prep_value:
        return None
    if issubclass(cls, FloatField):
        return float if cls.get_db_prep_value is Field.get_db_prep_value else None
    if issubclass(cls, IntegerField) and _keeps_integers(connection.ops):
        from nuages.db.models.fields.auto import AutoFieldMixin

        known = (IntegerField.get_db_prep_value, AutoFieldMixin.get_db_prep_value)
        return int if cls.get_db_prep_value in known else None
    return None


def _keeps_integers(operations: Any) -> bool:
    from nuages.db.backends.base.operations import BaseDatabaseOperations

    return type(operations).adapt_integerfield_value is BaseDatabaseOperations.adapt_integerfield_value
