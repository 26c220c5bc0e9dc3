"""System checks of many-to-many relations and their intermediate models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nuages.conf import settings
from nuages.core import checks
from nuages.core.exceptions import FieldDoesNotExist
from nuages.db.models.deletion import DatabaseOnDelete
from nuages.db.models.fields.relations.checks import composite_refused
from nuages.db.models.fields.relations.resolve import RECURSIVE_RELATIONSHIP_CONSTANT, resolve_relation

__all__ = ["MANY_TO_MANY"]

Options = Mapping[str, Any]


def check_unique(field: Any, options: Options) -> Iterator[Any]:
    if field.unique:
        yield checks.Error("ManyToManyFields cannot be unique.", obj=field, id="fields.E330")


def check_composite_ends(field: Any, options: Options) -> Iterator[Any]:
    target = field.remote_field.model
    ends = [field.model] if isinstance(target, str) else [field.model, target]
    for model in dict.fromkeys(ends):
        if model._meta.is_composite_pk:
            yield composite_refused(field, model)


def check_database_deletes(field: Any, options: Options) -> Iterator[Any]:
    """The rows of a made intermediate model are deleted by the collector: the database must not go ahead."""
    relation = field.remote_field
    through = relation.through
    if (
        isinstance(relation.model, str)
        or isinstance(through, str)
        or through is None
        or not through._meta.auto_created
    ):
        return
    for model in dict.fromkeys((field.model, relation.model)):
        for other in model._meta.local_fields:
            if other.is_relation and isinstance(
                getattr(other.remote_field, "on_delete", None), DatabaseOnDelete
            ):
                yield checks.Error(
                    "Field specifies database-level on_delete variant, but auto-created intermediary model uses "
                    "Python-level variant.",
                    hint=(
                        "Use either one of the Python on_delete variants or create a through model for "
                        f"{field.model._meta.label}.{field.name}."
                    ),
                    obj=other,
                    id="fields.E323",
                )


def check_ignored_options(field: Any, options: Options) -> Iterator[Any]:
    if field.has_null_arg:
        yield checks.Warning("null has no effect on ManyToManyField.", obj=field, id="fields.W340")
    if field._validators:
        yield checks.Warning("ManyToManyField does not support validators.", obj=field, id="fields.W341")
    if field.remote_field.symmetrical and field._related_name:
        yield checks.Warning(
            'related_name has no effect on ManyToManyField with a symmetrical relationship, e.g. to "self".',
            obj=field,
            id="fields.W345",
        )
    if field.db_comment:
        yield checks.Warning("db_comment has no effect on ManyToManyField.", obj=field, id="fields.W346")


def check_through(field: Any, options: Options) -> Iterator[Any]:
    relation = field.remote_field
    through = relation.through
    from_model = options.get("from_model")
    if through not in field.opts.apps.get_models(include_auto_created=True):
        name = through if isinstance(through, str) else getattr(through, "_meta", through)
        said = name if isinstance(name, str) else name.label
        yield checks.Error(
            f"Field specifies a many-to-many relation through model '{said}', which has not been installed.",
            obj=field,
            id="fields.E331",
        )
        return
    if from_model is None:
        raise TypeError("ManyToManyField.check() needs to know the model it is checked for: from_model.")
    yield from _check_keys(field, from_model, through, resolve_relation(from_model, relation.model))
    if relation.through_fields is not None:
        yield from _check_through_fields(field, from_model, through)


def _keys_to(through: Any, model: Any) -> list[Any]:
    return [field for field in through._meta.fields if getattr(field.remote_field, "model", None) == model]


def _check_keys(field: Any, from_model: Any, through: Any, target: Any) -> Iterator[Any]:
    """The intermediate model needs a key to each end, and only one where it is not said which."""
    to_itself = from_model == target
    from_name = from_model._meta.object_name
    to_name = target if isinstance(target, str) else target._meta.object_name
    used_by = f"The model is used as an intermediate model by '{field}', but it "
    told = bool(field.remote_field.through_fields)
    if to_itself:
        count = len(_keys_to(through, from_model))
        if count > 2 and not told:
            yield checks.Error(
                f"{used_by}has more than two foreign keys to '{from_name}', which is ambiguous. You must specify which "
                "two foreign keys Django should use via the through_fields keyword argument.",
                hint="Use through_fields to specify which two foreign keys Django should use.",
                obj=through,
                id="fields.E333",
            )
        return
    from_count, to_count = len(_keys_to(through, from_model)), len(_keys_to(through, target))
    recursive = (
        "If you want to create a recursive relationship, use "
        f'ManyToManyField("{RECURSIVE_RELATIONSHIP_CONSTANT}", through="{through.__name__}").'
    )
    if from_count > 1 and not told:
        yield checks.Error(
            f"{used_by}has more than one foreign key from '{from_name}', which is ambiguous. You must specify which "
            "foreign key Django should use via the through_fields keyword argument.",
            hint=recursive,
            obj=field,
            id="fields.E334",
        )
    if to_count > 1 and not told:
        yield checks.Error(
            f"{used_by}has more than one foreign key to '{to_name}', which is ambiguous. You must specify which foreign "
            "key Django should use via the through_fields keyword argument.",
            hint=recursive,
            obj=field,
            id="fields.E335",
        )
    if from_count == 0 or to_count == 0:
        yield checks.Error(
            f"{used_by}does not have a foreign key to '{from_name}' or '{to_name}'.",
            obj=through,
            id="fields.E336",
        )


def _check_through_fields(field: Any, from_model: Any, through: Any) -> Iterator[Any]:
    names = field.remote_field.through_fields
    if not (len(names) >= 2 and names[0] and names[1]):
        yield checks.Error(
            "Field specifies 'through_fields' but does not provide the names of the two link fields that should be used "
            f"for the relation through model '{through._meta.label}'.",
            hint="Make sure you specify 'through_fields' as through_fields=('field1', 'field2')",
            obj=field,
            id="fields.E337",
        )
        return
    for name, model in zip(names, (from_model, field.remote_field.model)):
        candidates = [key.name for key in _keys_to(through, model)] if not isinstance(model, str) else []
        model_name = model if isinstance(model, str) else model._meta.object_name
        hint = (
            f"Did you mean one of the following foreign keys to '{model_name}': {', '.join(candidates)}?"
            if candidates
            else None
        )
        try:
            key = through._meta.get_field(name)
        except FieldDoesNotExist:
            yield checks.Error(
                f"The intermediary model '{through._meta.label}' has no field '{name}'.",
                hint=hint,
                obj=field,
                id="fields.E338",
            )
            continue
        if getattr(key.remote_field, "model", None) != model:
            yield checks.Error(
                f"'{through._meta.object_name}.{name}' is not a foreign key to '{model_name}'.",
                hint=hint,
                obj=field,
                id="fields.E339",
            )


def check_table(field: Any, options: Options) -> Iterator[Any]:
    """The table of links must not be another model's."""
    through = field.remote_field.through
    if isinstance(through, str) or not through or not through._meta.managed:
        return
    table = field.m2m_db_table()
    for model in field.opts.apps.get_models(include_auto_created=True):
        if model._meta.db_table != table or model is through or not model._meta.managed:
            continue
        # A field of an abstract model stands for those of its children, a proxy's for the concrete one's.
        if model._meta.concrete_model is through._meta.concrete_model:
            continue
        clash = model._meta.label
        if model._meta.auto_created:
            owner = model._meta.auto_created
            name = next(
                (other.name for other in owner._meta.many_to_many if other.remote_field.through is model),
                None,
            )
            if owner is field.model and name == field.name:
                continue
            clash = f"{owner._meta.label}.{name}"
        message = f"The field's intermediary table '{table}' clashes with the table name of '{clash}'."
        if settings.DATABASE_ROUTERS:
            yield checks.Warning(
                message,
                hint=(
                    "You have configured settings.DATABASE_ROUTERS. Verify that the table of "
                    f"'{clash}' is correctly routed to a separate database."
                ),
                obj=field,
                id="fields.W344",
            )
        else:
            yield checks.Error(message, obj=field, id="fields.E340")
        return


MANY_TO_MANY = (
    check_composite_ends,
    check_unique,
    check_through,
    check_ignored_options,
    check_table,
    check_database_deletes,
)
