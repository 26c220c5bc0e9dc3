"""Arithmetic and trigonometry."""

from __future__ import annotations

from typing import Any

from nuages.db.models.expressions import Func
from nuages.db.models.fields import DecimalField, FloatField, IntegerField
from nuages.db.models.lookups import Transform


class NumericOutputFieldMixin:
    """Decimal of decimals, else floating point of whole numbers, else as the arguments."""

    def _resolve_output_field(self) -> Any:
        given = self.get_source_fields()  # type: ignore[attr-defined]
        if any(isinstance(field, DecimalField) for field in given):
            return DecimalField(max_digits=15, decimal_places=6)
        if any(isinstance(field, IntegerField) for field in given):
            return FloatField()
        return super()._resolve_output_field() if given else FloatField()  # type: ignore[misc]


class NumericTransform(NumericOutputFieldMixin, Transform):
    """A function of one number that can be part of a lookup's path."""


class NeedsDecimals:
    """Marks functions that some databases have for decimals but not for floating point."""


class Abs(Transform):
    lookup_name = "abs"
    function = "ABS"


class ACos(NumericTransform):
    lookup_name = "acos"
    function = "ACOS"


class ASin(NumericTransform):
    lookup_name = "asin"
    function = "ASIN"


class ATan(NumericTransform):
    lookup_name = "atan"
    function = "ATAN"


class ATan2(NumericOutputFieldMixin, Func):
    function = "ATAN2"
    arity = 2


class Ceil(Transform):
    lookup_name = "ceil"
    function = "CEILING"


class Cos(NumericTransform):
    lookup_name = "cos"
    function = "COS"


class Cot(NumericTransform):
    lookup_name = "cot"
    function = "COT"


class Degrees(NumericTransform):
    lookup_name = "degrees"
    function = "DEGREES"


class Exp(NumericTransform):
    lookup_name = "exp"
    function = "EXP"


class Floor(Transform):
    lookup_name = "floor"
    function = "FLOOR"


class Ln(NumericTransform):
    lookup_name = "ln"
    function = "LN"


class Log(NeedsDecimals, NumericOutputFieldMixin, Func):
    """The logarithm of the second argument to the base of the first."""

    function = "LOG"
    arity = 2


class Mod(NeedsDecimals, NumericOutputFieldMixin, Func):
    function = "MOD"
    arity = 2


class Pi(NumericOutputFieldMixin, Func):
    function = "PI"
    arity = 0


class Power(NumericOutputFieldMixin, Func):
    function = "POWER"
    arity = 2


class Radians(NumericTransform):
    lookup_name = "radians"
    function = "RADIANS"


class Random(NumericOutputFieldMixin, Func):
    """A number from 0 up to but not including 1."""

    function = "RANDOM"
    arity = 0

    def get_group_by_cols(self) -> list[Any]:
        return []


class Round(NeedsDecimals, Transform):
    """Rounded to `precision` places after the point."""

    lookup_name = "round"
    function = "ROUND"
    arity = None  # type: ignore[assignment]

    def __init__(self, expression: Any, precision: Any = 0, **extra: Any) -> None:
        super().__init__(expression, precision, **extra)

    def _resolve_output_field(self) -> Any:
        return self.get_source_expressions()[0].output_field


class Sign(Transform):
    lookup_name = "sign"
    function = "SIGN"


class Sin(NumericTransform):
    lookup_name = "sin"
    function = "SIN"


class Sqrt(NumericTransform):
    lookup_name = "sqrt"
    function = "SQRT"


class Tan(NumericTransform):
    lookup_name = "tan"
    function = "TAN"
