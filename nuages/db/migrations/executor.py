"""Applying and undoing migrations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from nuages.apps.registry import apps as global_apps
from nuages.db import router
from nuages.db.migrations.exceptions import InvalidMigrationPlan
from nuages.db.migrations.loader import MigrationLoader
from nuages.db.migrations.operations import AddField, CreateModel, SeparateDatabaseAndState
from nuages.db.migrations.recorder import MigrationRecorder
from nuages.db.migrations.state import ProjectState

Key = tuple[str, str]
#: Migrations in order, each with whether it is undone.
Plan = Sequence[tuple[Any, bool]]


class MigrationExecutor:
    """Brings a database to a point of the history: `migrate(targets)`."""

    def __init__(self, connection: Any, progress_callback: Callable[..., None] | None = None) -> None:
        self.connection = connection
        self.loader = MigrationLoader(connection)
        self.recorder = MigrationRecorder(connection)
        self.progress_callback = progress_callback

    def _tell(self, what: str, *about: Any) -> None:
        if self.progress_callback:
            self.progress_callback(what, *about)

    # Planning

    def migration_plan(self, targets: Iterable[Key], clean_start: bool = False) -> list[tuple[Any, bool]]:
        """Return the steps to `targets`: (app, name), or (app, None) for before the app's first migration.

        With `clean_start` nothing counts as applied.
        """
        targets = list(targets)
        plan: list[tuple[Any, bool]] = []
        graph = self.loader.graph
        if self.loader.replace_migrations and any(
            key not in graph.nodes for key in targets if key[1] is not None
        ):
            # It has been squashed away: go by the migrations as they were.
            self.loader.replace_migrations = False
            self.loader.build_graph()
            return self.migration_plan(targets, clean_start=clean_start)
        applied = {} if clean_start else dict(self.loader.applied_migrations)

        def undo(start: Key) -> None:
            for key in graph.backwards_plan(start):
                if key in applied:
                    plan.append((graph.nodes[key], True))
                    del applied[key]

        for target in targets:
            if target[1] is None:
                for root in graph.root_nodes():
                    if root[0] == target[0]:
                        undo(root)
            elif target in applied:
                # Applied: what comes after it in its own app has to go.
                for child in self._next_in_app(target):
                    undo(child)
            else:
                for key in graph.forwards_plan(target):
                    if key not in applied:
                        plan.append((graph.nodes[key], False))
                        applied[key] = graph.nodes[key]
        return plan

    def _next_in_app(self, target: Key) -> list[Key]:
        node = self.loader.graph.node_map[target]
        return sorted(child.key for child in node.children if child.key[0] == target[0])

    def _create_project_state(self, with_applied_migrations: bool = False) -> ProjectState:
        """Return an empty state, or the one that the database is in."""
        state = ProjectState(real_apps=self.loader.unmigrated_apps)
        if with_applied_migrations:
            full = self.migration_plan(self.loader.graph.leaf_nodes(), clean_start=True)
            applied = {
                self.loader.graph.nodes[key]
                for key in self.loader.applied_migrations
                if key in self.loader.graph.nodes
            }
            for migration, _ in full:
                if migration in applied:
                    migration.mutate_state(state, preserve=False)
        return state

    # Running

    def migrate(
        self,
        targets: Iterable[Key] | None,
        plan: Plan | None = None,
        state: ProjectState | None = None,
        fake: bool = False,
        fake_initial: bool = False,
    ) -> ProjectState:
        """Bring the database to `targets` and return the state it is in then.

        `fake` only records; `fake_initial` does so for first migrations whose tables are there already.
        """
        if plan is None:
            plan = self.migration_plan(targets or ())
        # Somebody may only look: the table is made when there is something to write into it.
        if plan:
            self.recorder.ensure_schema()
        full = self.migration_plan(self.loader.graph.leaf_nodes(), clean_start=True)
        backwards = {undone for _, undone in plan}
        if len(backwards) > 1:
            raise InvalidMigrationPlan(
                "Migration plans with both forwards and backwards migrations are not supported. Please split your "
                "migration process into separate plans of only forwards OR backwards migrations.",
                plan,
            )
        if not plan:
            state = state or self._create_project_state(with_applied_migrations=True)
        elif backwards == {True}:
            state = self._migrate_all_backwards(plan, full, fake=fake)
        else:
            state = state or self._create_project_state(with_applied_migrations=True)
            state = self._migrate_all_forwards(state, plan, full, fake=fake, fake_initial=fake_initial)
        self.check_replacements()
        return state

    def _migrate_all_forwards(
        self, state: ProjectState, plan: Plan, full_plan: Plan, fake: bool, fake_initial: bool
    ) -> ProjectState:
        """Apply the migrations of a plan in the order of the whole history."""
        left = {migration for migration, _ in plan}
        for migration, _ in full_plan:
            if not left:
                break  # what comes now is not wanted, and its state neither
            if migration not in left:
                continue
            if "apps" not in state.__dict__:
                self._tell("render_start")
                state.apps  # noqa: B018  (renders)
                self._tell("render_success")
            state = self.apply_migration(state, migration, fake=fake, fake_initial=fake_initial)
            left.remove(migration)
        return state

    def _migrate_all_backwards(self, plan: Plan, full_plan: Plan, fake: bool) -> ProjectState:
        """Undo the migrations of a plan. Each needs the state from before it."""
        left = {migration for migration, _ in plan}
        before: dict[Any, ProjectState] = {}
        state = self._create_project_state()
        nodes = self.loader.graph.nodes
        applied = {nodes[key] for key in self.loader.applied_migrations if key in nodes}
        self._tell("render_start")
        for migration, _ in full_plan:
            if not left:
                break
            if migration in left:
                if "apps" not in state.__dict__:
                    state.apps  # noqa: B018  (renders)
                before[migration] = state
                # The next change must not reach into what has been put aside.
                state = migration.mutate_state(state, preserve=True)
                left.remove(migration)
            elif migration in applied:
                migration.mutate_state(state, preserve=False)
        self._tell("render_success")
        for migration, _ in plan:
            self.unapply_migration(before[migration], migration, fake=fake)
            applied.discard(migration)
        # The state afterwards: that before the last one undone, and what else has been applied after it.
        last, _ = plan[-1]
        state = before[last]
        position = next(i for i, (migration, _) in enumerate(full_plan) if migration == last)
        for migration, _ in full_plan[position:]:
            if migration in applied:
                migration.mutate_state(state, preserve=False)
        return state

    def apply_migration(
        self, state: ProjectState, migration: Any, fake: bool = False, fake_initial: bool = False
    ) -> ProjectState:
        """Apply one migration, and record it."""
        self._tell("apply_start", migration, fake)
        recorded = False
        if not fake and fake_initial:
            applied, state = self.detect_soft_applied(state, migration)
            fake = applied
        if not fake:
            with self.connection.schema_editor(atomic=migration.atomic) as editor:
                state = migration.apply(state, editor)
                if not editor.deferred_sql:
                    # Nothing can fail any more: the record belongs into the same transaction.
                    self.record_migration(migration)
                    recorded = True
        if not recorded:
            self.record_migration(migration)
        self._tell("apply_success", migration, fake)
        return state

    def record_migration(self, migration: Any) -> None:
        """Record a migration as applied; of a squashed one, all that it replaces."""
        for key in self._recorded_for(migration):
            self.recorder.record_applied(*key)

    def _recorded_for(self, migration: Any) -> list[Key]:
        """Return what stands in the table for a migration; squashed ones may have been squashed again."""
        if not migration.replaces:
            return [(migration.app_label, migration.name)]
        keys: dict[Key, None] = {}
        for each in map(tuple, migration.replaces):
            inner = self.loader.replacements.get(each)
            keys.update(dict.fromkeys([each] if inner is None else self._recorded_for(inner)))
        return list(keys)

    def unapply_migration(self, state: ProjectState, migration: Any, fake: bool = False) -> ProjectState:
        """Undo one migration, and forget it."""
        self._tell("unapply_start", migration, fake)
        if not fake:
            with self.connection.schema_editor(atomic=migration.atomic) as editor:
                state = migration.unapply(state, editor)
        for key in dict.fromkeys(self._all_names_of(migration)):
            self.recorder.record_unapplied(*key)
        self._tell("unapply_success", migration, fake)
        return state

    def _all_names_of(self, migration: Any) -> list[Key]:
        """Return a migration's key and those of all that it replaces."""
        keys = [(migration.app_label, migration.name)]
        for each in map(tuple, migration.replaces):
            inner = self.loader.replacements.get(each)
            keys += [each] if inner is None else self._all_names_of(inner)
        return keys

    def check_replacements(self) -> None:
        """Record squashed migrations of which all parts have been applied.

        Parts may come one by one, when not all had been applied at the time of squashing.
        """
        applied = self.recorder.applied_migrations()
        for key in self.loader.replacements:
            if key not in applied and self.loader.all_replaced_applied(key, applied):
                self.recorder.record_applied(*key)

    # Tables that are there already

    def detect_soft_applied(
        self, project_state: ProjectState | None, migration: Any
    ) -> tuple[bool, ProjectState]:
        """Say whether all tables and columns that a first migration makes are there; return the state after it too."""
        if migration.initial is None:
            # One that depends on others of its app is none.
            if any(app == migration.app_label for app, _ in migration.dependencies):
                return False, project_state  # type: ignore[return-value]
        elif migration.initial is False:
            return False, project_state  # type: ignore[return-value]
        if project_state is None:
            before = self.loader.project_state((migration.app_label, migration.name), at_end=False)
        else:
            before = project_state
        after = migration.mutate_state(before, preserve=project_state is not None)
        found = _Found(self.connection, migration, after.apps)
        return found.everything(), after


