"""Passes over fields."""

from __future__ import annotations

import copy
from typing import Any

from nuages.db import models
from nuages.db.backends.base.schema.columns import AUTO_TYPES
from nuages.db.migrations import operations
from nuages.db.migrations.autodetector.comparison import Comparison, taken_apart
from nuages.db.migrations.autodetector.needs import Deed, OperationDependency
from nuages.db.migrations.utils import generated_from, resolve_relation

Need = OperationDependency
FieldKey = tuple[str, str, str]

#: Fields that can fill themselves with the time.
TIME_FIELDS = (models.DateField, models.DateTimeField, models.TimeField)


def find_renamed(c: Comparison) -> None:
    """Find new fields that are old ones under another name."""
    gone = c.old_fields - c.new_fields
    for key in sorted(c.new_fields - c.old_fields):
        app, model_name, name = key
        field = c.new_model((app, model_name)).get_field(name)
        parts = taken_apart(field)
        for old_key in sorted(gone):
            if old_key[:2] != key[:2]:
                continue
            old_name = old_key[2]
            old = c.old_model((app, model_name)).get_field(old_name)
            if not _is_renamed(c, old_name, old, field, parts):
                continue
            if c.questioner.ask_rename(model_name, old_name, name, field):
                c.renamed_operations.append((app, model_name, old, old_name, field, name))
                gone.discard(old_key)
                c.old_fields.discard(old_key)
                c.old_fields.add(key)
                c.renamed_fields[key] = old_name
                break


def _is_renamed(c: Comparison, old_name: str, old: Any, new: Any, parts: Any) -> bool:
    """Say whether two fields are alike, but for names that have changed with others and the column's own."""
    path, args, kwargs = taken_apart(old)
    kwargs = dict(kwargs)
    to = kwargs.get("to")
    if to is not None and new.remote_field and new.remote_field.model:
        kwargs["to"] = c.renamed_models_rel.get(to, to)
    if (path, args, kwargs) == parts:
        return True
    # The new field may keep the old one's column by naming it.
    _, column = _named(old, old_name).get_attname_column()
    return (path, args) == parts[:2] and {**kwargs, "db_column": column} == parts[2]


def _named(field: Any, name: str) -> Any:
    """Return a copy of a state's field that knows its name."""
    field = field.clone()
    field.set_attributes_from_name(name)
    return field


def renamed(c: Comparison) -> None:
    """Rename fields; those that keep their column by name get that first."""
    for app, model_name, old, old_name, field, name in c.renamed_operations:
        if old.db_column != field.db_column:
            pinned = _named(field, old_name)
            c.plan(app, operations.AlterField(model_name=model_name, name=old_name, field=pinned))
        c.plan(app, operations.RenameField(model_name=model_name, old_name=old_name, new_name=name))


def removed(c: Comparison) -> None:
    """Remove fields."""
    for key in sorted(c.old_fields - c.new_fields):
        _remove(c, key)


def _remove(c: Comparison, key: FieldKey) -> None:
    app, model_name, name = key
    needs = [
        Need(app, model_name, name, Deed.REMOVE_ORDER_WRT),
        Need(app, model_name, name, Deed.ALTER_FOO_TOGETHER),
    ]
    # Generated columns of the same table that are made from it have to go, too.
    for other, field in c.old_model((app, model_name)).fields.items():
        if other != name and name in generated_from(field):
            needs += [Need(app, model_name, other, Deed.REMOVE), Need(app, model_name, other, Deed.ALTER)]
    c.plan(app, operations.RemoveField(model_name=model_name, name=name), needs)


def added(c: Comparison) -> None:
    """Add fields."""
    for key in sorted(c.new_fields - c.old_fields):
        _add(c, key)


def _add(c: Comparison, key: FieldKey) -> None:
    app, model_name, name = key
    field = c.new_model((app, model_name)).get_field(name)
    needs = [Need(app, model_name, name, Deed.REMOVE)]
    if field.remote_field and getattr(field.remote_field, "model", None):
        needs += c.relation_needs((app, model_name), field)
    for source in sorted(generated_from(field)):
        # It may speak of a relation by the name of its column's attribute.
        names = {source, source.removesuffix("_id")}
        needs += [Need(app, model_name, each, Deed.CREATE) for each in sorted(names)]
    keeps_default = _needs_no_question(field)
    if not keeps_default:
        field = field.clone()
        fills_itself = isinstance(field, TIME_FIELDS) and field.auto_now_add
        ask = c.questioner.ask_auto_now_add_addition if fills_itself else c.questioner.ask_not_null_addition
        field.default = ask(name, model_name)
    if field.unique and field.has_default() and callable(field.default):
        c.questioner.ask_unique_callable_default_addition(name, model_name)
    add = operations.AddField(model_name=model_name, name=name, field=field, preserve_default=keeps_default)
    c.plan(app, add, needs)


