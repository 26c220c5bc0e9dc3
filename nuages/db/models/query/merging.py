"""`&`, `|` and `^` of query sets."""

from __future__ import annotations

from typing import Any

from nuages.db.models.query.core import EmptyQuerySet
from nuages.db.models.shapes.clauses import merge


def both(one: Any, other: Any) -> Any:
    """`one & other`: rows of both."""
    _check_not_combined(one, other, "&")
    _check_same_values(one, other)
    without = next((queryset for queryset in (other, one) if isinstance(queryset, EmptyQuerySet)), None)
    return without if without is not None else _merged(one, other, "AND")


def any_of(one: Any, other: Any, operator: str, connector: str) -> Any:
    """`one | other` or `one ^ other`: rows of either, or of exactly one."""
    _check_not_combined(one, other, operator)
    _check_same_values(one, other)
    for queryset, rest in ((one, other), (other, one)):
        if isinstance(queryset, EmptyQuerySet):
            return rest
    first, second = one, other
    first._sync()
    second._sync()
    if first._shape.is_sliced or second._shape.is_sliced:
        base = first if not first._shape.is_sliced else first.model._base_manager.using(first._db).all()
        first = base if base is first else base.filter(pk__in=first.values("pk"))
        if second._shape.is_sliced:
            second = second.model._base_manager.using(second._db).filter(pk__in=second.values("pk"))
    return _merged(first, second, connector)


def _merged(one: Any, other: Any, connector: str) -> Any:
    clone = one._chain()
    other._sync()
    clone._known_related_objects = _known_to_either(clone, other)
    clone._shape, clone._values = merge.step(
        clone._shape, clone._values, other._shape, other._values, connector
    )
    return clone


def _known_to_either(one: Any, other: Any) -> dict[Any, dict[Any, Any]]:
    known = {field: dict(objects) for field, objects in one._known_related_objects.items()}
    for field, objects in other._known_related_objects.items():
        known.setdefault(field, {}).update(objects)
    return known


def _check_not_combined(one: Any, other: Any, operator: str) -> None:
    if one._shape.combinator or other._shape.combinator:
        raise TypeError(f"Cannot use {operator} operator with combined queryset.")


def _check_same_values(one: Any, other: Any) -> None:
    """Only query sets that give the same kind of rows can be merged."""
    if one._fields is None:
        return
    first, second = one._read_only(), other._read_only()
    if (
        set(first.values_select) != set(second.values_select)
        or set(first.extra_select) != set(second.extra_select)
        or set(first.annotation_select) != set(second.annotation_select)
    ):
        raise TypeError(
            f"Merging '{one.__class__.__name__}' classes must involve the same values in each case."
        )
