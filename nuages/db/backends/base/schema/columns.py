"""What a field's column is, as facts that can be compared."""

from __future__ import annotations

import copy
import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nuages.utils import timezone

if TYPE_CHECKING:
    from nuages.db.backends.base.schema.editor import BaseDatabaseSchemaEditor

AUTO_TYPES = frozenset({"AutoField", "BigAutoField", "SmallAutoField"})


@dataclass(frozen=True)
class Target:
    """Where a foreign key points, and what happens there."""

    table: str
    column: str
    on_delete: str


@dataclass(frozen=True)
class Column:
    """A column of a table. `type` None is a field that has none."""

    name: str | None
    type: str | None
    type_suffix: str
    check: str | None
    collation: str | None
    null: bool
    primary: bool
    unique: bool
    indexed: bool
    auto: bool
    target: Target | None
    comment: str
    db_default: tuple[str, tuple[Any, ...]] | None
    generated: tuple[Any, ...] | None

    @property
    def unique_alone(self) -> bool:
        """Unique by a constraint of its own, rather than as the primary key."""
        return self.unique and not self.primary


def describe(editor: BaseDatabaseSchemaEditor, model: Any, field: Any) -> Column:
    """Return the facts of a field's column. The field may be one that `model` does not have (yet)."""
    connection = editor.connection
    params = field.db_parameters(connection=connection)
    kind = params["type"]
    generated = None
    if getattr(field, "generated", False):
        if not hasattr(field, "model"):  # made by hand
            field = copy.copy(field)
            field.model = model
        generated = (*map(_hashable, field.generated_sql(connection)), field.db_persist)
    return Column(
        name=field.column,
        type=kind,
        type_suffix=(field.db_type_suffix(connection) or "") if kind is not None else "",
        check=params.get("check"),
        collation=params.get("collation"),
        null=field.null,
        primary=field.primary_key,
        unique=field.unique,
        indexed=editor._field_should_be_indexed(model, field),
        auto=field.get_internal_type() in AUTO_TYPES,
        target=target_of(editor, field),
        comment=field.db_comment or "",
        db_default=_db_default(editor, model, field),
        generated=generated,
    )


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _db_default(
    editor: BaseDatabaseSchemaEditor, model: Any, field: Any
) -> tuple[str, tuple[Any, ...]] | None:
    if not field.has_db_default():
        return None
    sql, params = editor.db_default_sql(field, model)
    return sql, tuple(params)


def target_of(editor: BaseDatabaseSchemaEditor, field: Any) -> Target | None:
    """Return where a field's foreign key points; None where the database does not know of it."""
    remote = field.remote_field
    if (
        remote is None
        or not getattr(field, "db_constraint", False)
        or not editor.connection.features.supports_foreign_keys
    ):
        return None
    to = remote.model._meta.get_field(remote.field_name) if remote.field_name else field.target_field
    return Target(to.model._meta.db_table, to.column, on_delete_sql(editor, field))


def on_delete_sql(editor: BaseDatabaseSchemaEditor, field: Any) -> str:
    """Return the ON DELETE clause of a foreign key whose deletions the database does."""
    from nuages.db.models import DB_CASCADE, DB_SET_DEFAULT, DB_SET_NULL

    for on_delete, words in (
        (DB_CASCADE, "CASCADE"),
        (DB_SET_NULL, "SET NULL"),
        (DB_SET_DEFAULT, "SET DEFAULT"),
    ):
        if field.remote_field.on_delete is on_delete:
            return editor.connection.ops.fk_on_delete_sql(words)
    return ""


def effective_default(field: Any) -> Any:
    """Return the value that rows which are already there get in a new column."""
    if field.has_default():
        return field.get_default()
    if getattr(field, "generated", False):
        return None
    kind = field.get_internal_type()
    if not field.null and field.blank and field.empty_strings_allowed:
        return b"" if kind == "BinaryField" else ""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        now = timezone.now() if kind == "DateTimeField" else datetime.datetime.now()
        return {"DateField": now.date, "TimeField": now.time}.get(kind, lambda: now)()
    return None