def _needs_no_question(field: Any) -> bool:
    """Say whether rows that are there already can have the new column without anybody giving a value."""
    fills_itself = isinstance(field, TIME_FIELDS) and field.auto_now
    empty_is_fine = field.blank and field.empty_strings_allowed
    has_default = field.has_default() or field.has_db_default()
    no_column = (
        field.many_to_many
        or getattr(field, "generated", False)
        or isinstance(field, models.CompositePrimaryKey)
    )
    is_numbered = field.get_internal_type() in AUTO_TYPES
    return bool(field.null or has_default or no_column or empty_is_fine or fills_itself or is_numbered)


def altered(c: Comparison) -> None:
    """Alter fields."""
    for key in sorted(c.old_fields & c.new_fields):
        app, model_name, name = key
        old_name = c.renamed_fields.get(key, name)
        old = c.old_model((app, model_name)).get_field(old_name)
        new = c.new_model((app, model_name)).get_field(name)
        needs: list[Need] = []
        compared = new
        if new.remote_field and getattr(new.remote_field, "model", None):
            compared = _with_old_names(c, key, old, new)
            needs += c.relation_needs((app, model_name), new)
        # Of a renamed field only the column may differ, and renaming takes care of that.
        if old_name != name or taken_apart(old) == taken_apart(compared):
            continue
        if bool(old.many_to_many) == bool(new.many_to_many) and not _repointed(key, old, compared):
            _alter(c, key, old, new, needs)
        else:
            # A column cannot become a table, nor rows of a table point to another one all at once.
            _remove(c, key)
            _add(c, key)


def _repointed(key: FieldKey, old: Any, new: Any) -> bool:
    """Say whether a many-to-many field points to another model than before."""
    if not (old.many_to_many and new.many_to_many):
        return False
    return resolve_relation(old.remote_field.model, *key[:2]) != resolve_relation(
        new.remote_field.model, *key[:2]
    )


def _alter(c: Comparison, key: FieldKey, old: Any, new: Any, needs: list[Need]) -> None:
    app, model_name, name = key
    keeps_default = True
    field = new
    if old.null and not new.null and not (new.has_default() or new.has_db_default() or new.many_to_many):
        default = c.questioner.ask_not_null_alteration(name, model_name)
        field = new.clone()
        if default is not models.NOT_PROVIDED:
            field.default = default
            keeps_default = False
    alter = operations.AlterField(
        model_name=model_name, name=name, field=field, preserve_default=keeps_default
    )
    c.plan(app, alter, needs)


def _with_old_names(c: Comparison, key: FieldKey, old: Any, new: Any) -> Any:
    """Return a relation as it would read if nothing had been renamed: renaming brings it along by itself."""
    if not old.remote_field or not getattr(old.remote_field, "model", None):
        return new
    app, model_name, _ = key
    target = resolve_relation(new.remote_field.model, app, model_name)
    read = copy.deepcopy(new)
    if target in c.renamed_models:
        read.remote_field.model = old.remote_field.model
    field_name = getattr(read.remote_field, "field_name", None)
    if field_name and (*target, field_name) in c.renamed_fields:
        # Whether the field's name is written depends on both.
        read.remote_field.model = old.remote_field.model
        read.remote_field.field_name = old.remote_field.field_name
        if getattr(read, "to_fields", None):
            read.to_fields = old.to_fields
    if getattr(read, "from_fields", None):
        read.from_fields = _old_names(c, (app, model_name), read.from_fields)
        if getattr(read, "to_fields", None) and not field_name:
            read.to_fields = _old_names(c, target, read.to_fields)
    through = getattr(read.remote_field, "through", None)
    if through and resolve_relation(through, app, model_name) in c.renamed_models:
        read.remote_field.through = old.remote_field.through
    return read


def _old_names(c: Comparison, key: tuple[str, str], names: Any) -> Any:
    return type(names)(c.renamed_fields.get((*key, name), name) for name in names)
