"""Filters on numbers, and on what is counted."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from nuages.template.compiler.folding import pure
from nuages.template.filters import register, spelled_out_for
from nuages.template.presentation import Switches, plain_numbers
from nuages.utils import formats
from nuages.utils.html import avoid_wrapping
from nuages.utils.safestring import SafeData, SafeString, mark_safe
from nuages.utils.translation import gettext, ngettext

if TYPE_CHECKING:
    from nuages.template.compiler.emitter import Emitter

_PLACES = re.compile(r"(?P<places>-?\d*)(?P<suffix>gu|ug|g|u)?\Z")

# Longer results would let a short text ("1e999999999") fill the memory.
_DIGITS_AT_MOST = 200


@register.filter(is_safe=True)
def floatformat(text: Any, arg: Any = -1) -> Any:
    """A number rounded to a number of places.

    With a negative number of places they are shown only when there is something to show. The suffix `g` groups
    the digits, `u` ignores the language.
    """
    if type(text) in _EXACT:
        short = _shortly(text, arg)
        if short is not None:
            return short
    number = _decimal(text)
    if number is None:
        return ""
    written = repr(text) if isinstance(text, float) else str(text)
    if not number.is_finite():
        return written
    places, grouped, localized = _notation(arg)
    if places is None:
        return written if number is not None else ""
    *_, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    if abs(number.adjusted()) >= _DIGITS_AT_MOST or abs(exponent) > _DIGITS_AT_MOST * 10:
        return written
    whole = number == number.to_integral_value()
    if places < 0 and whole:
        return mark_safe(
            formats.number_format(
                f"{number:.0f}" if number else "0", 0, use_l10n=localized, force_grouping=grouped
            )
        )
    shown = _rounded(number, abs(places))
    return mark_safe(formats.number_format(shown, abs(places), use_l10n=localized, force_grouping=grouped))


_EXACT = frozenset({int, float, Decimal})

# Digits that are worked on as text.
_SHORT = 60


def _shortly(value: Any, arg: Any) -> SafeString | None:
    """The same for a number that is a few digits with or without a point, where nothing is grouped; else None."""
    places, grouped, localized = _notation(arg)
    text = repr(value) if type(value) is float else str(value)
    if grouped or places is None or len(text) > _SHORT or not plain_numbers():
        return None
    sign = "-" if text[0] == "-" else ""
    whole, _, fraction = text[len(sign) :].partition(".")
    if not whole.isdecimal() or not (fraction.isdecimal() or not fraction):
        # An exponent, an infinity, not a number.
        return None
    if places < 0:
        places = -places if fraction.strip("0") else 0
    if len(fraction) <= places:
        fraction = fraction.ljust(places, "0")
    elif fraction[places] < "5":
        fraction = fraction[:places]
    else:
        digits = str(int(whole + fraction[:places]) + 1).rjust(places + 1, "0")
        whole, fraction = (digits[:-places], digits[-places:]) if places else (digits, "")
    if sign and not (whole + fraction).strip("0"):
        # There is no negative zero for people.
        sign = ""
    if not fraction:
        return SafeString(sign + whole)
    point = formats.decimal_separator(localized)
    return SafeString(f"{sign}{whole}{point}{fraction}")


#: Floats below tell more than their whole part.
_PLAIN = 1e15


@spelled_out_for(floatformat)
def _floatformat_spelled_out(arg: str | int | None, switches: Switches) -> Callable[[Any], Any] | None:
    """The same for one number of places that stands in the template."""
    places, grouped, localized = _notation(arg)
    if places is None or grouped or not 0 < places <= _SHORT:
        return None

    spec = f".{places}f"

    def written(value: Any) -> Any:
        if type(value) is float and 0 < value < _PLAIN and plain_numbers():
            text = format(value, spec)
            # Nothing was rounded, so that it does not matter how.
            if float(text) == value:
                point = formats.decimal_separator(localized)
                return SafeString(text if point == "." else text.replace(".", point))
        result = floatformat(value, arg)
        return mark_safe(result) if isinstance(value, SafeData) else result

    return written


def _decimal(value: Any) -> Decimal | None:
    try:
        if isinstance(value, str) and len(value) > _DIGITS_AT_MOST * 10:
            # A number, but one that is only to be shown as it is.
            return Decimal("Infinity") if value.isdecimal() else None
        return Decimal(repr(value) if isinstance(value, float) else str(value))
    except InvalidOperation:
        pass
    try:
        return Decimal(str(float(value)))
    except (ValueError, InvalidOperation, TypeError, OverflowError):
        return None


def _notation(arg: Any) -> tuple[int | None, bool, bool | None]:
    """Places, whether digits are grouped, and whether the language counts."""
    if isinstance(arg, float | Decimal | bool):
        try:
            arg = int(arg)
        except (ValueError, OverflowError):
            return None, False, None
    return _notation_of(str(arg))


@lru_cache(maxsize=256)
def _notation_of(arg: str) -> tuple[int | None, bool, bool | None]:
    match = _PLACES.match(arg)
    if match is None or not (match["places"] or match["suffix"]):
        return None, False, None
    suffix = match["suffix"] or ""
    try:
        places = int(match["places"] or -1)
    except ValueError:
        return None, False, None
    return places, "g" in suffix, False if "u" in suffix else None


def _rounded(number: Decimal, places: int) -> str:
    """Half up, whatever the precision of the current decimal context."""
    precision = max(1, number.adjusted() + places + 2, len(number.as_tuple().digits))
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=precision))
    # There is no negative zero for people.
    return f"{rounded or abs(rounded):f}"


@register.filter(is_safe=False)
@pure
def add(value: Any, arg: Any) -> Any:
    """The sum: of whole numbers if both are, else of whatever can be added."""
    try:
        return int(value) + int(arg)
    except (ValueError, TypeError):
        pass
    try:
        return value + arg
    except Exception:
        return ""


@register.filter(is_safe=False)
@pure
def get_digit(value: Any, arg: Any) -> Any:
    """A digit of a number, counted from the right and from 1."""
    try:
        position = int(arg)
        number = int(value)
    except ValueError:
        return value
    if position < 1:
        return number
    digits = str(number)
    return int(digits[-position]) if position <= len(digits) else 0


@register.filter(is_safe=False)
@pure
def divisibleby(value: Any, arg: Any) -> bool:
    """Whether a number is divisible by another."""
    return int(value) % int(arg) == 0


def _divisible(code: Emitter, value: ast.expr, arg: ast.expr) -> ast.expr | None:
    """`divisibleby` of a loop's counter by a number."""
    if not isinstance(value, ast.BinOp) or not isinstance(arg, ast.Constant) or type(arg.value) is not int:
        return None
    return code.compared(code.remainder(value, arg), ast.Eq(), code.const(0)) if arg.value else None


