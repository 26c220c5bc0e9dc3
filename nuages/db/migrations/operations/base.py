"""`Operation`: one change of the project's models and of the database."""

from __future__ import annotations

import enum
from typing import Any, Self

from nuages.db import router


class OperationCategory(enum.StrEnum):
    """What kind of change an operation makes; the value is shown before its description."""

    ADDITION, REMOVAL, ALTERATION = "+", "-", "~"
    PYTHON, SQL, MIXED = "p", "s", "?"


class Operation:
    """A change that can be described, applied to a state, applied to a database, and undone there.

    Subclasses override `state_forwards`, `database_forwards` and `database_backwards`. The arguments of the
    constructor are what is written to the migration file.
    """

    category: OperationCategory | None = None
    #: Arguments that are written over several lines.
    serialization_expand_args: list[str] = []
    #: It may be left out when migrations are squashed.
    elidable = False
    #: It needs a transaction of its own, even where the migration as a whole has none.
    atomic = False
    #: It can be shown as SQL.
    reduces_to_sql = True
    #: It can be undone.
    reversible = True

    _given: tuple[tuple[Any, ...], dict[str, Any]]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        operation = super().__new__(cls)
        operation._given = (args, kwargs)
        return operation

    def __replace__(self, /, **changes: Any) -> Self:
        _, args, kwargs = self.deconstruct()
        return type(self)(*args, **{**kwargs, **changes})

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """Return class name and arguments that make this operation again."""
        args, kwargs = self._given
        return type(self).__name__, args, kwargs

    # What it does

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change a state as the operation changes the models."""
        raise NotImplementedError("subclasses of Operation must provide a state_forwards() method")

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Change a database."""
        raise NotImplementedError("subclasses of Operation must provide a database_forwards() method")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Undo the change; the states are given in the order of going back."""
        raise NotImplementedError("subclasses of Operation must provide a database_backwards() method")

    # How it is shown

    def describe(self) -> str:
        """Say in a few words what it does."""
        return f"{type(self).__name__}: {self._given}"

    def formatted_description(self) -> str:
        """Return the description with the sign of its category."""
        category = self.category or OperationCategory.MIXED
        return f"{category.value} {self.describe()}"

    @property
    def migration_name_fragment(self) -> str | None:
        """What the operation adds to the name of a migration."""
        return None

    def __repr__(self) -> str:
        args, kwargs = self._given
        shown = [*map(repr, args), *(f"{name}={value!r}" for name, value in kwargs.items())]
        return f"<{type(self).__name__} {', '.join(shown)}>"

    # How it gets along with others

    def references_model(self, name: str, app_label: str) -> bool:
        """Say whether it may have to do with a model; in doubt it does."""
        return True

    def references_field(self, model_name: str, name: str, app_label: str) -> bool:
        """Say whether it may have to do with a field; in doubt it does."""
        return self.references_model(model_name, app_label)

    def allow_migrate_model(self, connection_alias: str, model: Any) -> bool:
        """Say whether the model's table belongs into a database."""
        return model._meta.can_migrate(connection_alias) and router.allow_migrate_model(
            connection_alias, model
        )

    def reduce(self, operation: Operation, app_label: str) -> list[Operation] | bool:
        """Return what this and a later operation are together: operations; True if they may change places; else False."""
        if self.elidable:
            return [operation]
        return [self] if operation.elidable else False


def sparse(required: dict[str, Any], optional: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
    """Return keyword arguments: all that are required, and the optional ones that differ from their default."""
    return {**required, **{name: value for name, (value, default) in optional.items() if value != default}}


__all__ = ["Operation", "OperationCategory", "sparse"]
