"""Arrays, booleans and documents of many rows; the names that moved to `models`."""

from __future__ import annotations

import warnings
from typing import Any

from nuages.contrib.postgres.fields import ArrayField
from nuages.db.models import Aggregate, BooleanField, JSONField, Value
from nuages.db.models import BitAnd as AnyBitAnd
from nuages.db.models import BitOr as AnyBitOr
from nuages.db.models import BitXor as AnyBitXor
from nuages.db.models import StringAgg as AnyStringAgg
from nuages.utils.deprecation import RemovedInDjango2028Warning

__all__ = [
    "ArrayAgg",
    "BitAnd",
    "BitOr",
    "BitXor",
    "BoolAnd",
    "BoolOr",
    "JSONBAgg",
    "RemovedInDjango2028Warning",
    "StringAgg",
]


class _Unnamed(Aggregate):
    """Has no default alias: the caller gives the result a name."""

    arity = 1

    @property
    def default_alias(self) -> str:
        raise TypeError("Complex aggregates require an alias")


class ArrayAgg(_Unnamed):
    """The values, nulls too, as an array."""

    function = "ARRAY_AGG"
    name = "ArrayAgg"
    allow_distinct = allow_order_by = True

    @property
    def output_field(self) -> Any:  # type: ignore[override]
        """An array of the argument's type."""
        return ArrayField(self.source_expressions[0].output_field)


def _moved(kind: type[Aggregate]) -> type[Aggregate]:
    """A class of the old path, which says where the new one is."""

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        warnings.warn(
            f"The PostgreSQL-specific {kind.__name__} function is deprecated. Use "
            f"django.db.models.aggregates.{kind.__name__} instead.",
            category=RemovedInDjango2028Warning,
            stacklevel=2,
        )
        kind.__init__(self, *args, **kwargs)

    return type(kind.__name__, (kind,), {"__init__": __init__, "__module__": __name__, "shape_safe": True})


BitAnd = _moved(AnyBitAnd)
BitOr = _moved(AnyBitOr)
BitXor = _moved(AnyBitXor)


class BoolAnd(_Unnamed):
    """Whether all values are true."""

    function = "BOOL_AND"
    name = "BoolAnd"
    output_field = BooleanField()


class BoolOr(_Unnamed):
    """Whether any value is true."""

    function = "BOOL_OR"
    name = "BoolOr"
    output_field = BooleanField()


class JSONBAgg(_Unnamed):
    """The values as a JSON array."""

    function = "JSONB_AGG"
    name = "JSONBAgg"
    output_field = JSONField()
    allow_distinct = allow_order_by = True


def _deprecated(message: str) -> None:
    warnings.warn(message, category=RemovedInDjango2028Warning, stacklevel=3)


class StringAgg(AnyStringAgg):
    """The old path of `models.StringAgg`, where a plain delimiter is a text and no field."""

    def __init__(self, expression: Any, delimiter: Any, **extra: Any) -> None:
        if isinstance(delimiter, str):
            _deprecated(
                "delimiter: str will be resolved as a field reference instead of a string literal on Django "
                f'2028. Pass `delimiter=Value("{delimiter}")` to preserve the previous behavior.'
            )
            delimiter = Value(delimiter)
        _deprecated(
            "The PostgreSQL specific StringAgg function is deprecated. Use django.db.models.aggregates.StringAgg "
            "instead."
        )
        super().__init__(expression, delimiter, **extra)
