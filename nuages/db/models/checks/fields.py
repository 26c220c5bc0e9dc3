"""Fields and managers of a model, each and together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nuages.core import checks
from nuages.db.models.deletion import DO_NOTHING, DatabaseOnDelete

__all__ = [
    "check_each",
    "check_managers",
    "check_on_delete_variants",
    "check_proxy",
    "check_same_relation_twice",
]


def check_proxy(model: Any) -> Iterator[Any]:
    options = model._meta
    if options.proxy and (options.local_fields or options.local_many_to_many):
        yield checks.Error(f"Proxy model '{model.__name__}' contains model fields.", id="models.E017")


def check_managers(model: Any, kwargs: Mapping[str, Any]) -> Iterator[Any]:
    for manager in model._meta.managers:
        yield from manager.check(**kwargs)


def check_each(model: Any, kwargs: Mapping[str, Any]) -> Iterator[Any]:
    for field in model._meta.local_fields:
        yield from field.check(**kwargs)
    for field in model._meta.local_many_to_many:
        yield from field.check(from_model=model, **kwargs)


def check_same_relation_twice(model: Any) -> Iterator[Any]:
    """Two many-to-many fields may go through one model only over different keys of it."""
    seen: list[tuple[Any, Any, Any]] = []
    for field in model._meta.local_many_to_many:
        relation = field.remote_field
        if (
            isinstance(relation.through, str)
            or relation.through is None
            or relation.through._meta.auto_created
        ):
            continue
        signature = (relation.model, relation.through, relation.through_fields)
        if signature in seen:
            yield checks.Error(
                "The model has two identical many-to-many relations through the intermediate model "
                f"'{relation.through._meta.label}'.",
                obj=model,
                id="models.E003",
            )
        else:
            seen.append(signature)


def check_on_delete_variants(model: Any) -> Iterator[Any]:
    """Either the database deletes, or the collector does: together they would miss rows of each other."""
    by_database = by_python = False
    for field in model._meta.get_fields():
        relation = getattr(field, "remote_field", None)
        on_delete = getattr(relation, "on_delete", None)
        if (field.auto_created and not field.concrete) or on_delete is None or on_delete is DO_NOTHING:
            continue
        if isinstance(on_delete, DatabaseOnDelete):
            by_database = True
        else:
            by_python = True
    if by_database and by_python:
        yield checks.Error(
            "The model cannot have related fields with both database-level and Python-level on_delete variants.",
            obj=model,
            id="models.E050",
        )
