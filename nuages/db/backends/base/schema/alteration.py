"""How one column becomes another: a plan of small steps.

What stands in the way (keys, checks) goes first, then the column itself changes, then what the new field asks for
is put in place. Each step is a function that looks at the facts of both columns and yields the statements for
its own part only. Databases with peculiarities put steps of their own in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nuages.db.backends.base.schema.columns import Column, describe
from nuages.db.backends.ddl_references import Statement

if TYPE_CHECKING:
    from nuages.db.backends.base.schema.editor import BaseDatabaseSchemaEditor

#: A statement and its parameters.
Sql = tuple[Any, Any]
Step = Callable[["Alteration"], Iterator[Sql]]


@dataclass
class Alteration:
    """The facts that the steps look at."""

    editor: BaseDatabaseSchemaEditor
    model: Any
    old_field: Any
    new_field: Any
    strict: bool = False

    def __post_init__(self) -> None:
        self.old: Column = describe(self.editor, self.model, self.old_field)
        self.new: Column = describe(self.editor, self.model, self.new_field)
        #: Set by the step that drops them, for the step that brings them back.
        self.dropped_incoming: list[tuple[Any, Any]] = []
        self.foreign_key_dropped = False

    @cached_property
    def table(self) -> str:
        return self.editor.quote_name(self.model._meta.db_table)

    @cached_property
    def column(self) -> str:
        """The column's new name, in quotes."""
        return self.editor.quote_name(self.new.name or "")

    @cached_property
    def type_changes(self) -> bool:
        return (self.old.type, self.old.collation, self.old.auto) != (
            self.new.type,
            self.new.collation,
            self.new.auto,
        ) or self.old.type_suffix != self.new.type_suffix

    @cached_property
    def retargets(self) -> bool:
        """The foreign key goes, comes, or points elsewhere."""
        return self.old.target != self.new.target

    @cached_property
    def fills_nulls(self) -> bool:
        """Rows without a value need one before the column can insist on it."""
        if not self.old.null or self.new.null or self.new.primary:
            return False
        return self.new.db_default is not None or self.editor.effective_default(self.new_field) is not None

    @cached_property
    def disturbs_incoming(self) -> bool:
        """Foreign keys that point to this column cannot stay while it changes."""
        if self.editor.connection.features.supports_foreign_keys is False or not self.old.unique:
            return False
        return self.type_changes or (self.old.primary != self.new.primary) or not self.new.unique


def drop_foreign_key(change: Alteration) -> Iterator[Sql]:
    """Drop the column's own foreign key where it goes or has to be made anew."""
    old = change.old
    if old.target is None or not (change.retargets or change.type_changes):
        return
    names = change.editor._constraint_names(change.model, [old.name or ""], foreign_key=True)
    if change.strict and len(names) != 1:
        raise _wrong_number(names, "foreign key", change)
    for name in names:
        change.foreign_key_dropped = True
        yield change.editor._delete_constraint_sql(change.editor.sql_delete_fk, change.model, name), None


def drop_unique(change: Alteration) -> Iterator[Sql]:
    """Drop the unique constraint of the field itself; those of Meta have other owners."""
    if not change.old.unique_alone or change.new.unique_alone:
        return
    editor, options = change.editor, change.model._meta
    others = {constraint.name for constraint in options.constraints}
    names = editor._constraint_names(
        change.model, [change.old.name or ""], unique=True, primary_key=False, exclude=others
    )
    if change.strict and len(names) != 1:
        raise _wrong_number(names, "unique", change)
    for name in names:
        yield editor._delete_unique_sql(change.model, name), None
    if not names:
        editor._forget_deferred_unique(change.model, change.old_field)


def drop_incoming(change: Alteration) -> Iterator[Sql]:
    """Drop the foreign keys of other tables that point here."""
    if not change.disturbs_incoming:
        return
    editor = change.editor
    for old_field, new_field in dependents(change.model, change.old_field, change.new_field):
        if not getattr(old_field, "db_constraint", False):
            change.dropped_incoming.append((old_field, new_field))
            continue
        change.dropped_incoming.append((old_field, new_field))
        for name in editor._constraint_names(old_field.model, [old_field.column], foreign_key=True):
            yield editor._delete_constraint_sql(editor.sql_delete_fk, old_field.model, name), None


