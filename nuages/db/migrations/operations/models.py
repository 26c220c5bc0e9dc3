"""Operations on whole models and their options."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from nuages.compat import spelled
from nuages.db import models
from nuages.db.migrations.operations.base import Operation, OperationCategory, sparse
from nuages.db.migrations.operations.fields import (
    AddField,
    AlterField,
    FieldOperation,
    RemoveField,
    RenameField,
)
from nuages.db.migrations.state import ModelState
from nuages.db.migrations.utils import field_references, resolve_relation
from nuages.db.models.options import normalize_together
from nuages.utils.functional import cached_property


class ModelOperation(Operation):
    """A change of the model `name`."""

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def name_lower(self) -> str:
        return self.name.lower()

    def references_model(self, name: str, app_label: str) -> bool:
        return name.lower() == self.name_lower

    def can_reduce_through(self, operation: Operation, app_label: str) -> bool:
        """Say whether the two have nothing to do with each other."""
        return not operation.references_model(self.name, app_label)

    def reduce(self, operation: Operation, app_label: str) -> list[Operation] | bool:
        return super().reduce(operation, app_label) or self.can_reduce_through(operation, app_label)

    def _model_in(self, state: Any, app_label: str, schema_editor: Any, name: str | None = None) -> Any:
        """Return the model, None where its table is not in this database."""
        model = state.apps.get_model(app_label, name or self.name)
        return model if self.allow_migrate_model(schema_editor.connection.alias, model) else None


class CreateModel(ModelOperation):
    """Create a model and its table."""

    category = OperationCategory.ADDITION
    serialization_expand_args = ["fields", "options", "managers"]

    def __init__(
        self,
        name: str,
        fields: Any,
        options: dict[str, Any] | None = None,
        bases: tuple[Any, ...] | None = None,
        managers: Any = None,
    ) -> None:
        self.fields = fields
        self.options = options or {}
        self.bases = bases or (models.Model,)
        self.managers = managers or []
        super().__init__(name)
        _refuse_repeated("fields", (field_name for field_name, _ in self.fields))
        _refuse_repeated("bases", map(_base_name, self.bases))
        _refuse_repeated("managers", (manager_name for manager_name, _ in self.managers))

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        bases = self.bases if self.bases != (models.Model,) else ()
        managers = [] if self._plain_managers() else self.managers
        optional: dict[str, Any] = {
            "options": (self.options, {}),
            "bases": (bases, ()),
            "managers": (managers, []),
        }
        return type(self).__name__, [], sparse({"name": self.name, "fields": self.fields}, optional)

    def _plain_managers(self) -> bool:
        return [(name, type(manager)) for name, manager in self.managers] == [("objects", models.Manager)]

    def state_forwards(self, app_label: str, state: Any) -> None:
        fields, managers = list(self.fields), list(self.managers)
        state.add_model(
            ModelState(app_label, self.name, fields, dict(self.options), tuple(self.bases), managers)
        )

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = self._model_in(to_state, app_label, schema_editor)
        if model is not None:
            schema_editor.create_model(model)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = self._model_in(from_state, app_label, schema_editor)
        if model is not None:
            schema_editor.delete_model(model)

    def describe(self) -> str:
        proxy = "proxy " if self.options.get("proxy", False) else ""
        return f"Create {proxy}model {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return self.name_lower

    def references_model(self, name: str, app_label: str) -> bool:
        wanted = app_label, name.lower()
        own = app_label, self.name_lower
        if wanted[1] == self.name_lower:
            return True
        parents = (base for base in self.bases if base is not models.Model)
        if any(
            isinstance(base, (models.base.ModelBase, str)) and resolve_relation(base, app_label) == wanted
            for base in parents
        ):
            return True
        return any(field_references(own, field, wanted) for _, field in self.fields)

    # Joining with later operations

    def with_changes(self, **changes: Any) -> CreateModel:
        """Return the operation with some arguments changed."""
        current = {name: getattr(self, name) for name in ("name", "fields", "options", "bases", "managers")}
        return CreateModel(**{**current, **changes})

    def reduce(self, operation: Operation, app_label: str) -> list[Operation] | bool:
        for kind, joined in _JOINED_WITH_CREATION.items():
            if isinstance(operation, kind) and _target_of(operation) == self.name_lower:
                result = joined(self, operation)
                if result is not None:
                    return result
        return super().reduce(operation, app_label)


def _target_of(operation: Any) -> str:
    if isinstance(operation, RenameModel):
        return operation.old_name_lower
    return operation.model_name_lower if hasattr(operation, "model_name_lower") else operation.name_lower


def _created_and_deleted(create: CreateModel, delete: Any) -> list[Operation] | None:
    return None if create.options.get("proxy", False) else []


def _created_and_renamed(create: CreateModel, rename: Any) -> list[Operation]:
    return [create.with_changes(name=rename.new_name)]


def _created_with_options(create: CreateModel, alter: Any) -> list[Operation]:
    merged = {**create.options, **alter.options}
    kept = {
        name: value
        for name, value in merged.items()
        if name in alter.options or name not in alter.ALTER_OPTION_KEYS
    }
    return [create.with_changes(options=kept)]


def _created_with_managers(create: CreateModel, alter: Any) -> list[Operation]:
    return [create.with_changes(managers=alter.managers)]


def _created_with_option(create: CreateModel, alter: Any) -> list[Operation]:
    name = alter.option_name
    return [create.with_changes(options={**create.options, name: alter.option_value})]


def _created_with_field(create: CreateModel, add: Any) -> list[Operation]:
    return [create.with_changes(fields=[*create.fields, (add.name, add.field)])]


def _created_with_altered_field(create: CreateModel, alter: Any) -> list[Operation]:
    fields = [(name, alter.field if name == alter.name else field) for name, field in create.fields]
    return [create.with_changes(fields=fields)]


def _created_without_field(create: CreateModel, remove: Any) -> list[Operation]:
    def changed(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if name != remove.name)

    options = _options_with_names(create.options, changed)
    if options.get("order_with_respect_to") == remove.name:
        del options["order_with_respect_to"]
    fields = [(name, field) for name, field in create.fields if name.lower() != remove.name_lower]
    return [create.with_changes(fields=fields, options=options)]


def _created_with_renamed_field(create: CreateModel, rename: Any) -> list[Operation]:
    def changed(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(rename.new_name if name == rename.old_name else name for name in names)

    options = _options_with_names(create.options, changed)
    if options.get("order_with_respect_to") == rename.old_name:
        options["order_with_respect_to"] = rename.new_name
    fields = [(rename.new_name if name == rename.old_name else name, field) for name, field in create.fields]
    return [create.with_changes(fields=fields, options=options)]


def _options_with_names(
    options: dict[str, Any], changed: Callable[[tuple[str, ...]], tuple[str, ...]]
) -> dict[str, Any]:
    """Return options whose sets of field names have been changed."""
    copied = dict(options)
    for name in ("unique_together", "index_together"):
        if copied.get(name):
            sets = {changed(tuple(names)) for names in copied[name]}
            copied[name] = {names for names in sets if names}
    return copied


class DeleteModel(ModelOperation):
    """Delete a model and its table."""

    category = OperationCategory.REMOVAL

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        return type(self).__name__, [], {"name": self.name}

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.remove_model(app_label, self.name_lower)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = self._model_in(from_state, app_label, schema_editor)
        if model is not None:
            schema_editor.delete_model(model)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = self._model_in(to_state, app_label, schema_editor)
        if model is not None:
            schema_editor.create_model(model)

    def references_model(self, name: str, app_label: str) -> bool:
        # Whatever points to it must have gone before, so anything may have to do with it.
        return True

    def describe(self) -> str:
        return f"Delete model {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"delete_{self.name_lower}"


class RenameModel(ModelOperation):
    """Rename a model, its table, and the columns of many-to-many tables that are named after it."""

    category = OperationCategory.ALTERATION

    def __init__(self, old_name: str, new_name: str) -> None:
        self.old_name = old_name
        self.new_name = new_name
        super().__init__(old_name)

    @cached_property
    def old_name_lower(self) -> str:
        return self.old_name.lower()

    @cached_property
    def new_name_lower(self) -> str:
        return self.new_name.lower()

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        return type(self).__name__, [], {"old_name": self.old_name, "new_name": self.new_name}

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.rename_model(app_label, self.old_name, self.new_name)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._rename(app_label, schema_editor, from_state, to_state, self.old_name, self.new_name)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._rename(app_label, schema_editor, from_state, to_state, self.new_name, self.old_name)

    def _rename(
        self, app_label: str, editor: Any, from_state: Any, to_state: Any, before: str, after: str
    ) -> None:
        from_state.settle_with(to_state)
        new = self._model_in(to_state, app_label, editor, after)
        if new is None:
            return
        old = from_state.apps.get_model(app_label, before)
        editor.alter_db_table(new, old._meta.db_table, new._meta.db_table)
        _alter_pointing_fields(editor, old, new, to_state)
        _rename_many_to_many(editor, old, new)

    def references_model(self, name: str, app_label: str) -> bool:
        return name.lower() in (self.old_name_lower, self.new_name_lower)

    def describe(self) -> str:
        return f"Rename model {self.old_name} to {self.new_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"rename_{self.old_name_lower}_{self.new_name_lower}"

    def reduce(self, operation: Operation, app_label: str) -> list[Operation] | bool:
        if isinstance(operation, RenameModel) and self.new_name_lower == operation.old_name_lower:
            return [RenameModel(self.old_name, operation.new_name)]
        # The new name is what must not be spoken of in between.
        shorter = Operation.reduce(self, operation, app_label)
        return shorter or not operation.references_model(self.new_name, app_label)


def _alter_pointing_fields(editor: Any, old: Any, new: Any, to_state: Any) -> None:
    """Let relations to the renamed model follow: their target table has another name."""
    same_table = old._meta.db_table == new._meta.db_table
    for relation in old._meta.related_objects:
        if same_table and not relation.field.many_to_many:
            continue  # the table has a name of its own, which has not changed
        if relation.related_model is old:
            owner, key = new, (new._meta.app_label, new._meta.model_name)
        else:
            owner = relation.related_model
            key = owner._meta.app_label, owner._meta.model_name
        after = to_state.apps.get_model(*key)._meta.get_field(relation.field.name)
        editor.alter_field(owner, relation.field, after)


def _rename_many_to_many(editor: Any, old: Any, new: Any) -> None:
    """Rename the tables of the model's own many-to-many fields and their columns that are named after it."""
    for old_field, new_field in zip(old._meta.local_many_to_many, new._meta.local_many_to_many):
        between = new_field.remote_field.through
        # Those with a model in between, or a table name, are not named after the model.
        if new_field.model is new_field.related_model or not between._meta.auto_created:
            continue
        editor._alter_many_to_many(new, old_field, new_field, strict=False)


