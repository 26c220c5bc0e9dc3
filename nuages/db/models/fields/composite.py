"""CompositePrimaryKey: several columns that make one key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from nuages.core import checks
from nuages.db.models.fields.base import Field, FieldCheck
from nuages.db.models.fields.options import NOT_PROVIDED, FieldOption
from nuages.db.models.fields.tuple_lookups import (
    TupleExact,
    TupleGreaterThan,
    TupleGreaterThanOrEqual,
    TupleIn,
    TupleIsNull,
    TupleLessThan,
    TupleLessThanOrEqual,
)
from nuages.utils.functional import cached_property

__all__ = ["CompositeAttribute", "CompositePrimaryKey", "unnest_composite_fields"]


class CompositeAttribute:
    """`instance.pk` as a tuple, and setting it from one."""

    def __init__(self, field: CompositePrimaryKey) -> None:
        self.field = field

    @property
    def attnames(self) -> list[str]:
        return [field.attname for field in self.field.fields]

    def __get__(self, instance: Any, cls: type | None = None) -> Any:
        if instance is None:
            return self
        return tuple(getattr(instance, attname) for attname in self.attnames)

    def __set__(self, instance: Any, values: Any) -> None:
        attnames = self.attnames
        if values is None:
            values = (None,) * len(attnames)
        if not isinstance(values, (list, tuple)):
            raise ValueError(f"{self.field.name!r} must be a list or a tuple.")
        if len(values) != len(attnames):
            raise ValueError(f"{self.field.name!r} must have {len(attnames)} elements.")
        for attname, value in zip(attnames, values):
            setattr(instance, attname, value)


#: Options that the nature of such a key decides, and what is said to another value.
FIXED = (
    ("default", NOT_PROVIDED, "cannot have a default"),
    ("db_default", NOT_PROVIDED, "cannot have a database default"),
    ("db_column", None, "cannot have a db_column"),
    ("editable", False, "cannot be editable"),
    ("primary_key", True, "must be a primary key"),
    ("blank", True, "must be blank"),
)


def check_key_name(field: Any, options: Mapping[str, Any]) -> Any:
    if field.name != "pk":
        yield checks.Error("'CompositePrimaryKey' must be named 'pk'.", obj=field, id="fields.E013")


class CompositePrimaryKey(Field["tuple[Any, ...] | None", "tuple[Any, ...]"]):
    """The primary key of a model, made of several of its fields."""

    options: ClassVar[tuple[FieldOption, ...]] = (
        FieldOption("blank", True, never=True),
        FieldOption("editable", False, never=True),
        FieldOption("primary_key", True, never=True),
        FieldOption("db_index", False, never=True),
    )
    checks: ClassVar[tuple[FieldCheck, ...]] = (check_key_name,)
    descriptor_class = CompositeAttribute
    is_composite_key = True

    field_names: tuple[str, ...]

    def __init__(self, *args: str, **kwargs: Any) -> None:
        if not args or not all(isinstance(name, str) for name in args) or len(set(args)) != len(args):
            raise ValueError("CompositePrimaryKey args must be unique strings.")
        if len(args) == 1:
            raise ValueError("CompositePrimaryKey must include at least two fields.")
        for option, only, rule in FIXED:
            if kwargs.setdefault(option, only) is not only:
                raise ValueError(f"CompositePrimaryKey {rule}.")
        self.field_names = args
        super().__init__(**kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        # args are not relevant: they are names, kept as they are.
        name, path, _args, kwargs = super().deconstruct()
        return name, path, list(self.field_names), kwargs

    @cached_property
    def fields(self) -> tuple[Any, ...]:
        """The fields the key is made of."""
        options = self.model._meta
        return tuple(options.get_field(name) for name in self.field_names)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.column for field in self.fields)

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only=private_only)
        cls._meta.pk = self
        setattr(cls, self.attname, self.descriptor_class(self))

    def get_attname_column(self) -> tuple[str, None]:
        return self.get_attname(), None

    def __iter__(self) -> Any:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.field_names)

    @cached_property
    def cached_col(self) -> Any:
        return self._pairs(self.model._meta.db_table, self)

    def get_col(self, alias: str, output_field: Any = None) -> Any:
        if alias == self.model._meta.db_table and (output_field is None or output_field is self):
            return self.cached_col
        return self._pairs(alias, output_field or self)

    def _pairs(self, alias: str, output_field: Any) -> Any:
        from nuages.db.models.expressions import ColPairs

        return ColPairs(alias, self.fields, self.fields, output_field)

    def get_pk_value_on_save(self, instance: Any) -> Any:
        values = []
        for field in self.fields:
            value = field.value_from_object(instance)
            values.append(field.get_pk_value_on_save(instance) if value is None else value)
        return tuple(values)

    def value_to_string(self, obj: Any) -> str:
        values = []
        for value, field in zip(self.value_from_object(obj), self.fields):
            holder = obj.__class__()
            setattr(holder, field.attname, value)
            values.append(field.value_to_string(holder))
        return json.dumps(values, ensure_ascii=False)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            # What value_to_string() made of it.
            value = json.loads(value)
        if value is None:
            return None
        return [field.to_python(part) for field, part in zip(self.fields, value, strict=True)]

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        return tuple(
            field.get_db_prep_value(part, connection, prepared)
            for field, part in zip(self.fields, value, strict=True)
        )


for _lookup in (
    TupleExact,
    TupleGreaterThan,
    TupleGreaterThanOrEqual,
    TupleIn,
    TupleIsNull,
    TupleLessThan,
    TupleLessThanOrEqual,
):
    CompositePrimaryKey.register_lookup(_lookup)


def unnest_composite_fields(fields: Any) -> list[Any]:
    """Fields with composite ones replaced by what they are made of."""
    found: list[Any] = []
    for field in fields:
        found.extend(field.fields if isinstance(field, CompositePrimaryKey) else [field])
    return found
