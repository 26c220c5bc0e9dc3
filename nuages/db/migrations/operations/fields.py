"""Operations on one field of a model."""

from __future__ import annotations

from typing import Any

from nuages.db.migrations.operations.base import Operation, OperationCategory, sparse
from nuages.db.migrations.utils import field_references, generated_from
from nuages.db.models import NOT_PROVIDED
from nuages.utils.functional import cached_property


class FieldOperation(Operation):
    """A change of the field `name` of the model `model_name`."""

    def __init__(self, model_name: str, name: str, field: Any = None) -> None:
        self.model_name = model_name
        self.name = name
        self.field = field

    @cached_property
    def model_name_lower(self) -> str:
        return self.model_name.lower()

    @cached_property
    def name_lower(self) -> str:
        return self.name.lower()

    def is_same_model_operation(self, operation: FieldOperation) -> bool:
        """Say whether another operation is on the same model."""
        return self.model_name_lower == operation.model_name_lower

    def is_same_field_operation(self, operation: FieldOperation) -> bool:
        """Say whether another operation is on the same field."""
        return self.is_same_model_operation(operation) and self.name_lower == operation.name_lower

    def references_model(self, name: str, app_label: str) -> bool:
        name = name.lower()
        if name == self.model_name_lower:
            return True
        return self.field is not None and bool(
            field_references((app_label, self.model_name_lower), self.field, (app_label, name))
        )

    def references_field(self, model_name: str, name: str, app_label: str) -> bool:
        model_name = model_name.lower()
        own = model_name == self.model_name_lower
        if own and name == self.name:
            return True
        if own and self.field is not None:
            sources = {*(getattr(self.field, "from_fields", None) or ()), *generated_from(self.field)}
            if name in sources:
                return True
        return self.field is not None and bool(
            field_references((app_label, self.model_name_lower), self.field, (app_label, model_name), name)
        )

    def reduce(self, operation: Operation, app_label: str) -> list[Operation] | bool:
        shorter = super().reduce(operation, app_label)
        return shorter or not operation.references_field(self.model_name, self.name, app_label)

    def _models(self, app_label: str, from_state: Any, to_state: Any, schema_editor: Any) -> Any:
        """Return the model before and after, None where its table is not in this database."""
        from_state.settle_with(to_state)
        after = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, after):
            return None
        return from_state.apps.get_model(app_label, self.model_name), after


class _GivenField(FieldOperation):
    """An operation with a field for the model, and a default that may be for now only."""

    def __init__(self, model_name: str, name: str, field: Any, preserve_default: bool = True) -> None:
        self.preserve_default = preserve_default
        super().__init__(model_name, name, field)

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        required = {"model_name": self.model_name, "name": self.name, "field": self.field}
        return type(self).__name__, [], sparse(required, {"preserve_default": (self.preserve_default, True)})

    def _with_field(self, name: str, field: Any) -> Any:
        return type(self)(model_name=self.model_name, name=name, field=field)


class AddField(_GivenField):
    """Add a field to a model."""

    category = OperationCategory.ADDITION

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.add_field(app_label, self.model_name_lower, self.name, self.field, self.preserve_default)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        models = self._models(app_label, from_state, to_state, schema_editor)
        if models:
            before, after = models
            field = after._meta.get_field(self.name)
            if not self.preserve_default:
                # The state no longer has the default that the rows need now.
                field.default = self.field.default
            schema_editor.add_field(before, field)
            if not self.preserve_default:
                field.default = NOT_PROVIDED

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        before = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, before):
            schema_editor.remove_field(before, before._meta.get_field(self.name))

    def describe(self) -> str:
        return f"Add field {self.name} to {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name_lower}_{self.name_lower}"

    def reduce(self, operation: Operation, app_label: str) -> list[Operation] | bool:
        if isinstance(operation, FieldOperation) and self.is_same_field_operation(operation):
            match operation:
                case AlterField():
                    return [self._with_field(operation.name, operation.field)]
                case RemoveField():
                    return []
                case RenameField():
                    return [self._with_field(operation.new_name, self.field)]
        return super().reduce(operation, app_label)