class _Found:
    """What of a migration's tables and columns is in the database."""

    def __init__(self, connection: Any, migration: Any, apps: Any) -> None:
        self.connection = connection
        self.migration = migration
        self.apps = apps
        self.ignore_case = connection.features.ignores_table_name_case
        with connection.cursor() as cursor:
            self.tables = {self._fold(name) for name in connection.introspection.table_names(cursor)}
        self.seen_any = False

    def _fold(self, name: str) -> str:
        return name.casefold() if self.ignore_case else name

    def everything(self) -> bool:
        """Say whether nothing is missing, and there was something to look for."""
        for operation in self._operations(self.migration.operations):
            if isinstance(operation, CreateModel):
                model = self._model(operation.name)
                if model is None or model._meta.proxy or not model._meta.managed:
                    continue
                if not self._has_table(model._meta.db_table):
                    return False
                self.seen_any = True
            elif isinstance(operation, AddField):
                model = self._model(operation.model_name)
                if model is None or model._meta.proxy or not model._meta.managed:
                    continue
                if not self._has_field(model, operation.name):
                    return False
                self.seen_any = True
        return self.seen_any

    def _operations(self, operations: Iterable[Any]) -> Iterable[Any]:
        for operation in operations:
            if isinstance(operation, SeparateDatabaseAndState):
                yield from self._operations(operation.database_operations)
            else:
                yield operation

    def _model(self, name: str) -> Any:
        model = self.apps.get_model(self.migration.app_label, name)
        if model._meta.swapped:
            # The tables are those of the model that stands in for it.
            model = global_apps.get_model(model._meta.swapped)
        return model if router.allow_migrate_model(self.connection.alias, model) else None

    def _has_table(self, name: str) -> bool:
        return self._fold(self.connection.introspection.identifier_converter(name)) in self.tables

    def _has_field(self, model: Any, name: str) -> bool:
        if not self._has_table(model._meta.db_table):
            return False
        field = model._meta.get_field(name)
        if field.many_to_many:
            through = field.remote_field.through
            return self._has_table(through._meta.db_table)
        with self.connection.cursor() as cursor:
            described = self.connection.introspection.get_table_description(cursor, model._meta.db_table)
        return self._fold(field.column) in {self._fold(column.name) for column in described}
