"""Which type two types make under an operator."""

from __future__ import annotations

from functools import lru_cache
from types import NoneType
from typing import Any

ARITHMETIC = ("+", "-", "*", "/", "%%", "^")
BITWISE = ("&", "|", "<<", ">>", "#")

# (left type, right type, result) for one operator, the first match wins.
Rules = list[tuple[type, type, type]]


@lru_cache(maxsize=1)
def _rules() -> dict[str, Rules]:
    from nuages.db.models import fields

    whole, real, exact = fields.IntegerField, fields.FloatField, fields.DecimalField
    date, moment, clock, span = fields.DateField, fields.DateTimeField, fields.TimeField, fields.DurationField
    natural = fields.PositiveIntegerField

    numbers: Rules = [(kind, kind, kind) for kind in (whole, real, exact)]
    numbers += [(whole, exact, exact), (exact, whole, exact), (whole, real, real), (real, whole, real)]
    numbers += [(kind, NoneType, kind) for kind in (whole, real, exact)]
    numbers += [(NoneType, kind, kind) for kind in (whole, real, exact)]
    table: dict[str, Rules] = {}
    for operator in ARITHMETIC:
        # The difference of two natural numbers need not be one.
        table[operator] = ([] if operator == "-" else [(natural, natural, natural)]) + numbers
    for operator in BITWISE:
        table[operator] = [(whole, whole, whole), (whole, NoneType, whole), (NoneType, whole, whole)]
    # A datetime field is a date field too, so it is asked for first.
    shifted: Rules = [(moment, span, moment), (date, span, moment), (clock, span, clock), (span, span, span)]
    table["+"] += shifted + [(span, kind, result) for kind, _, result in shifted[:3]]
    table["-"] += [*shifted, (moment, moment, span), (date, date, span), (clock, clock, span)]
    return table


def register_combinable_fields(lhs: type, connector: str, rhs: type, result: type) -> None:
    """Teach that `lhs connector rhs` gives `result`, for custom field types."""
    _rules().setdefault(connector, []).insert(0, (lhs, rhs, result))
    combined_type.cache_clear()


@lru_cache(maxsize=256)
def combined_type(lhs: type, connector: str, rhs: type) -> Any:
    """The field class of `lhs connector rhs`, None where it cannot be inferred."""
    for left, right, result in _rules().get(connector, ()):
        if issubclass(lhs, left) and issubclass(rhs, right):
            return result
    return None
