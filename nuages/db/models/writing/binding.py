"""From instances to parameters: generated functions, one for a set of fields.

Most values go into the database as they are; the generated code lets those through and calls the field's own
conversion for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nuages.db.models.fields import BooleanField, CharField, Field, FloatField, IntegerField, TextField
from nuages.db.models.fields.numeric import _Number
from nuages.db.models.fields.related import ForeignKey
from nuages.db.models.fields.text import _Text

__all__ = ["Expressions", "binder", "collector"]


#: What tells an expression or an instance from a plain value.
SPECIAL = ("resolve_expression", "as_sql", "prepare_database_save")


class Expressions(Exception):
    """Some value is an expression: the statement has to be written for it."""


def collector(fields: Sequence[Any], raw: bool, add: bool) -> Callable[[Any], tuple[Any, ...]]:
    """`collect(instance)`: the values to be saved, after `pre_save()` where a field has one (and not for `raw`)."""
    names: dict[str, Any] = {}
    parts = []
    for position, field in enumerate(fields):
        if raw or type(field).pre_save is Field.pre_save:
            parts.append(
                f"instance.{field.attname}"
                if field.attname.isidentifier()
                else f"getattr(instance, {field.attname!r})"
            )
        else:
            names[f"pre_save{position}"] = field.pre_save
            parts.append(f"pre_save{position}(instance, {add})")
    exec(f"def collect(instance):\n    return ({', '.join(parts)}{',' if parts else ''})\n", names)
    return names["collect"]


def binder(fields: Sequence[Any], connection: Any) -> Callable[[Sequence[Any], Any], tuple[Any, ...]]:
    """`bind(values, connection)`: parameters in the database's own form; raises Expressions."""
    names: dict[str, Any] = {}
    lines = []
    for position, field in enumerate(fields):
        value = f"v{position}"
        names[f"prepare{position}"] = _refusing_expressions(field)
        convert = f"prepare{position}({value}, connection)"
        kind = _kept_type(field, connection)
        if kind is not None:
            names[f"kind{position}"] = kind
            convert = f"{value} if {value} is None or type({value}) is kind{position} else {convert}"
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
