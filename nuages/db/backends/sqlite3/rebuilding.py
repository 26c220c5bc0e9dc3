"""The model of a table that is to be built anew: the old one with some fields added, gone or changed."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from nuages.apps.registry import Apps


def changed_model(
    model: Any,
    added: Sequence[Any],
    removed: Sequence[Any],
    altered: Sequence[tuple[Any, Any]],
    there: set[str] | None = None,
) -> Any:
    """Make a model like `model` with other fields. It lives in a registry of its own, where nobody sees it.

    Of the model's own fields only those are taken whose columns are `there` (None: all).
    """
    from nuages.db.models import Model

    options = model._meta
    renamed = {old.name: new.name for old, new in altered}
    replacement = {old.name: new for old, new in altered}
    gone = {field.name for field in removed}
    fields = [
        replacement.get(field.name, field)
        for field in options.local_concrete_fields
        if field.name not in gone
    ]
    known = {field.name for field in options.local_concrete_fields}
    # The model may be from before the field: then the table knows more than it does.
    fields += [new for old, new in altered if old.name not in known]
    fields = [
        field for field in fields if there is None or field.column in there or field in replacement.values()
    ]
    fields += added
    fields = _with_one_key(fields, [*added, *(new for _, new in altered)])
    body: dict[str, Any] = {field.name: _copied(field) for field in fields}
    if getattr(options.pk, "fields", None) and options.pk.column is None:
        body["pk"] = copy.deepcopy(options.pk)
    together = [
        tuple(renamed.get(name, name) for name in names)
        for names in options.unique_together
        if not gone.intersection(names)
    ]
    indexes = [_renamed(index, renamed) for index in options.indexes if not gone.intersection(index.fields)]
    body["Meta"] = type(
        "Meta",
        (),
        {
            "apps": Apps(),
            "app_label": options.app_label,
            "db_table": options.db_table,
            "unique_together": together,
            "indexes": indexes,
            "constraints": [_renamed(constraint, renamed) for constraint in options.constraints],
        },
    )
    body["__module__"] = model.__module__
    made = type(f"New{options.object_name}", (Model,), body)
    # A model without a key gets one, but the table has none until the next change gives it one.
    made._meta.local_fields = [field for field in made._meta.local_fields if field.name in body]  # type: ignore[attr-defined]
    made._meta._expire_cache()  # type: ignore[attr-defined]
    sets = getattr(options, "index_together", ())
    made._meta.index_together = [  # type: ignore[attr-defined]
        tuple(renamed.get(name, name) for name in names) for names in sets if not gone.intersection(names)
    ]
    return made


def _copied(field: Any) -> Any:
    field = copy.deepcopy(field)
    if field.remote_field is not None and getattr(field.remote_field, "parent_link", False):
        # The copy inherits from nothing: to it, the link is a field like any other.
        field.remote_field.parent_link = False
    return field


def _with_one_key(fields: list[Any], changed: list[Any]) -> list[Any]:
    """Let a new primary key take the place of the old one."""
    if not any(field.primary_key for field in changed):
        return fields
    kept = []
    for field in fields:
        if field.primary_key and not any(field is new for new in changed):
            if field.auto_created:
                continue
            field = copy.deepcopy(field)
            field.primary_key = False
        kept.append(field)
    return kept


def _renamed(part: Any, renamed: dict[str, str]) -> Any:
    """Return an index or constraint with the new names of its fields."""
    if not getattr(part, "fields", None) or not renamed.keys() & set(part.fields):
        return part
    part = copy.deepcopy(part)
    part.fields = type(part.fields)(renamed.get(name, name) for name in part.fields)
    if hasattr(part, "fields_orders"):
        part.fields_orders = [(renamed.get(name, name), order) for name, order in part.fields_orders]
    return part