class ModelOptionOperation(ModelOperation):
    """A change of one of a model's options."""

    category = OperationCategory.ALTERATION
    option_name: str

    @property
    def option_value(self) -> Any:
        return getattr(self, self.option_name)

    def reduce(self, operation: Operation, app_label: str) -> list[Operation] | bool:
        same = isinstance(operation, (type(self), DeleteModel)) and self.name_lower == operation.name_lower
        return [operation] if same else super().reduce(operation, app_label)


class _TableOption(ModelOptionOperation):
    """An option that the database keeps with the table."""

    argument: ClassVar[str]

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        return type(self).__name__, [], {"name": self.name, self.argument: getattr(self, self.argument)}

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.alter_model_options(app_label, self.name_lower, {self.option_name: self.option_value})

    def _apply(self, editor: Any, old: Any, new: Any) -> None:
        raise NotImplementedError

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        new = self._model_in(to_state, app_label, schema_editor)
        if new is not None:
            self._apply(schema_editor, from_state.apps.get_model(app_label, self.name), new)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.database_forwards(app_label, schema_editor, from_state, to_state)


class AlterModelTable(_TableOption):
    """Give a model's table a name, or with None the usual one."""

    option_name = "db_table"
    argument = "table"

    def __init__(self, name: str, table: str | None) -> None:
        self.table = table
        super().__init__(name)

    @property
    def option_value(self) -> Any:
        return self.table

    def _apply(self, editor: Any, old: Any, new: Any) -> None:
        editor.alter_db_table(new, old._meta.db_table, new._meta.db_table)
        # Tables of many-to-many fields are named after the table.
        for old_field, new_field in zip(old._meta.local_many_to_many, new._meta.local_many_to_many):
            if new_field.remote_field.through._meta.auto_created:
                names = (field.remote_field.through._meta.db_table for field in (old_field, new_field))
                editor.alter_db_table(new_field.remote_field.through, *names)

    def describe(self) -> str:
        return f"Rename table for {self.name} to {self.table if self.table is not None else '(default)'}"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_table"


