"""Reading migration files and putting them in order."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from importlib import import_module, reload
from typing import Any

from nuages.apps import apps
from nuages.conf import settings
from nuages.core.management.base import CommandError
from nuages.db.migrations.exceptions import (
    AmbiguityError,
    BadMigrationError,
    InconsistentMigrationHistory,
    NodeNotFoundError,
)
from nuages.db.migrations.graph import MigrationGraph
from nuages.db.migrations.recorder import MigrationRecorder
from nuages.utils.module_loading import named_by

MIGRATIONS_MODULE_NAME = "migrations"

Key = tuple[str, str]


class MigrationLoader:
    """The migrations on disk, those applied to a database, and the graph of both.

    A squashed migration takes the place of those it replaces when all of them have been applied, or none.
    """

    def __init__(
        self,
        connection: Any,
        load: bool = True,
        ignore_no_migrations: bool = False,
        replace_migrations: bool = True,
    ) -> None:
        self.connection = connection
        self.disk_migrations: dict[Key, Any] = {}
        self.applied_migrations: dict[Key, Any] = {}
        self.replacements: dict[Key, Any] = {}
        self.unmigrated_apps: set[str] = set()
        self.migrated_apps: set[str] = set()
        self.ignore_no_migrations = ignore_no_migrations
        self.replace_migrations = replace_migrations
        if load:
            self.build_graph()

    @classmethod
    def migrations_module(cls, app_label: str) -> tuple[str | None, bool]:
        """Return the module of an app's migrations, and whether a setting names it."""
        if app_label in settings.MIGRATION_MODULES:
            return settings.MIGRATION_MODULES[app_label], True
        config = apps.get_app_config(app_label)
        return f"{config.name}.{MIGRATIONS_MODULE_NAME}", False

    # Reading

    def load_disk(self) -> None:
        """Read the migrations of all apps."""
        self.disk_migrations = {}
        self.unmigrated_apps, self.migrated_apps = set(), set()
        for config in apps.get_app_configs():
            module = self._package_of(config)
            if module is None:
                self.unmigrated_apps.add(config.label)
                continue
            self.migrated_apps.add(config.label)
            for name in _names_in(module):
                self.disk_migrations[config.label, name] = _read(module.__name__, config.label, name)

    def _package_of(self, config: Any) -> Any:
        """Import the package of an app's migrations; None where it has none."""
        name, explicit = self.migrations_module(config.label)
        if name is None:
            return None
        known = name in sys.modules
        try:
            with named_by(f"MIGRATION_MODULES[{config.label!r}]", name) if explicit else nullcontext():
                module = import_module(name)
        except ModuleNotFoundError as error:
            missing = (explicit and self.ignore_no_migrations) or (
                not explicit and MIGRATIONS_MODULE_NAME in (error.name or "").split(".")
            )
            if missing:
                return None
            raise
        if not hasattr(module, "__path__"):
            return None  # a plain module of that name is something else
        # A folder without __init__ is a package by accident; a namespace that several folders share too.
        if getattr(module, "__file__", None) is None and not isinstance(module.__path__, list):
            return None
        return reload(module) if known else module

    def get_migration(self, app_label: str, name_prefix: str) -> Any:
        """Return a migration of the graph by its whole name."""
        return self.graph.nodes[app_label, name_prefix]

    def get_migration_by_prefix(self, app_label: str, name_prefix: str) -> Any:
        """Return a migration by the beginning of its name."""
        keys = [key for key in self.disk_migrations if key[0] == app_label and key[1].startswith(name_prefix)]
        if len(keys) > 1:
            raise AmbiguityError(
                f"There is more than one migration for '{app_label}' with the prefix '{name_prefix}'"
            )
        if not keys:
            raise KeyError(f"There is no migration for '{app_label}' with the prefix '{name_prefix}'")
        return self.disk_migrations[keys[0]]

    # The graph

    def check_key(self, key: Key, current_app: str) -> Key | None:
        """Turn `__first__` and `__latest__` into names; None where there is nothing to depend on."""
        app, name = key
        if name not in {"__first__", "__latest__"} or key in self.graph:
            return key
        if app == current_app:
            return None  # a migration need not say that it comes after its app's first
        if app in self.unmigrated_apps:
            return None  # whatever such apps have is there before all migrations
        if app in self.migrated_apps:
            ends = self.graph.root_nodes(app) if name == "__first__" else self.graph.leaf_nodes(app)
            if ends:
                return ends[0]
            if self.ignore_no_migrations:
                return None
            raise ValueError(f"Dependency on app with no migrations: {app}")
        raise ValueError(f"Dependency on unknown app: {app}")

    def _connect_inside(self, key: Key, migration: Any) -> None:
        for parent in migration.dependencies:
            # Those inside an app come first: they make clear which its first and last are.
            if parent[0] == key[0] and parent[1] != "__first__":
                self.graph.add_dependency(migration, key, parent, skip_validation=True)

    def _connect_outside(self, key: Key, migration: Any) -> None:
        for parent in migration.dependencies:
            if parent[0] != key[0]:
                resolved = self.check_key(tuple(parent), key[0])
                if resolved is not None:
                    self.graph.add_dependency(migration, key, resolved, skip_validation=True)
        for child in migration.run_before:
            resolved = self.check_key(tuple(child), key[0])
            if resolved is not None:
                self.graph.add_dependency(migration, resolved, key, skip_validation=True)

    def build_graph(self) -> None:
        """Read everything and put it in order."""
        self.load_disk()
        if self.connection is None:
            self.applied_migrations = {}
        else:
            self.applied_migrations = MigrationRecorder(self.connection).applied_migrations()
        self.graph = MigrationGraph()
        self.replacements = {key: found for key, found in self.disk_migrations.items() if found.replaces}
        for key, migration in self.disk_migrations.items():
            self.graph.add_node(key, migration)
        for key, migration in self.disk_migrations.items():
            self._connect_inside(key, migration)
        for key, migration in self.disk_migrations.items():
            self._connect_outside(key, migration)
        if self.replace_migrations:
            self._replace()
        try:
            self.graph.validate_consistency()
        except NodeNotFoundError as error:
            self._explain_missing(error)
            raise
        self.graph.ensure_not_cyclic()

    def _replace(self) -> None:
        """Decide which squashed migrations take the place of those they replace."""
        order = self._replacement_order()
        for key in order:
            migration = self.replacements[key]
            replaced = [tuple(each) for each in migration.replaces]
            # Of what was squashed twice, all the way down: part of a part is not all, and not nothing.
            done = list(self._applied_parts(key))
            # Being applied is the sum of what it replaces, whatever has been recorded.
            if all(done):
                self.applied_migrations[key] = migration
            else:
                self.applied_migrations.pop(key, None)
            if all(done) or not any(done):
                self.graph.remove_replaced_nodes(key, replaced)
            else:
                self.graph.remove_replacement_node(key, replaced)

    def _applied_parts(self, key: Key) -> Iterator[bool]:
        """Yield, for each migration that a squashed one stands for in the end, whether it has been applied."""
        for each in map(tuple, self.replacements[key].replaces):
            if each in self.replacements and each not in self.applied_migrations:
                yield from self._applied_parts(each)
            else:
                yield each in self.applied_migrations

    def _replacement_order(self) -> list[Key]:
        """Order squashed migrations so that those replaced by others come first."""
        order: dict[Key, None] = {}

        def visit(key: Key, path: tuple[Key, ...]) -> None:
            if key in path:
                raise CommandError(f"Cyclical squash replacement found, starting at {key!r}")
            if key in order:
                return
            for each in self.replacements[key].replaces:
                if tuple(each) in self.replacements:
                    visit(tuple(each), (*path, key))
            order[key] = None

        for key in self.replacements:
            visit(key, ())
        return list(order)

    def _explain_missing(self, error: NodeNotFoundError) -> None:
        """Say so where the missing migration is one that a squashed one would have replaced."""
        by_replaced: dict[Key, set[Key]] = {}
        for key, migration in self.replacements.items():
            for replaced in migration.replaces:
                by_replaced.setdefault(tuple(replaced), set()).add(key)
        candidates = by_replaced.get(error.node, set())
        if candidates and not any(candidate in self.graph.nodes for candidate in candidates):
            tries = ", ".join(f"{app}.{name}" for app, name in candidates)
            raise NodeNotFoundError(
                f"Migration {error.origin} depends on nonexistent node ('{error.node[0]}', '{error.node[1]}'). "
                f"Django tried to replace migration {error.node[0]}.{error.node[1]} with any of [{tries}] but wasn't "
                "able to because some of the replaced migrations are already applied.",
                error.node,
            ) from error

    # Looking

    def check_consistent_history(self, connection: Any) -> None:
        """Raise where a migration has been applied before one that it needs."""
        applied = MigrationRecorder(connection).applied_migrations()
        for migration in applied:
            if migration not in self.graph.nodes:
                continue
            for parent in self.graph.node_map[migration].parents:
                if parent.key in applied:
                    continue
                # A squashed one counts as applied when all that it replaces has been.
                if parent.key in self.replacements and self.all_replaced_applied(parent.key, applied):
                    continue
                raise InconsistentMigrationHistory(
                    f"Migration {migration[0]}.{migration[1]} is applied before its dependency "
                    f"{parent.key[0]}.{parent.key[1]} on database '{connection.alias}'."
                )

    def all_replaced_applied(self, key: Key, applied: Any) -> bool:
        """Say whether all that a squashed migration replaces has been applied."""
        return all(
            tuple(each) in applied
            or (tuple(each) in self.replacements and self.all_replaced_applied(tuple(each), applied))
            for each in self.replacements[key].replaces
        )

    def detect_conflicts(self) -> dict[str, list[str]]:
        """Return the apps whose history has more than one end, with the names of the ends."""
        ends: dict[str, list[str]] = {}
        for app, name in self.graph.leaf_nodes():
            ends.setdefault(app, []).append(name)
        return {app: sorted(names) for app, names in ends.items() if len(names) > 1}

    def project_state(self, nodes: Any = None, at_end: bool = True) -> Any:
        """Return the project's state at some migrations, by default at the very end."""
        return self.graph.make_state(nodes=nodes, at_end=at_end, real_apps=self.unmigrated_apps)

    def collect_sql(self, plan: Any) -> list[str]:
        """Return the SQL of migrations, without running it."""
        statements: list[str] = []
        state = None
        for migration, backwards in plan:
            with self.connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
                if state is None:
                    state = self.project_state((migration.app_label, migration.name), at_end=False)
                step = migration.unapply if backwards else migration.apply
                state = step(state, editor, collect_sql=True)
            statements += editor.collected_sql
        return statements


def _names_in(module: Any) -> Iterator[str]:
    for _, name, is_package in pkgutil.iter_modules(module.__path__):
        # Others are private, or helpers.
        if not is_package and name[0] not in "_~":
            yield name


def _read(package: str, app_label: str, name: str) -> Any:
    path = f"{package}.{name}"
    try:
        module = import_module(path)
    except ImportError as error:
        if "bad magic number" in str(error):
            raise ImportError(f"Couldn't import '{path}' as it appears to be a stale .pyc file.") from error
        raise
    if not hasattr(module, "Migration"):
        raise BadMigrationError(f"Migration {name} in app {app_label} has no Migration class")
    return module.Migration(name, app_label)
