"""`Migration`: operations of one app, and the migrations that have to come before."""

from __future__ import annotations

import re
from typing import Any

from nuages.db.migrations.exceptions import IrreversibleError
from nuages.db.migrations.utils import get_migration_name_timestamp
from nuages.db.transaction import atomic

#: How long a name may get that is made of what the operations do.
LONGEST_NAME = 52


class Migration:
    """A step in an app's history. Files subclass it as `Migration` and set the attributes."""

    #: What to do, in this order.
    operations: list[Any] = []
    #: Migrations that must have been applied: `("app", "0001_initial")`; also `__first__` and `__latest__`.
    dependencies: list[Any] = []
    #: Migrations of other apps that must not be applied before this one.
    run_before: list[Any] = []
    #: Migrations that this one, as their sum, replaces.
    replaces: list[Any] = []
    #: True for the first of an app, False for one that is not although it depends on none; None for "find out".
    initial: bool | None = None
    #: Run in one transaction, where the database can roll back schema changes.
    atomic = True

    def __init__(self, name: str, app_label: str) -> None:
        self.name = name
        self.app_label = app_label
        # Each migration may change its own lists.
        for attribute in ("operations", "dependencies", "run_before", "replaces"):
            setattr(self, attribute, list(getattr(type(self), attribute)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Migration):
            return NotImplemented
        return (self.app_label, self.name) == (other.app_label, other.name)

    def __hash__(self) -> int:
        return hash(f"{self.app_label}.{self.name}")

    def __repr__(self) -> str:
        return f"<Migration {self.app_label}.{self.name}>"

    def __str__(self) -> str:
        return f"{self.app_label}.{self.name}"

    def mutate_state(self, project_state: Any, preserve: bool = True) -> Any:
        """Return the state after the migration; with `preserve` the given one stays as it is."""
        state = project_state.clone() if preserve else project_state
        for operation in self.operations:
            operation.state_forwards(self.app_label, state)
        return state

    def apply(self, project_state: Any, schema_editor: Any, collect_sql: bool = False) -> Any:
        """Do everything to a database; return the state afterwards."""
        state = project_state
        for operation in self.operations:
            if collect_sql:
                _announce(operation, schema_editor)
                if not operation.reduces_to_sql:
                    operation.state_forwards(self.app_label, state)
                    continue
            collected = len(schema_editor.collected_sql)
            before = state.clone()
            operation.state_forwards(self.app_label, state)
            _in_its_transaction(self, operation, operation.database_forwards, schema_editor, before, state)
            if collect_sql and collected == len(schema_editor.collected_sql):
                schema_editor.collected_sql.append("-- (no-op)")
        return state

    def unapply(self, project_state: Any, schema_editor: Any, collect_sql: bool = False) -> Any:
        """Undo everything in a database, last operation first; return the state before the migration."""
        # What each operation made of the state has to be known before the first is undone.
        steps: list[tuple[Any, Any, Any]] = []
        state = project_state
        for operation in self.operations:
            if not operation.reversible:
                raise IrreversibleError(f"Operation {operation} in {self} is not reversible")
            after = state.clone()
            operation.state_forwards(self.app_label, after)
            steps.append((operation, after, state))
            state = after
        for operation, after, before in reversed(steps):
            if collect_sql:
                _announce(operation, schema_editor)
                if not operation.reduces_to_sql:
                    continue
            collected = len(schema_editor.collected_sql)
            for either in (before, after):
                either.clear_delayed_apps_cache()
            _in_its_transaction(self, operation, operation.database_backwards, schema_editor, after, before)
            if collect_sql and collected == len(schema_editor.collected_sql):
                schema_editor.collected_sql.append("-- (no-op)")
        return project_state

    def suggest_name(self) -> str:
        """Make a name of what the operations do."""
        if self.initial:
            return "initial"
        fragments = [
            re.sub(r"\W+", "_", fragment)
            for fragment in (operation.migration_name_fragment for operation in self.operations)
            if fragment
        ]
        if not fragments or len(fragments) != len(self.operations):
            return f"auto_{get_migration_name_timestamp()}"
        name, *rest = fragments
        for fragment in rest:
            longer = f"{name}_{fragment}"
            if len(longer) > LONGEST_NAME:
                return f"{name}_and_more"
            name = longer
        return name


class SwappableTuple(tuple[str, str]):
    """A dependency on a model that a setting names."""

    setting: str

    def __new__(cls, value: Any, setting: str) -> SwappableTuple:
        self = super().__new__(cls, value)
        self.setting = setting
        return self


def swappable_dependency(value: str) -> SwappableTuple:
    """Depend on the first migration of the app of a model that a setting names."""
    return SwappableTuple((value.split(".", 1)[0], "__first__"), value)


def _announce(operation: Any, editor: Any) -> None:
    """Put the description before an operation's SQL."""
    lines = ["--", f"-- {operation.describe()}", "--"]
    if not operation.reduces_to_sql:
        lines.append("-- THIS OPERATION CANNOT BE WRITTEN AS SQL")
    editor.collected_sql.extend(lines)


def _in_its_transaction(
    migration: Migration, operation: Any, run: Any, editor: Any, from_state: Any, to_state: Any
) -> None:
    """Run an operation, in a transaction of its own where it needs one and the migration has none."""
    wants = operation.atomic or (migration.atomic and operation.atomic is not False)
    if wants and not editor.atomic_migration:
        with atomic(editor.connection.alias):
            run(migration.app_label, editor, from_state, to_state)
    else:
        run(migration.app_label, editor, from_state, to_state)
