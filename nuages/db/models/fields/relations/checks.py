"""System checks of relations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from keyword import iskeyword
from typing import Any

from nuages.core import checks
from nuages.core.exceptions import FieldDoesNotExist
from nuages.db.models.deletion import (
    DB_CASCADE,
    DB_SET_DEFAULT,
    DB_SET_NULL,
    DO_NOTHING,
    SET_DEFAULT,
    SET_NULL,
    DatabaseOnDelete,
)
from nuages.db.models.fields.checks import databases_for

__all__ = ["FOREIGN", "FOREIGN_KEY", "RELATED"]

Options = Mapping[str, Any]

RENAME_HINT = "Add or change a related_name or related_query_name argument for this field."


def check_related_name(field: Any, options: Options) -> Iterator[Any]:
    name = field.remote_field.related_name
    if name is None or name.endswith("+") or (name.isidentifier() and not iskeyword(name)):
        return
    yield checks.Error(
        f"The name '{name}' is invalid related_name for field {field.model._meta.object_name}.{field.name}",
        hint="Related name must be a valid Python identifier or end with a '+'",
        obj=field,
        id="fields.E306",
    )


def check_related_query_name(field: Any, options: Options) -> Iterator[Any]:
    if field.remote_field.hidden:
        return
    name = field.related_query_name()
    if name.endswith("_"):
        yield checks.Error(
            f"Reverse query name '{name}' must not end with an underscore.",
            hint=RENAME_HINT,
            obj=field,
            id="fields.E308",
        )
    if "__" in name:
        yield checks.Error(
            f"Reverse query name '{name}' must not contain '__'.",
            hint=RENAME_HINT,
            obj=field,
            id="fields.E309",
        )


def _known(field: Any) -> bool:
    return field.remote_field.model in field.opts.apps.get_models(include_auto_created=True)


def check_target_exists(field: Any, options: Options) -> Iterator[Any]:
    target = field.remote_field.model
    if not _known(field) and (isinstance(target, str) or not target._meta.swapped):
        name = target if isinstance(target, str) else target._meta.object_name
        yield checks.Error(
            f"Field defines a relation with model '{name}', which is either not installed, or is abstract.",
            obj=field,
            id="fields.E300",
        )


def check_target_not_swapped(field: Any, options: Options) -> Iterator[Any]:
    target = field.remote_field.model
    if not isinstance(target, str) and target._meta.swapped and not _known(field):
        yield checks.Error(
            f"Field defines a relation with the model '{target._meta.label}', which has been swapped out.",
            hint=f"Update the relation to point at 'settings.{target._meta.swappable}'.",
            obj=field,
            id="fields.E301",
        )


def check_clashes(field: Any, options: Options) -> Iterator[Any]:
    """The names the other model gets have to be free there."""
    relation = field.remote_field
    if isinstance(relation.model, str):
        return
    theirs = relation.model._meta
    mine = f"{field.opts.label}.{field.name}"
    accessor, query_name = relation.accessor_name, field.related_query_name()
    seen = None if relation.hidden else accessor
    for other in (*theirs.fields, *theirs.many_to_many):
        name = f"{theirs.label}.{other.name}"
        hint = f"Rename field '{name}', or add/change a related_name argument to the definition for field '{mine}'."
        if seen is not None and other.name == seen:
            yield checks.Error(
                f"Reverse accessor '{theirs.object_name}.{accessor}' for '{mine}' clashes with field name '{name}'.",
                hint=hint,
                obj=field,
                id="fields.E302",
            )
        if other.name == query_name:
            yield checks.Error(
                f"Reverse query name for '{mine}' clashes with field name '{name}'.",
                hint=hint,
                obj=field,
                id="fields.E303",
            )
    if seen is not None and any(manager.name == seen for manager in theirs.managers):
        yield checks.Error(
            f"Related name '{accessor}' for '{mine}' clashes with the name of a model manager.",
            hint=(
                "Rename the model manager or change the related_name argument in the definition for field "
                f"'{mine}'."
            ),
            obj=field,
            id="fields.E348",
        )
    for other in theirs.related_objects:
        if other.field is field:
            continue
        name = f"{other.related_model._meta.label}.{other.field.name}"
        hint = f"Add or change a related_name argument to the definition for '{mine}' or '{name}'."
        if seen is not None and other.accessor_name == seen:
            yield checks.Error(
                f"Reverse accessor '{theirs.object_name}.{accessor}' for '{mine}' clashes with reverse accessor for "
                f"'{name}'.",
                hint=hint,
                obj=field,
                id="fields.E304",
            )
        if other.accessor_name == query_name:
            yield checks.Error(
                f"Reverse query name for '{mine}' clashes with reverse query name for '{name}'.",
                hint=hint,
                obj=field,
                id="fields.E305",
            )


# --- ForeignObject ----------------------------------------------------------------------------------------------


def check_to_fields(field: Any, options: Options) -> Iterator[Any]:
    """What is pointed at has to be there, and be columns rather than a composite key."""
    target = field.remote_field.model
    if isinstance(target, str):
        return
    for name in field.to_fields:
        # None is the primary key.
        try:
            other = target._meta.get_field(name) if name else target._meta.pk
        except FieldDoesNotExist:
            yield checks.Error(
                f"The to_field '{name}' doesn't exist on the related model '{target._meta.label}'.",
                obj=field,
                id="fields.E312",
            )
            continue
        if other is not None and getattr(other, "is_composite_key", False):
            yield composite_refused(field, target)


def composite_refused(field: Any, model: Any) -> Any:
    return checks.Error(
        f"Field defines a relation involving model '{model._meta.object_name}' which has a CompositePrimaryKey and such "
        "relations are not supported.",
        obj=field,
        id="fields.E347",
    )


def check_target_is_unique(field: Any, options: Options) -> Iterator[Any]:
    target = field.remote_field.model
    if isinstance(target, str) or not field.requires_unique_target:
        return
    try:
        pointed_at = field.foreign_related_fields
    except FieldDoesNotExist:
        return
    if not pointed_at or any(getattr(other, "is_composite_key", False) for other in pointed_at):
        return
    theirs = target._meta
    unique = {frozenset([other.name]) for other in theirs.get_fields() if getattr(other, "unique", False)}
    unique.update(frozenset(names) for names in theirs.unique_together)
    unique.update(frozenset(constraint.fields) for constraint in theirs.total_unique_constraints)
    unique.add(frozenset(other.name for other in theirs.pk_fields))
    names = {other.name for other in pointed_at}
    if any(some <= names for some in unique):
        return
    if len(pointed_at) > 1:
        said = ", ".join(f"'{other.name}'" for other in pointed_at)
        yield checks.Error(
            f"No subset of the fields {said} on model '{theirs.object_name}' is unique.",
            hint=(
                "Mark a single field as unique=True or add a set of fields to a unique constraint (via "
                "unique_together or a UniqueConstraint (without condition) in the model Meta.constraints)."
            ),
            obj=field,
            id="fields.E310",
        )
    else:
        yield checks.Error(
            f"'{theirs.object_name}.{pointed_at[0].name}' must be unique because it is referenced by a foreign key.",
            hint="Add unique=True to this field or add a UniqueConstraint (without condition) in the model "
            "Meta.constraints.",
            obj=field,
            id="fields.E311",
        )


# --- ForeignKey -------------------------------------------------------------------------------------------------


def check_on_delete(field: Any, options: Options) -> Iterator[Any]:
    on_delete = field.remote_field.on_delete
    if on_delete in (SET_NULL, DB_SET_NULL) and not field.null:
        yield checks.Error(
            f"Field specifies on_delete={on_delete.__name__}, but cannot be null.",
            hint="Set null=True argument on the field, or change the on_delete rule.",
            obj=field,
            id="fields.E320",
        )
    elif on_delete is SET_DEFAULT and not field.has_default():
        yield checks.Error(
            "Field specifies on_delete=SET_DEFAULT, but has no default value.",
            hint="Set a default value, or change the on_delete rule.",
            obj=field,
            id="fields.E321",
        )
    elif on_delete is DB_SET_DEFAULT and not field.has_db_default():
        yield checks.Error(
            "Field specifies on_delete=DB_SET_DEFAULT, but has no db_default value.",
            hint="Set a db_default value, or change the on_delete rule.",
            obj=field,
            id="fields.E322",
        )
    if isinstance(on_delete, DatabaseOnDelete):
        yield from _check_database_can(field, on_delete, options)
    yield from _check_chain(field, on_delete)


FEATURES = {
    DB_CASCADE: "supports_on_delete_db_cascade",
    DB_SET_DEFAULT: "supports_on_delete_db_default",
    DB_SET_NULL: "supports_on_delete_db_null",
}


def _check_database_can(field: Any, on_delete: Any, options: Options) -> Iterator[Any]:
    feature = FEATURES[on_delete]
    for connection in databases_for(field, options):
        if getattr(connection.features, feature) or feature in field.model._meta.required_db_features:
            continue
        yield checks.Error(
            f"{connection.display_name} does not support a {on_delete.__name__}.",
            hint=f"Change the on_delete rule to {on_delete.__name__.removeprefix('DB_')}.",
            obj=field,
            id="fields.E324",
        )


def _check_chain(field: Any, on_delete: Any) -> Iterator[Any]:
    """A row the database deletes is not seen by the collector, and the other way round."""
    target = field.remote_field.model
    if isinstance(target, str) or on_delete is DO_NOTHING:
        return
    by_database = isinstance(on_delete, DatabaseOnDelete)
    for other in target._meta.local_fields:
        rule = getattr(other.remote_field, "on_delete", None) if other.is_relation else None
        if rule is None or rule is DO_NOTHING or isinstance(rule, DatabaseOnDelete) == by_database:
            continue
        mine, theirs = ("database", "Python") if by_database else ("Python", "database")
        yield checks.Error(
            f"Field specifies {mine}-level on_delete variant, but referenced model uses {theirs}-level variant.",
            hint="Use either database or Python on_delete variants uniformly in the references chain.",
            obj=field,
            id="fields.E323",
        )
        return


def check_unique_key(field: Any, options: Options) -> Iterator[Any]:
    if field._unique and field.many_to_one:
        yield checks.Warning(
            "Setting unique=True on a ForeignKey has the same effect as using a OneToOneField.",
            hint="ForeignKey(unique=True) is usually better served by a OneToOneField.",
            obj=field,
            id="fields.W342",
        )


RELATED = (
    check_related_name,
    check_related_query_name,
    check_target_exists,
    check_target_not_swapped,
    check_clashes,
)
FOREIGN = (check_to_fields, check_target_is_unique)
FOREIGN_KEY = (check_on_delete, check_unique_key)