class RemoveField(FieldOperation):
    """Remove a field from a model."""

    category = OperationCategory.REMOVAL

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        return type(self).__name__, [], {"model_name": self.model_name, "name": self.name}

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.remove_field(app_label, self.model_name_lower, self.name)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        before = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, before):
            schema_editor.remove_field(before, before._meta.get_field(self.name))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        models = self._models(app_label, from_state, to_state, schema_editor)
        if models:
            schema_editor.add_field(models[0], models[1]._meta.get_field(self.name))

    def describe(self) -> str:
        return f"Remove field {self.name} from {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"remove_{self.model_name_lower}_{self.name_lower}"

    def reduce(self, operation: Operation, app_label: str) -> list[Operation] | bool:
        from nuages.db.migrations.operations.models import DeleteModel

        if isinstance(operation, DeleteModel) and operation.name_lower == self.model_name_lower:
            return [operation]
        return super().reduce(operation, app_label)


class AlterField(_GivenField):
    """Give a field another type or other options."""

    category = OperationCategory.ALTERATION

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.alter_field(app_label, self.model_name_lower, self.name, self.field, self.preserve_default)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        models = self._models(app_label, from_state, to_state, schema_editor)
        if models:
            old, new = (model._meta.get_field(self.name) for model in models)
            if not self.preserve_default:
                new.default = self.field.default
            schema_editor.alter_field(models[0], old, new)
            if not self.preserve_default:
                new.default = NOT_PROVIDED

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Alter field {self.name} on {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.model_name_lower}_{self.name_lower}"

    def reduce(self, operation: Operation, app_label: str) -> list[Operation] | bool:
        if isinstance(operation, (AlterField, RemoveField)) and self.is_same_field_operation(operation):
            return [operation]
        # A column that is given needs no renaming when the field is renamed.
        if (
            isinstance(operation, RenameField)
            and self.is_same_field_operation(operation)
            and self.field.db_column is None
        ):
            return [operation, self._with_field(operation.new_name, self.field)]
        return super().reduce(operation, app_label)


class RenameField(FieldOperation):
    """Rename a field, and its column unless that has a name of its own."""

    category = OperationCategory.ALTERATION

    def __init__(self, model_name: str, old_name: str, new_name: str) -> None:
        self.old_name = old_name
        self.new_name = new_name
        super().__init__(model_name, old_name)

    @cached_property
    def old_name_lower(self) -> str:
        return self.old_name.lower()

    @cached_property
    def new_name_lower(self) -> str:
        return self.new_name.lower()

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        kwargs = {"model_name": self.model_name, "old_name": self.old_name, "new_name": self.new_name}
        return type(self).__name__, [], kwargs

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.rename_field(app_label, self.model_name_lower, self.old_name, self.new_name)

    def _rename(
        self, app_label: str, editor: Any, from_state: Any, to_state: Any, old: str, new: str
    ) -> None:
        models = self._models(app_label, from_state, to_state, editor)
        if models:
            before, after = models
            editor.alter_field(before, before._meta.get_field(old), after._meta.get_field(new))

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._rename(app_label, schema_editor, from_state, to_state, self.old_name, self.new_name)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._rename(app_label, schema_editor, from_state, to_state, self.new_name, self.old_name)

    def describe(self) -> str:
        return f"Rename field {self.old_name} on {self.model_name} to {self.new_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"rename_{self.old_name_lower}_{self.model_name_lower}_{self.new_name_lower}"

    def references_field(self, model_name: str, name: str, app_label: str) -> bool:
        same = self.references_model(model_name, app_label)
        return same and name.lower() in (self.old_name_lower, self.new_name_lower)

    def reduce(self, operation: Operation, app_label: str) -> list[Operation] | bool:
        if (
            isinstance(operation, RenameField)
            and self.is_same_model_operation(operation)
            and self.new_name_lower == operation.old_name_lower
        ):
            return [RenameField(self.model_name, self.old_name, operation.new_name)]
        # Not by way of FieldOperation: it is both names that others may speak of.
        shorter = Operation.reduce(self, operation, app_label)
        return shorter or not (
            operation.references_field(self.model_name, self.old_name, app_label)
            or operation.references_field(self.model_name, self.new_name, app_label)
        )
