"""Conditions told from an instance's values in Python, as far as that is sure to agree with the database.

The answer is that of SQL: true, false, or unknown, which NULL makes and everything that only the database can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt
from typing import Any

from nuages.core.exceptions import FieldDoesNotExist, ValidationError
from nuages.db.models.constants import LOOKUP_SEP
from nuages.db.models.expressions import F, Value
from nuages.db.models.query_utils import Q

__all__ = ["holds"]

#: Not known, or not known here.
UNKNOWN = None


class _Untold(Exception):
    """Only the database knows."""


def holds(condition: Any, instance: Any) -> bool | None:
    """Whether `instance` meets a condition; None where that is unknown."""
    if isinstance(condition, Q):
        return _combined(condition, instance)
    return UNKNOWN


def _combined(condition: Q, instance: Any) -> bool | None:
    parts = [
        _compared(child[0], child[1], instance) if isinstance(child, tuple) else holds(child, instance)
        for child in condition.children
    ]
    if condition.connector == Q.AND:
        found = False if False in parts else UNKNOWN if UNKNOWN in parts else True
    elif condition.connector == Q.OR:
        found = True if True in parts else UNKNOWN if UNKNOWN in parts else not parts
    else:
        found = UNKNOWN if UNKNOWN in parts else sum(map(bool, parts)) % 2 == 1
    return (not found) if condition.negated and found is not UNKNOWN else found


def _compared(name: str, wanted: Any, instance: Any) -> bool | None:
    """One lookup: a field, and perhaps a comparison that is the same everywhere."""
    name, _, lookup = name.partition(LOOKUP_SEP)
    compare = COMPARISONS.get(lookup or "exact")
    if compare is None:
        return UNKNOWN
    try:
        field, value = _value_of(name, instance)
        return compare(value, wanted, lambda other: _prepared(other, field, instance))
    except (_Untold, TypeError, ValidationError):
        # Values that do not fit are for the field's own validation.
        return UNKNOWN


def _value_of(name: str, instance: Any) -> tuple[Any, Any]:
    try:
        field = instance._meta.pk if name == "pk" else instance._meta.get_field(name)
    except FieldDoesNotExist:
        raise _Untold from None
    if not field.concrete or field.generated or getattr(field, "is_composite_key", False):
        raise _Untold
    value = getattr(instance, field.attname)
    if hasattr(value, "resolve_expression"):
        raise _Untold
    return field, field.to_python(value)


def _prepared(wanted: Any, field: Any, instance: Any) -> Any:
    """The other side as the field's type."""
    if type(wanted) is F:
        return _value_of(wanted.name, instance)[1]
    if type(wanted) is Value:
        wanted = wanted.value
    if hasattr(wanted, "resolve_expression") or hasattr(wanted, "_meta"):
        raise _Untold
    return field.to_python(wanted)


Prepare = Callable[[Any], Any]


def _exact(value: Any, wanted: Any, prepare: Prepare) -> bool | None:
    other = prepare(wanted)
    if value is None or other is None:
        return UNKNOWN
    if value == other:
        return True
    # A collation may take different letters for the same.
    return UNKNOWN if isinstance(value, str) and value.casefold() == str(other).casefold() else False


def _in(value: Any, wanted: Any, prepare: Prepare) -> bool | None:
    if not isinstance(wanted, (list, tuple, set, frozenset)):
        return UNKNOWN
    parts = [_exact(value, one, prepare) for one in wanted]
    return True if True in parts else UNKNOWN if UNKNOWN in parts else False


def _isnull(value: Any, wanted: Any, prepare: Prepare) -> bool | None:
    return (value is None) is wanted if isinstance(wanted, bool) else UNKNOWN


def _range(value: Any, wanted: Any, prepare: Prepare) -> bool | None:
    low, high = wanted
    parts = [_ordered(ge)(value, low, prepare), _ordered(le)(value, high, prepare)]
    return False if False in parts else UNKNOWN if UNKNOWN in parts else True


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Prepare], bool | None]:
    def answer(value: Any, wanted: Any, prepare: Prepare) -> bool | None:
        other = prepare(wanted)
        # How text is ordered is the database's business.
        if value is None or other is None or isinstance(value, str) or isinstance(other, str):
            return UNKNOWN
        return compare(value, other)

    return answer


COMPARISONS: Mapping[str, Callable[[Any, Any, Prepare], bool | None]] = {
    "exact": _exact,
    "in": _in,
    "isnull": _isnull,
    "range": _range,
    "gt": _ordered(gt),
    "gte": _ordered(ge),
    "lt": _ordered(lt),
    "lte": _ordered(le),
}