class AlterModelTableComment(_TableOption):
    """Change the comment that the database keeps with a table."""

    option_name = "db_table_comment"
    argument = "table_comment"

    def __init__(self, name: str, table_comment: str | None) -> None:
        self.table_comment = table_comment
        super().__init__(name)

    @property
    def option_value(self) -> Any:
        return self.table_comment

    def _apply(self, editor: Any, old: Any, new: Any) -> None:
        editor.alter_db_table_comment(new, old._meta.db_table_comment, new._meta.db_table_comment)

    def describe(self) -> str:
        return f"Alter {self.name} table comment"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_table_comment"


class AlterTogetherOptionOperation(ModelOptionOperation):
    """A change of which sets of fields are unique or indexed together."""

    def __init__(self, name: str, option_value: Any) -> None:
        if option_value:
            option_value = set(normalize_together(option_value))
        setattr(self, self.option_name, option_value)
        super().__init__(name)

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        return type(self).__name__, [], {"name": self.name, self.option_name: self.option_value}

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.alter_model_options(app_label, self.name_lower, {self.option_name: self.option_value})

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        new = self._model_in(to_state, app_label, schema_editor)
        if new is not None:
            before = from_state.models[app_label, self.name_lower].options.get(self.option_name) or set()
            after = to_state.models[app_label, self.name_lower].options.get(self.option_name) or set()
            alter = getattr(schema_editor, f"alter_{self.option_name}")
            alter(new, before, after)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.database_forwards(app_label, schema_editor, from_state, to_state)

    def references_field(self, model_name: str, name: str, app_label: str) -> bool:
        if not self.references_model(model_name, app_label):
            return False
        return not self.option_value or any(name in names for names in self.option_value)

    def describe(self) -> str:
        return f"Alter {self.option_name} for {self.name} ({len(self.option_value or '')} constraint(s))"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_{self.option_name}"

    def can_reduce_through(self, operation: Operation, app_label: str) -> bool:
        # Options of different kinds do not get in each other's way.
        independent = isinstance(operation, AlterTogetherOptionOperation) and type(operation) is not type(
            self
        )
        return independent or super().can_reduce_through(operation, app_label)