def drop_index(change: Alteration) -> Iterator[Sql]:
    """Drop the index of the field itself."""
    if not change.old.indexed or change.new.indexed:
        return
    editor, options = change.editor, change.model._meta
    from nuages.db.models import Index

    others = {index.name for index in options.indexes}
    names = editor._constraint_names(
        change.model, [change.old.name or ""], index=True, type=Index.suffix, exclude=others
    )
    names = [name for name in names if not name.endswith(editor.companion_suffixes)]
    for name in names:
        yield editor._delete_index_sql(change.model, name), None


def drop_check(change: Alteration) -> Iterator[Sql]:
    """Drop the check that belongs to the column's type."""
    if not change.old.check or change.old.check == change.new.check:
        return
    editor, options = change.editor, change.model._meta
    others = {constraint.name for constraint in options.constraints}
    names = editor._constraint_names(change.model, [change.old.name or ""], check=True, exclude=others)
    if change.strict and len(names) != 1:
        raise _wrong_number(names, "check", change)
    for name in names:
        yield editor._delete_check_sql(change.model, name), None


def rename(change: Alteration) -> Iterator[Sql]:
    """Give the column its new name."""
    if change.old.name == change.new.name:
        return
    editor = change.editor
    yield (
        editor._rename_field_sql(
            change.model._meta.db_table, change.old_field, change.new_field, change.new.type
        ),
        None,
    )
    for statement in editor.deferred_sql:
        if isinstance(statement, Statement):
            statement.rename_column_references(
                change.model._meta.db_table, change.old.name or "", change.new.name or ""
            )


def drop_primary_key(change: Alteration) -> Iterator[Sql]:
    """Drop the primary key where another column becomes it, or this one no longer is."""
    if change.old.primary == change.new.primary:
        return
    editor = change.editor
    names = editor._constraint_names(change.model, primary_key=True)
    if change.strict and change.old.primary and len(names) != 1:
        raise _wrong_number(names, "PK", change)
    for name in names:
        yield editor._delete_constraint_sql(editor.sql_delete_pk, change.model, name), None


def comment(change: Alteration) -> Iterator[Sql]:
    """Change the column's comment."""
    if change.old.comment != change.new.comment and change.editor.connection.features.supports_comments:
        yield from change.editor._comment_column(change.model, change.new_field, change.new)


def change_type(change: Alteration) -> Iterator[Sql]:
    """Change the column's type and collation."""
    if change.type_changes:
        yield from change.editor._change_type(change)


def change_database_default(change: Alteration) -> Iterator[Sql]:
    """Change the default that the database itself keeps."""
    if change.old.db_default == change.new.db_default:
        return
    if change.new.db_default is None:
        yield from change.editor._alter_column(change, change.editor.sql_alter_column_no_default)
        return
    sql, params = change.new.db_default
    yield from change.editor._alter_column(
        change, change.editor.sql_alter_column_default, params, default=sql
    )


def fill_nulls(change: Alteration) -> Iterator[Sql]:
    """Give a value to rows that have none."""
    if not change.fills_nulls:
        return
    if change.new.db_default is not None:
        default, params = change.new.db_default
    else:
        default = change.editor._column_default_sql(change.new_field)
        params = (change.editor.effective_default(change.new_field),)
    parts = {"table": change.table, "column": change.column, "default": default}
    yield change.editor.sql_update_with_default % parts, params


def change_null(change: Alteration) -> Iterator[Sql]:
    """Begin or stop to insist on a value."""
    if change.old.null != change.new.null:
        editor = change.editor
        wanted = editor.sql_alter_column_null if change.new.null else editor.sql_alter_column_not_null
        yield from editor._alter_column(change, wanted, type=change.new.type or "")


