"""Operations on indexes and constraints."""

from __future__ import annotations

from typing import Any

from nuages.db.migrations.operations.base import Operation, OperationCategory, sparse
from nuages.db.migrations.operations.fields import FieldOperation
from nuages.db.migrations.operations.models import CreateModel, ModelOperation, joins_creation
from nuages.utils.functional import cached_property


class IndexOperation(Operation):
    """A change of an index or constraint of the model `model_name`."""

    option_name = "indexes"
    model_name: str

    @cached_property
    def model_name_lower(self) -> str:
        return self.model_name.lower()

    def _model_in(self, state: Any, app_label: str, schema_editor: Any) -> Any:
        model = state.apps.get_model(app_label, self.model_name)
        return model if self.allow_migrate_model(schema_editor.connection.alias, model) else None


class AddIndex(IndexOperation):
    """Add an index to a model."""

    category = OperationCategory.ADDITION

    def __init__(self, model_name: str, index: Any) -> None:
        self.model_name = model_name
        if not index.name:
            raise ValueError(
                f"Indexes passed to AddIndex operations require a name argument. {index!r} doesn't have one."
            )
        self.index = index

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        return type(self).__name__, [], {"model_name": self.model_name, "index": self.index}

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.add_index(app_label, self.model_name_lower, self.index)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = self._model_in(to_state, app_label, schema_editor)
        if model is not None:
            schema_editor.add_index(model, self.index)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = self._model_in(from_state, app_label, schema_editor)
        if model is not None:
            schema_editor.remove_index(model, self.index)

    def describe(self) -> str:
        if self.index.expressions:
            listed = ", ".join(map(str, self.index.expressions))
            return f"Create index {self.index.name} on {listed} on model {self.model_name}"
        fields = ", ".join(self.index.fields)
        return f"Create index {self.index.name} on field(s) {fields} of model {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name_lower}_{self.index.name.lower()}"

    def references_field(self, model_name: str, name: str, app_label: str) -> bool:
        return self.references_model(model_name, app_label)

    def reduce(self, operation: Operation, app_label: str) -> list[Operation] | bool:
        if isinstance(operation, RemoveIndex) and self.index.name == operation.name:
            return []
        if isinstance(operation, RenameIndex) and self.index.name == operation.old_name:
            renamed = self.index.clone()
            renamed.name = operation.new_name
            return [type(self)(model_name=self.model_name, index=renamed)]
        return super().reduce(operation, app_label)


class RemoveIndex(IndexOperation):
    """Remove an index from a model."""

    category = OperationCategory.REMOVAL

    def __init__(self, model_name: str, name: str) -> None:
        self.model_name = model_name
        self.name = name

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        return type(self).__name__, [], {"model_name": self.model_name, "name": self.name}

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.remove_index(app_label, self.model_name_lower, self.name)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = self._model_in(from_state, app_label, schema_editor)
        if model is not None:
            index = from_state.models[app_label, self.model_name_lower].get_index_by_name(self.name)
            schema_editor.remove_index(model, index)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = self._model_in(to_state, app_label, schema_editor)
        if model is not None:
            index = to_state.models[app_label, self.model_name_lower].get_index_by_name(self.name)
            schema_editor.add_index(model, index)

    def describe(self) -> str:
        return f"Remove index {self.name} from {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"remove_{self.model_name_lower}_{self.name.lower()}"


class RenameIndex(IndexOperation):
    """Rename an index; one that has no name is found by its fields."""

    category = OperationCategory.ALTERATION

    def __init__(
        self, model_name: str, new_name: str, old_name: str | None = None, old_fields: Any = None
    ) -> None:
        if not old_name and not old_fields:
            raise ValueError("RenameIndex requires one of old_name and old_fields arguments to be set.")
        if old_name and old_fields:
            raise ValueError("RenameIndex.old_name and old_fields are mutually exclusive.")
        self.model_name = model_name
        self.new_name = new_name
        self.old_name = old_name
        self.old_fields = old_fields

    @cached_property
    def old_name_lower(self) -> str:
        return (self.old_name or "").lower()

    @cached_property
    def new_name_lower(self) -> str:
        return self.new_name.lower()

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        required = {"model_name": self.model_name, "new_name": self.new_name}
        optional = {"old_name": (self.old_name or None, None), "old_fields": (self.old_fields or None, None)}
        return type(self).__name__, [], sparse(required, optional)

    def state_forwards(self, app_label: str, state: Any) -> None:
        if self.old_fields:
            from nuages.db.models import Index

            state.remove_model_options(app_label, self.model_name_lower, "index_together", self.old_fields)
            state.add_index(
                app_label, self.model_name_lower, Index(fields=self.old_fields, name=self.new_name)
            )
        else:
            state.rename_index(app_label, self.model_name_lower, self.old_name, self.new_name)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = self._model_in(to_state, app_label, schema_editor)
        if model is None:
            return
        old = (
            self._unnamed(app_label, schema_editor, from_state)
            if self.old_fields
            else (from_state.models[app_label, self.model_name_lower].get_index_by_name(self.old_name))
        )
        # On the way back and forth it may have the name already.
        if old.name == self.new_name:
            return
        new = to_state.models[app_label, self.model_name_lower].get_index_by_name(self.new_name)
        schema_editor.rename_index(model, old, new)

    def _unnamed(self, app_label: str, editor: Any, state: Any) -> Any:
        """Find the index of `index_together` by its columns."""
        from nuages.db.models import Index

        model = state.apps.get_model(app_label, self.model_name)
        columns = [model._meta.get_field(name).column for name in self.old_fields]
        names = editor._constraint_names(model, columns, index=True, unique=False)
        if len(names) != 1:
            where = f"{model._meta.db_table}({', '.join(columns)})"
            raise ValueError(f"Found wrong number ({len(names)}) of indexes for {where}.")
        return Index(fields=self.old_fields, name=names[0])

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if self.old_fields:
            return  # there was no name to go back to, and it does not matter
        new, old = self.new_name, self.old_name
        backwards = RenameIndex(self.model_name, new_name=old or "", old_name=new)
        backwards.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        if self.old_name:
            return f"Rename index {self.old_name} on {self.model_name} to {self.new_name}"
        return f"Rename unnamed index for {self.old_fields} on {self.model_name} to {self.new_name}"

    @property
    def migration_name_fragment(self) -> str:
        if self.old_name:
            return f"rename_{self.old_name_lower}_{self.new_name_lower}"
        return f"rename_{self.model_name_lower}_{'_'.join(self.old_fields)}_{self.new_name_lower}"

    def reduce(self, operation: Operation, app_label: str) -> list[Operation] | bool:
        if (
            isinstance(operation, RenameIndex)
            and self.model_name_lower == operation.model_name_lower
            and operation.old_name
            and self.new_name_lower == operation.old_name_lower
        ):
            return [RenameIndex(self.model_name, operation.new_name, self.old_name, self.old_fields)]
        return super().reduce(operation, app_label)