divisibleby.folded = _divisible  # type: ignore[attr-defined]


_UNITS = (
    (1 << 50, lambda size: gettext("%s PB") % size),
    (1 << 40, lambda size: gettext("%s TB") % size),
    (1 << 30, lambda size: gettext("%s GB") % size),
    (1 << 20, lambda size: gettext("%s MB") % size),
    (1 << 10, lambda size: gettext("%s KB") % size),
)


@register.filter(is_safe=True)
def filesizeformat(bytes_: Any) -> str:
    """A number of bytes for people to read: `13 KB`, `4.1 MB`."""
    try:
        size = int(bytes_)
    except (TypeError, ValueError, UnicodeDecodeError):
        return avoid_wrapping(_bytes(0))
    magnitude = abs(size)
    for unit, written in _UNITS:
        if magnitude >= unit:
            rounded = round(magnitude / unit, 1)
            text = written(_shortly(rounded, 1) or formats.number_format(rounded, 1))
            break
    else:
        text = _bytes(magnitude)
    return avoid_wrapping(f"-{text}" if size < 0 else text)


def _bytes(size: int) -> str:
    return ngettext("%(size)d byte", "%(size)d bytes", size) % {"size": size}


@register.filter(is_safe=False)
@pure
def pluralize(value: Any, arg: str = "s") -> str:
    """The ending for a number of things: `vote{{ n|pluralize }}`, `cand{{ n|pluralize:"y,ies" }}`."""
    endings = _endings(arg)
    return "" if endings is None else _ending(value, *endings)


def _endings(arg: str) -> tuple[str, str] | None:
    """The endings for one and for many."""
    endings = arg.split(",")
    if len(endings) > 2:
        return None
    return ("", endings[0]) if len(endings) == 1 else (endings[0], endings[1])


def _ending(value: Any, singular: str, plural: str) -> str:
    try:
        return singular if float(value) == 1 else plural
    except ValueError:
        return ""
    except TypeError:
        pass
    try:
        return singular if len(value) == 1 else plural
    except TypeError:
        return ""


@spelled_out_for(pluralize)
def _pluralize_spelled_out(arg: str | int | None, switches: Switches) -> Callable[[Any], Any] | None:
    """The same for endings that stand in the template."""
    endings = _endings("s" if arg is None else arg) if isinstance(arg, str | None) else None
    if endings is None:
        return None
    singular, plural = endings

    def ending(value: Any) -> str:
        if type(value) is int:
            return singular if value == 1 else plural
        return _ending(value, singular, plural)

    return ending
