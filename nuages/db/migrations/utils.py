"""Small helpers that several parts of migrations share."""

from __future__ import annotations

import datetime
import re
from collections import namedtuple
from collections.abc import Iterator
from typing import Any

from nuages.db.models import F
from nuages.db.models.fields.related import RECURSIVE_RELATIONSHIP_CONSTANT

FieldReference = namedtuple("FieldReference", "to through")

COMPILED_REGEX_TYPE = type(re.compile(""))


class RegexObject:
    """A regular expression compared by what it says."""

    def __init__(self, obj: Any) -> None:
        self.pattern = obj.pattern
        self.flags = obj.flags

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RegexObject):
            return NotImplemented
        return (self.pattern, self.flags) == (other.pattern, other.flags)

    def __hash__(self) -> int:
        return hash((self.pattern, self.flags))


def get_migration_name_timestamp() -> str:
    """Return the current minute, for the name of a migration that has no better one."""
    return f"{datetime.datetime.now():%Y%m%d_%H%M}"


def resolve_relation(
    model: Any, app_label: str | None = None, model_name: str | None = None
) -> tuple[str, str]:
    """Return app label and lower-case name of a model given by class, name or as "self"."""
    if not isinstance(model, str):
        return model._meta.app_label, model._meta.model_name
    if model == RECURSIVE_RELATIONSHIP_CONSTANT:
        if app_label is None or model_name is None:
            raise TypeError("app_label and model_name must be provided to resolve recursive relationships.")
        return app_label, model_name
    label, dot, name = model.rpartition(".")
    if dot:
        return label, name.lower()
    if app_label is None:
        raise TypeError("app_label must be provided to resolve unscoped model relationships.")
    return app_label, name.lower()


def field_references(
    model_tuple: tuple[str, str],
    field: Any,
    reference_model_tuple: tuple[str, str],
    reference_field_name: str | None = None,
    reference_field: Any = None,
) -> FieldReference | None:
    """Say how `field` refers to a model (or one of its fields): directly, through another model, or not (None).

    `to` holds the relation and the names of target fields, `through` that of the model in between.
    """
    remote = field.remote_field
    if remote is None:
        return None
    to = through = None
    if resolve_relation(remote.model, *model_tuple) == reference_model_tuple:
        to_fields = getattr(field, "to_fields", None)
        by_primary_key = reference_field is None or reference_field.primary_key
        wanted = (
            reference_field_name is None
            # Without to_fields, as for many-to-many, the primary key is meant.
            or to_fields is None
            or (None in to_fields and by_primary_key)
            or reference_field_name in to_fields
        )
        to = (remote, to_fields) if wanted else None
    between = getattr(remote, "through", None)
    if between and resolve_relation(between, *model_tuple) == reference_model_tuple:
        ends = remote.through_fields
        if reference_field_name is None or ends is None or reference_field_name in ends:
            through = (remote, ends)
    return FieldReference(to, through) if to or through else None


def get_references(state: Any, model_tuple: tuple[str, str], field_tuple: Any = ()) -> Iterator[Any]:
    """Yield `(model state, field name, field, reference)` of all fields in a state that refer to a model (or field)."""
    for key, model_state in state.models.items():
        for name, field in model_state.fields.items():
            reference = field_references(key, field, model_tuple, *field_tuple)
            if reference:
                yield model_state, name, field, reference


def field_is_referenced(state: Any, model_tuple: tuple[str, str], field_tuple: Any) -> bool:
    """Say whether any field refers to this one."""
    return next(get_references(state, model_tuple, field_tuple), None) is not None


def generated_from(field: Any) -> set[str]:
    """Return the names of the fields that a generated one is made from."""
    if not getattr(field, "generated", False):
        return set()
    return {node.name.partition("__")[0] for node in field.expression.flatten() if isinstance(node, F)}


def parse_number(name: str) -> int | None:
    """Return the number that a migration's name begins with; that of a squashed one is its last."""
    numbers = re.findall(r"squashed_([0-9]+)", name) or re.findall(r"^([0-9]+)", name)
    return int(numbers[-1]) if numbers else None