class ConstraintOperation(IndexOperation):
    """A change of a constraint."""

    option_name = "constraints"


class AddConstraint(ConstraintOperation):
    """Add a constraint to a model."""

    category = OperationCategory.ADDITION

    def __init__(self, model_name: str, constraint: Any) -> None:
        self.model_name = model_name
        self.constraint = constraint

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        return type(self).__name__, [], {"model_name": self.model_name, "constraint": self.constraint}

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.add_constraint(app_label, self.model_name_lower, self.constraint)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = self._model_in(to_state, app_label, schema_editor)
        if model is not None:
            schema_editor.add_constraint(model, self.constraint)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = self._model_in(to_state, app_label, schema_editor)
        if model is not None:
            schema_editor.remove_constraint(model, self.constraint)

    def describe(self) -> str:
        return f"Create constraint {self.constraint.name} on model {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name_lower}_{self.constraint.name.lower()}"

    def reduce(self, operation: Operation, app_label: str) -> list[Operation] | bool:
        same = (
            isinstance(operation, ConstraintOperation)
            and self.model_name_lower == operation.model_name_lower
            and self.constraint.name == getattr(operation, "name", None)
        )
        if same and isinstance(operation, RemoveConstraint):
            return []
        if same and isinstance(operation, AlterConstraint):
            return [type(self)(model_name=self.model_name, constraint=operation.constraint)]
        return super().reduce(operation, app_label)


class RemoveConstraint(ConstraintOperation):
    """Remove a constraint from a model."""

    category = OperationCategory.REMOVAL

    def __init__(self, model_name: str, name: str) -> None:
        self.model_name = model_name
        self.name = name

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        return type(self).__name__, [], {"model_name": self.model_name, "name": self.name}

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.remove_constraint(app_label, self.model_name_lower, self.name)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = self._model_in(to_state, app_label, schema_editor)
        if model is not None:
            constraint = from_state.models[app_label, self.model_name_lower].get_constraint_by_name(self.name)
            schema_editor.remove_constraint(model, constraint)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = self._model_in(to_state, app_label, schema_editor)
        if model is not None:
            constraint = to_state.models[app_label, self.model_name_lower].get_constraint_by_name(self.name)
            schema_editor.add_constraint(model, constraint)

    def describe(self) -> str:
        return f"Remove constraint {self.name} from model {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"remove_{self.model_name_lower}_{self.name.lower()}"


class AlterConstraint(ConstraintOperation):
    """Change a constraint where the database does not notice: its message, for example."""

    category = OperationCategory.ALTERATION

    def __init__(self, model_name: str, name: str, constraint: Any) -> None:
        self.model_name = model_name
        self.name = name
        self.constraint = constraint

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        kwargs = {"model_name": self.model_name, "name": self.name, "constraint": self.constraint}
        return type(self).__name__, [], kwargs

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.alter_constraint(app_label, self.model_name_lower, self.name, self.constraint)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        pass

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        pass

    def describe(self) -> str:
        return f"Alter constraint {self.name} on {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"alter_{self.model_name_lower}_{self.constraint.name.lower()}"

    def reduce(self, operation: Operation, app_label: str) -> list[Operation] | bool:
        same = (
            isinstance(operation, (AlterConstraint, RemoveConstraint))
            and self.model_name_lower == operation.model_name_lower
            and self.name == operation.name
        )
        return [operation] if same else super().reduce(operation, app_label)


def _changed(option: str) -> Any:
    """Return what joins creating a model with an operation on one of its indexes or constraints."""

    def joined(create: CreateModel, operation: Any) -> list[Operation] | None:
        current = list(create.options.get(option, []))
        match operation:
            case AddIndex():
                current.append(operation.index)
            case AddConstraint():
                current.append(operation.constraint)
            case RemoveIndex() | RemoveConstraint():
                current = [each for each in current if each.name != operation.name]
            case AlterConstraint():
                current = [each for each in current if each.name != operation.name] + [operation.constraint]
            case _:
                return None
        return [create.with_changes(options={**create.options, option: current})]

    return joined


for _kind in (AddIndex, RemoveIndex, AddConstraint, RemoveConstraint, AlterConstraint):
    joins_creation(_kind, _changed(_kind.option_name))

__all__ = [
    "AddConstraint",
    "AddIndex",
    "AlterConstraint",
    "ConstraintOperation",
    "FieldOperation",
    "IndexOperation",
    "ModelOperation",
    "RemoveConstraint",
    "RemoveIndex",
    "RenameIndex",
]