class AlterUniqueTogether(AlterTogetherOptionOperation):
    """Change `unique_together`."""

    option_name = "unique_together"

    def __init__(self, name: str, unique_together: Any) -> None:
        super().__init__(name, unique_together)


class AlterIndexTogether(AlterTogetherOptionOperation):
    """Change `index_together`, which only old migrations have."""

    option_name = "index_together"

    def __init__(self, name: str, index_together: Any) -> None:
        super().__init__(name, index_together)


class AlterOrderWithRespectTo(ModelOptionOperation):
    """Change what a model is ordered with respect to, which has a column for the order."""

    option_name = "order_with_respect_to"

    def __init__(self, name: str, order_with_respect_to: str | None) -> None:
        self.order_with_respect_to = order_with_respect_to
        super().__init__(name)

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        kwargs = {"name": self.name, "order_with_respect_to": self.order_with_respect_to}
        return type(self).__name__, [], kwargs

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.alter_model_options(app_label, self.name_lower, {self.option_name: self.order_with_respect_to})

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        after = self._model_in(to_state, app_label, schema_editor)
        if after is None:
            return
        before = from_state.apps.get_model(app_label, self.name)
        was, will_be = before._meta.order_with_respect_to, after._meta.order_with_respect_to
        if was and not will_be:
            schema_editor.remove_field(before, before._meta.get_field("_order"))
        elif will_be and not was:
            field = after._meta.get_field("_order")
            if not field.has_default():
                field.default = 0  # rows that are there already come first
            schema_editor.add_field(before, field)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.database_forwards(app_label, schema_editor, from_state, to_state)

    def references_field(self, model_name: str, name: str, app_label: str) -> bool:
        same = self.references_model(model_name, app_label)
        return same and (self.order_with_respect_to is None or name == self.order_with_respect_to)

    def describe(self) -> str:
        return f"Set order_with_respect_to on {self.name} to {self.order_with_respect_to}"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_order_with_respect_to"


