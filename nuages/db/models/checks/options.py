"""What Meta says about fields: unique_together, indexes, constraints, ordering."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from nuages.core import checks
from nuages.core.exceptions import FieldDoesNotExist
from nuages.db.models.constants import LOOKUP_SEP
from nuages.db.models.expressions import F, OrderBy

__all__ = [
    "check_constraints",
    "check_indexes",
    "check_local_fields",
    "check_ordering",
    "check_table_comment",
    "check_unique_together",
]


def check_unique_together(model: Any) -> Iterator[Any]:
    groups = model._meta.unique_together
    if not isinstance(groups, (tuple, list)):
        yield checks.Error("'unique_together' must be a list or tuple.", obj=model, id="models.E010")
    elif not all(isinstance(names, (tuple, list)) for names in groups):
        yield checks.Error(
            "All 'unique_together' elements must be lists or tuples.", obj=model, id="models.E011"
        )
    else:
        for names in groups:
            yield from check_local_fields(model, names, "unique_together")


def _connections(model: Any, databases: Iterable[str]) -> Iterator[Any]:
    from nuages.db import connections, router

    for alias in databases:
        if router.allow_migrate_model(alias, model):
            yield connections[alias]


def check_indexes(model: Any, databases: Iterable[str]) -> Iterator[Any]:
    yield from _check_named(model, model._meta.indexes, databases)


def check_constraints(model: Any, databases: Iterable[str]) -> Iterator[Any]:
    yield from _check_named(model, model._meta.constraints, databases)


def _check_named(model: Any, items: Iterable[Any], databases: Iterable[str]) -> Iterator[Any]:
    """What an item says about each of two databases may be the same: said once."""
    seen: list[Any] = []
    for connection in _connections(model, databases):
        for item in items:
            for message in item.check(model, connection):
                if message not in seen:
                    seen.append(message)
                    yield message


def check_table_comment(model: Any, databases: Iterable[str]) -> Iterator[Any]:
    options = model._meta
    if not options.db_table_comment:
        return
    for connection in _connections(model, databases):
        if not (connection.features.supports_comments or "supports_comments" in options.required_db_features):
            yield checks.Warning(
                f"{connection.display_name} does not support comments on tables (db_table_comment).",
                obj=model,
                id="models.W046",
            )


def check_local_fields(model: Any, names: Iterable[str], option: str) -> list[Any]:
    """Names an option may use: fields with a column in the model's own table."""
    options = model._meta
    # Only forward fields, as others may not be known yet.
    forward: dict[str, Any] = {}
    for field in options._collect_fields(reverse=False):
        forward[field.name] = field
        forward.setdefault(getattr(field, "attname", field.name), field)
    messages = []
    for name in names:
        try:
            field = forward[name]
        except KeyError:
            messages.append(
                checks.Error(
                    f"'{option}' refers to the nonexistent field '{name}'.", obj=model, id="models.E012"
                )
            )
            continue
        message = _refusal(model, field, name, option)
        if message is not None:
            messages.append(message)
    return messages


def _refusal(model: Any, field: Any, name: str, option: str) -> Any:
    from nuages.db.models.fields.composite import CompositePrimaryKey
    from nuages.db.models.fields.related import ForeignObject, ManyToManyRel

    if isinstance(field.remote_field, ManyToManyRel):
        return checks.Error(
            f"'{option}' refers to a ManyToManyField '{name}', but ManyToManyFields are not permitted in '{option}'.",
            obj=model,
            id="models.E013",
        )
    if isinstance(field, CompositePrimaryKey):
        return checks.Error(
            f"'{option}' refers to a CompositePrimaryKey '{name}', but CompositePrimaryKeys are not permitted in "
            f"'{option}'.",
            obj=model,
            id="models.E048",
        )
    if isinstance(field, ForeignObject) and field.column is None and len(field.from_fields) > 1:
        return checks.Error(
            f"'{option}' refers to a ForeignObject '{name}' with multiple 'from_fields', which is not supported for "
            "that option.",
            obj=model,
            id="models.E049",
        )
    if field not in model._meta.local_fields:
        return checks.Error(
            f"'{option}' refers to field '{name}' which is not local to model '{model._meta.object_name}'.",
            hint="This issue may be caused by multi-table inheritance.",
            obj=model,
            id="models.E016",
        )
    return None


def check_ordering(model: Any) -> Iterator[Any]:
    options = model._meta
    if options._ordering_clash:
        yield checks.Error(
            "'ordering' and 'order_with_respect_to' cannot be used together.", obj=model, id="models.E021"
        )
        return
    if options.order_with_respect_to or not options.ordering:
        return
    if not isinstance(options.ordering, (list, tuple)):
        yield checks.Error(
            "'ordering' must be a tuple or list (even if you want to order by only one field).",
            obj=model,
            id="models.E014",
        )
        return
    for name in _names_in(options.ordering):
        if not _can_order_by(model, name):
            yield checks.Error(
                f"'ordering' refers to the nonexistent field, related field, or lookup '{name}'.",
                obj=model,
                id="models.E015",
            )


def _names_in(ordering: Iterable[Any]) -> Iterator[str]:
    for item in ordering:
        if isinstance(item, str):
            if item != "?":
                yield item.removeprefix("-")
        elif isinstance(item, F):
            yield item.name
        elif isinstance(item, OrderBy) and isinstance(item.expression, F):
            yield item.expression.name


def _can_order_by(model: Any, name: str) -> bool:
    """Follow the name over relations; what is left at the end may be a transform or lookup."""
    options = model._meta
    field: Any = None
    if LOOKUP_SEP not in name:
        return (
            name == "pk"
            or any(name in (field.name, field.attname) for field in options.fields)
            or any(name == relation.name for relation in options.related_objects)
        )
    for part in name.split(LOOKUP_SEP):
        try:
            field = options.pk if part == "pk" else options.get_field(part)
        except (FieldDoesNotExist, AttributeError):
            if field is None or (field.get_transform(part) is None and field.get_lookup(part) is None):
                return False
            continue
        if isinstance(field.related_model, str):
            return False  # There is no such model, which the relation's own check says.
        if field.is_relation:
            options = field.path_infos[-1].to_opts
        else:
            options = None
    return True
