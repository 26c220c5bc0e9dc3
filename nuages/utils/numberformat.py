"""Numbers with separators."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from nuages.utils.safestring import mark_safe

# Numbers with more digits than this are written with an exponent: nobody reads two hundred zeros.
_MOST_DIGITS = 200


def format(
    number: Any,
    decimal_sep: str,
    decimal_pos: int | None = None,
    grouping: Any = 0,
    thousand_sep: str = "",
    force_grouping: bool = False,
    use_l10n: bool | None = None,
) -> Any:
    """Return a number as text.

    `decimal_pos` digits stand after `decimal_sep`; groups of `grouping` digits (or, in a sequence, of each of
    these; 0 repeats the one before, -1 ends the grouping) are separated by `thousand_sep`, where USE_THOUSAND_SEPARATOR or
    `force_grouping` says so.
    """
    if number is None or number == "":
        return mark_safe(str(number) if number is None else number)
    from nuages.conf import settings

    localized = use_l10n or use_l10n is None
    grouped = (localized and settings.USE_THOUSAND_SEPARATOR) or force_grouping
    # More than a sequence of one zero is worth grouping.
    grouped = grouped and grouping != 0
    if isinstance(number, int) and not grouped and not decimal_pos:
        return mark_safe(str(number))
    sign, whole, fraction, exponent = _taken_apart(number, decimal_pos)
    if decimal_pos is not None:
        fraction = fraction[:decimal_pos].ljust(decimal_pos, "0")
    if grouped:
        whole = _grouped(whole, grouping, thousand_sep)
    return f"{sign}{whole}{decimal_sep if fraction else ''}{fraction}{exponent}"


def _taken_apart(number: Any, decimal_pos: int | None) -> tuple[str, str, str, str]:
    """Return the sign (or whatever stands before), the whole digits, those after the point, and the exponent."""
    exponent = ""
    if isinstance(number, float) and "e" in str(number).lower():
        number = Decimal(str(number))
    if isinstance(number, Decimal):
        if decimal_pos is not None:
            # Nothing smaller than the last digit shown can be seen.
            smallest = Decimal(1).scaleb(-decimal_pos)
            if abs(number) < smallest:
                number = Decimal(0)
        _, digits, power = number.as_tuple()
        if isinstance(power, int) and abs(power) + len(digits) > _MOST_DIGITS:
            text = f"{number:e}"
            text, _, tail = text.partition("e")
            exponent = f"e{tail}"
        else:
            text = f"{number:f}"
    else:
        text = str(number)
    sign = ""
    if text.startswith("-"):
        sign, text = "-", text[1:]
    whole, _, fraction = text.partition(".")
    return sign, whole, fraction, exponent


def _grouped(whole: str, grouping: Any, separator: str) -> str:
    sizes = list(grouping) if isinstance(grouping, (list, tuple)) else [grouping]
    groups: list[str] = []
    size = sizes.pop(0)
    while 0 < size < len(whole):
        groups.append(whole[-size:])
        whole = whole[:-size]
        # As in the C library: 0 stands for "as before", and so does the end.
        size = (sizes.pop(0) if sizes else 0) or size
    groups.append(whole)
    return separator.join(reversed(groups))
