"""Lookups of relations: a model instance, or its key, on the right side."""

from __future__ import annotations

from typing import Any

from nuages.db.models.expressions import ColPairs
from nuages.db.models.fields.mixins import FieldCacheMixin
from nuages.db.models.fields.tuple_lookups import (
    TupleExact,
    TupleGreaterThan,
    TupleGreaterThanOrEqual,
    TupleIn,
    TupleIsNull,
    TupleLessThan,
    TupleLessThanOrEqual,
)
from nuages.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
)
from nuages.db.models.lookups.base import is_query
from nuages.db.models.lookups.binding import kept_by
from nuages.db.models.shapes.slots import Preparation, Slot

__all__ = [
    "RelatedExact",
    "RelatedGreaterThan",
    "RelatedGreaterThanOrEqual",
    "RelatedIn",
    "RelatedIsNull",
    "RelatedLessThan",
    "RelatedLessThanOrEqual",
    "get_normalized_value",
]


def get_normalized_value(value: Any, lhs: Any) -> tuple[Any, ...]:
    """Values of the columns joined on: of an instance those the relation ends at, anything else is its own."""
    from nuages.db.models.base import Model

    if not isinstance(value, Model):
        return value if isinstance(value, tuple) else (value,)
    if not value._is_pk_set():
        raise ValueError("Model instances passed to related filters must be saved.")
    values = []
    for source in lhs.output_field.path_infos[-1].target_fields:
        # The instance may be of a child or of a model that is keyed on this one: walk until it has the field.
        while not isinstance(value, source.model) and source.remote_field:
            source = source.remote_field.model._meta.get_field(source.remote_field.field_name)
        try:
            values.append(getattr(value, source.attname))
        except AttributeError:
            # Not an instance of the other model: a key of one's own is the best guess.
            return (value.pk,)
    return tuple(values)


class _KeyOf(Preparation):
    """`prepare` step: an instance or key as the value of the one column joined on."""

    __slots__ = ("kept", "lhs", "target")

    def __init__(self, lhs: Any) -> None:
        self.lhs = lhs
        self.target = lhs.output_field.path_infos[-1].target_fields[-1]
        self.kept = kept_by(self.target.get_prep_value)

    def leaves(self, kind: type) -> bool:
        return kind is self.kept

    def __call__(self, value: Any) -> Any:
        if type(value) is self.kept:
            return value
        (value,) = get_normalized_value(value, self.lhs)[:1]
        return self.target.get_prep_value(value)


def _prepared(value: Any, lhs: Any, prepare: bool) -> Any:
    if not prepare:
        return value
    if isinstance(value, Slot):
        return value.prepared(_KeyOf(lhs))
    return value if hasattr(value, "resolve_expression") else _KeyOf(lhs)(value)


class _RelatedLookup:
    """One column against one value."""

    lhs: Any
    rhs: Any
    prepare_rhs: bool

    def get_prep_lookup(self) -> Any:
        if isinstance(self.lhs, ColPairs) or is_query(self.rhs) or hasattr(self.rhs, "resolve_expression"):
            return super().get_prep_lookup()  # type: ignore[misc]
        wanted = self.prepare_rhs and hasattr(self.lhs.output_field, "path_infos")
        # Tables of parents: the key the relation ends at says what values look like.
        return _prepared(self.rhs, self.lhs, wanted)


class RelatedExact(_RelatedLookup, Exact):
    """`author=...`"""


class RelatedLessThan(_RelatedLookup, LessThan):
    """`author__lt=...`"""


class RelatedGreaterThan(_RelatedLookup, GreaterThan):
    """`author__gt=...`"""


class RelatedGreaterThanOrEqual(_RelatedLookup, GreaterThanOrEqual):
    """`author__gte=...`"""


class RelatedLessThanOrEqual(_RelatedLookup, LessThanOrEqual):
    """`author__lte=...`"""


class RelatedIsNull(_RelatedLookup, IsNull):
    """`author__isnull=...`"""

    def get_prep_lookup(self) -> Any:
        return self.rhs


class RelatedIn(In):
    """`author__in=...`: instances, keys, or a query."""

    def get_prep_lookup(self) -> Any:
        lhs = self.lhs
        if isinstance(lhs, ColPairs):
            return super().get_prep_lookup()
        if not is_query(self.rhs):
            if hasattr(self.rhs, "resolve_expression"):
                return super().get_prep_lookup()
            return [_prepared(value, lhs, hasattr(lhs.output_field, "path_infos")) for value in self.rhs]
        if self.rhs.has_select_fields:
            return super().get_prep_lookup()
        query = self.rhs.clone()
        query.clear_select_clause()
        query.clear_ordering(clear_default=True)
        field = lhs.output_field
        if getattr(field, "primary_key", False) and query.model is field.model:
            # Keyed on a relation: compare what the relation points at.
            query.add_fields([field.name], True)
        else:
            target = field.path_infos[-1].target_fields[-1] if hasattr(field, "path_infos") else None
            # By key the query may be one of a parent, too.
            query.add_fields(["pk" if target is None or target.primary_key else target.name], True)
        return query


#: What a relation over several columns compares.
TUPLE_LOOKUPS = (
    TupleExact,
    TupleGreaterThan,
    TupleGreaterThanOrEqual,
    TupleIn,
    TupleIsNull,
    TupleLessThan,
    TupleLessThanOrEqual,
)
RELATED_LOOKUPS = (
    RelatedExact,
    RelatedGreaterThan,
    RelatedGreaterThanOrEqual,
    RelatedIn,
    RelatedIsNull,
    RelatedLessThan,
    RelatedLessThanOrEqual,
)


def register_on(field_class: type[FieldCacheMixin]) -> None:
    """Give a relation field its lookups."""
    for lookup in RELATED_LOOKUPS:
        field_class.register_lookup(lookup)  # type: ignore[attr-defined]