class _StateOnly(ModelOptionOperation):
    """A change that the database does not notice."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        pass

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        pass


class AlterModelOptions(_StateOnly):
    """Change options that only the code looks at."""

    #: The options that are meant when they are not given, too.
    ALTER_OPTION_KEYS = [
        *("managed", "permissions", "default_permissions", "select_on_save", "get_latest_by", "ordering"),
        *("verbose_name", "verbose_name_plural"),
        *("base_manager_name", "default_manager_name", "default_related_name"),
    ]

    def __init__(self, name: str, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__(name)

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        return type(self).__name__, [], {"name": self.name, "options": self.options}

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.alter_model_options(app_label, self.name_lower, self.options, self.ALTER_OPTION_KEYS)

    def describe(self) -> str:
        return f"Change Meta options on {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_options"


class AlterModelManagers(_StateOnly):
    """Change the managers that migrations have."""

    serialization_expand_args = ["managers"]

    def __init__(self, name: str, managers: Any) -> None:
        self.managers = managers
        super().__init__(name)

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        return type(self).__name__, [self.name, self.managers], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.alter_model_managers(app_label, self.name_lower, self.managers)

    def describe(self) -> str:
        return f"Change managers on {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.name_lower}_managers"


def _base_name(base: Any) -> Any:
    if isinstance(base, str):
        return base.lower()
    if hasattr(base, "_meta"):
        return base._meta.label_lower
    return f"<class '{spelled(base.__module__)}.{base.__qualname__}'>"


def _refuse_repeated(argument: str, names: Iterable[Any]) -> None:
    seen: set[Any] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"Found duplicate value {name} in CreateModel {argument} argument.")
        seen.add(name)


_JOINED_WITH_CREATION: dict[type[Operation], Callable[[CreateModel, Any], Any]] = {
    DeleteModel: _created_and_deleted,
    RenameModel: _created_and_renamed,
    AlterModelOptions: _created_with_options,
    AlterModelManagers: _created_with_managers,
    AlterModelTable: _created_with_option,
    AlterModelTableComment: _created_with_option,
    AlterTogetherOptionOperation: _created_with_option,
    AlterOrderWithRespectTo: _created_with_option,
    AddField: _created_with_field,
    AlterField: _created_with_altered_field,
    RemoveField: _created_without_field,
    RenameField: _created_with_renamed_field,
}


def joins_creation(kind: type[Operation], joined: Callable[[CreateModel, Any], Any]) -> None:
    """Let creating a model absorb a kind of operation."""
    _JOINED_WITH_CREATION[kind] = joined


__all__ = [
    "AlterIndexTogether",
    "AlterModelManagers",
    "AlterModelOptions",
    "AlterModelTable",
    "AlterModelTableComment",
    "AlterOrderWithRespectTo",
    "AlterTogetherOptionOperation",
    "AlterUniqueTogether",
    "CreateModel",
    "DeleteModel",
    "FieldOperation",
    "ModelOperation",
    "ModelOptionOperation",
    "RenameModel",
]