def add_unique(change: Alteration) -> Iterator[Sql]:
    """Make the column unique."""
    if change.new.unique_alone and not change.old.unique_alone:
        yield change.editor._create_unique_sql(change.model, [change.new_field]), None


def add_index(change: Alteration) -> Iterator[Sql]:
    """Index the column."""
    if change.new.indexed and not change.old.indexed:
        yield change.editor._create_index_sql(change.model, fields=[change.new_field]), None


def add_primary_key(change: Alteration) -> Iterator[Sql]:
    """Make the column the primary key."""
    if change.new.primary and not change.old.primary:
        yield change.editor._create_primary_key_sql(change.model, change.new_field), None


def followers(change: Alteration) -> Iterator[Alteration]:
    """Yield how the columns that point here have to change as well."""
    if not change.type_changes and change.old.primary == change.new.primary:
        return
    for old_field, new_field in change.dropped_incoming:
        follower = Alteration(change.editor, new_field.model, old_field, new_field)
        if follower.old.type != follower.new.type or follower.old.collation != follower.new.collation:
            yield follower


def follow_type(change: Alteration) -> Iterator[Sql]:
    """Let the columns that point here take on the new type."""
    for follower in followers(change):
        yield from change.editor._change_type(follower)


def add_foreign_key(change: Alteration) -> Iterator[Sql]:
    """Make the foreign key of the column."""
    if change.new.target is not None and (change.foreign_key_dropped or change.old.target is None):
        yield change.editor._create_fk_sql(change.model, change.new_field, change.editor.fk_suffix), None


def restore_incoming(change: Alteration) -> Iterator[Sql]:
    """Bring back the foreign keys of other tables that point here."""
    for _, field in change.dropped_incoming:
        if getattr(field, "db_constraint", False):
            yield change.editor._create_fk_sql(field.model, field, change.editor.fk_suffix), None


def add_check(change: Alteration) -> Iterator[Sql]:
    """Add the check that belongs to the column's type."""
    if change.new.check and change.old.check != change.new.check:
        editor = change.editor
        name = editor._create_index_name(
            change.model._meta.db_table, [change.new.name or ""], suffix="_check"
        )
        yield editor._create_check_sql(change.model, name, change.new.check), None


STEPS: tuple[Step, ...] = (
    drop_foreign_key,
    drop_unique,
    drop_incoming,
    drop_index,
    drop_check,
    rename,
    drop_primary_key,
    comment,
    change_type,
    change_database_default,
    fill_nulls,
    change_null,
    add_unique,
    add_index,
    add_primary_key,
    follow_type,
    add_foreign_key,
    restore_incoming,
    add_check,
)


def dependents(model: Any, old_field: Any, new_field: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the foreign keys that point to a field, before and after, and those that point to these in turn.

    A field that was made by hand may know no model; then it is one for `model`.
    """
    old_relations = {_address(relation): relation for relation in _incoming(model, old_field)}
    for relation in _incoming(model, new_field):
        before = old_relations.get(_address(relation))
        if before is not None:
            yield before.field, relation.field
            if relation.field.unique:
                yield from dependents(relation.related_model, before.field, relation.field)


def _incoming(model: Any, field: Any) -> list[Any]:
    relations = [
        relation
        for relation in getattr(field, "model", model)._meta.get_fields(include_hidden=True)
        if relation.auto_created
        and not relation.concrete
        and (relation.one_to_many or relation.one_to_one)
        and field.name in {target.name for target in relation.field.foreign_related_fields}
    ]
    return sorted(relations, key=_address)


def _address(relation: Any) -> tuple[str, str]:
    return relation.related_model._meta.label_lower, relation.field.name


def _wrong_number(names: list[str], kind: str, change: Alteration) -> ValueError:
    where = f"{change.model._meta.db_table}.{change.old.name}"
    plural = "constraint" if len(names) == 1 else "constraints"
    return ValueError(f"Found wrong number ({len(names)}) of {kind} {plural} for {where}")
