"""`makemigrations`: write the migrations that are missing."""

from __future__ import annotations

import os
import sys
import warnings
from itertools import takewhile
from typing import Any

from nuages.apps import apps
from nuages.conf import settings
from nuages.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    OutputWrapper,
    no_translations,
)
from nuages.db import DEFAULT_DB_ALIAS, connections, router
from nuages.db.arguments import add_no_input
from nuages.db.exceptions import OperationalError


class Command(BaseCommand):
    help = "Creates new migration(s) for apps."

    @property
    def autodetector(self) -> Any:
        """What looks for changes; subclasses may name another."""
        from nuages.db.migrations.autodetector import MigrationAutodetector

        return MigrationAutodetector

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "args", metavar="app_label", nargs="*", help="Specify the app label(s) to create migrations for."
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Just show what migrations would be made; don't actually write them.",
        )
        parser.add_argument("--merge", action="store_true", help="Enable fixing of migration conflicts.")
        parser.add_argument("--empty", action="store_true", help="Create an empty migration.")
        add_no_input(parser)
        parser.add_argument("-n", "--name", help="Use this name for migration file(s).")
        parser.add_argument(
            "--no-header",
            help="Do not add header comments to new migration file(s).",
            dest="include_header",
            action="store_false",
        )
        parser.add_argument(
            "--check",
            action="store_true",
            dest="check_changes",
            help="Exit with a non-zero status if model changes are missing migrations and don't actually write them. "
            "Implies --dry-run.",
        )
        parser.add_argument(
            "--scriptable",
            action="store_true",
            help="Divert log output and input prompts to stderr, writing only paths of generated migration files to "
            "stdout.",
        )
        parser.add_argument(
            "--update",
            action="store_true",
            help="Merge model changes into the latest migration and optimize the resulting operations.",
        )

    # Output

    @property
    def log_output(self) -> OutputWrapper:
        return self.stderr if self.scriptable else self.stdout

    def log(self, msg: str) -> None:
        """Say something to people."""
        self.log_output.write(msg)

    @no_translations
    def handle(self, *app_labels: str, **options: Any) -> None:
        from nuages.db.migrations.commands import refuse_conflicts
        from nuages.db.migrations.loader import MigrationLoader

        self.options = options
        self.verbosity, self.interactive = options["verbosity"], options["interactive"]
        self.dry_run = options["dry_run"] or options["check_changes"]
        self.include_header, self.scriptable = options["include_header"], options["scriptable"]
        self.migration_name = options["name"]
        self.written_files: list[str] = []
        # What goes to the error stream here is no error.
        if self.scriptable:
            self.stderr.style_func = None
        if self.migration_name and not self.migration_name.isidentifier():
            raise CommandError("The migration name must be a valid Python identifier.")
        labels = self._checked(app_labels)
        loader = MigrationLoader(None, ignore_no_migrations=True)
        self._check_history(loader)
        conflicts = loader.detect_conflicts()
        if labels:
            conflicts = {app: names for app, names in conflicts.items() if app in labels}
        if options["merge"]:
            if conflicts:
                self.handle_merge(loader, conflicts)
            else:
                self.log("No conflicts detected to merge.")
            return
        refuse_conflicts(conflicts)
        if options["empty"]:
            self._make_empty(loader, labels)
        else:
            self._make(loader, labels)

    def _checked(self, app_labels: Any) -> set[str]:
        labels = set(app_labels)
        wrong = False
        for label in sorted(labels):
            try:
                apps.get_app_config(label)
            except LookupError as error:
                self.stderr.write(str(error))
                wrong = True
        if wrong:
            sys.exit(2)
        return labels

    def _check_history(self, loader: Any) -> None:
        """Look whether the databases have followed the history so far; one that does not answer is no reason to stop."""
        aliases = connections if settings.DATABASE_ROUTERS else ["default"]
        for alias in sorted(aliases):
            connection = connections[alias]
            concerned = connection.settings_dict["ENGINE"].rpartition(".")[2] != "dummy" and any(
                router.allow_migrate(alias, config.label, model_name=model._meta.object_name)
                for config in apps.get_app_configs()
                for model in config.get_models()
            )
            if not concerned:
                continue
            try:
                loader.check_consistent_history(connection)
            except OperationalError as error:
                warnings.warn(
                    "Got an error checking a consistent migration history performed "
                    f"for database connection '{alias}': {error}",
                    RuntimeWarning,
                    stacklevel=2,
                )

    def _questioner(self, labels: set[str]) -> Any:
        from nuages.core.management.asking import AttendedQuestioner
        from nuages.db.migrations.questioner import NonInteractiveMigrationQuestioner

        if self.interactive:
            return AttendedQuestioner(
                specified_apps=labels, dry_run=self.dry_run, prompt_output=self.log_output
            )
        return NonInteractiveMigrationQuestioner(
            specified_apps=labels, dry_run=self.dry_run, verbosity=self.verbosity, log=self.log
        )

    def _detector(self, loader: Any, labels: set[str]) -> Any:
        from nuages.db.migrations.state import ProjectState

        return self.autodetector(
            loader.project_state(), ProjectState.from_apps(apps), self._questioner(labels)
        )

    def _make_empty(self, loader: Any, labels: set[str]) -> None:
        from nuages.db.migrations import Migration

        if not labels:
            raise CommandError("You must supply at least one app label when using --empty.")
        empty = {label: [Migration("custom", label)] for label in labels}
        changes = self._detector(loader, labels).arrange_for_graph(
            changes=empty, graph=loader.graph, migration_name=self.migration_name
        )
        self.write_migration_files(changes)

    def _make(self, loader: Any, labels: set[str]) -> None:
        changes = self._detector(loader, labels).changes(
            graph=loader.graph,
            trim_to_apps=labels or None,
            convert_apps=labels or None,
            migration_name=self.migration_name,
        )
        if not changes:
            self._say_no_changes(labels)
            return
        if self.options["check_changes"]:
            self.write_migration_files(changes)
            sys.exit(1)
        if self.options["update"]:
            self.write_to_last_migration(changes)
        else:
            self.write_migration_files(changes)

    def _say_no_changes(self, labels: set[str]) -> None:
        if self.verbosity < 1:
            return
        if not labels:
            self.log("No changes detected")
        elif len(labels) == 1:
            self.log(f"No changes detected in app '{labels.copy().pop()}'")
        else:
            listed = "', '".join(sorted(labels))
            self.log(f"No changes detected in apps '{listed}'")

    # Writing

    def write_migration_files(
        self, changes: dict[str, list[Any]], update_previous_migration_paths: Any = None
    ) -> None:
        """Write migrations to files, or show what would be written."""
        from nuages.db.migrations.writer import MigrationWriter

        previous = update_previous_migration_paths or {}
        folders_made: set[str] = set()
        for app_label, migrations in changes.items():
            if self.verbosity >= 1:
                self.log(self.style.MIGRATE_HEADING(f"Migrations for '{app_label}':"))
            for migration in migrations:
                writer = MigrationWriter(migration, self.include_header)
                shown = self.get_relative_path(writer.path)
                if self.verbosity >= 1:
                    self.log(f"  {self.style.MIGRATE_LABEL(shown)}")
                    for operation in migration.operations:
                        self.log(f"    {operation.formatted_description()}")
                    if self.scriptable:
                        self.stdout.write(shown)
                if not self.dry_run:
                    self._write(writer, app_label, folders_made, previous)
                elif self.verbosity == 3:
                    self._show(writer)
        self._format()

    def _write(self, writer: Any, app_label: str, folders_made: set[str], previous: dict[str, str]) -> None:
        folder = os.path.dirname(writer.path)
        if app_label not in folders_made:
            os.makedirs(folder, exist_ok=True)
            init = os.path.join(folder, "__init__.py")
            if not os.path.isfile(init):
                open(init, "w").close()
            folders_made.add(app_label)
        text = writer.as_string()  # first: what cannot be written must leave no empty file
        with open(writer.path, "w", encoding="utf-8") as file:
            file.write(text)
        self.written_files.append(writer.path)
        old = previous.get(app_label)
        if old is None:
            return
        shown = self.get_relative_path(old)
        if writer.needs_manual_porting:
            self.log(
                self.style.WARNING(
                    f"Updated migration {self.get_relative_path(writer.path)} requires manual porting.\n"
                    f"Previous migration {shown} was kept and must be deleted after porting functions manually."
                )
            )
        else:
            os.remove(old)
            self.log(f"Deleted {shown}")

    def _show(self, writer: Any) -> None:
        self.log(self.style.MIGRATE_HEADING(f"Full migrations file '{writer.filename}':"))
        self.log(writer.as_string())

    def _format(self) -> None:
        from nuages.core.management.utils import run_formatters

        run_formatters(self.written_files, stderr=self.stderr)

    @staticmethod
    def get_relative_path(path: str) -> str:
        """Return a path from the current folder, where it leads down from there."""
        try:
            relative = os.path.relpath(path)
        except ValueError:  # another drive
            return path
        return path if relative.startswith("..") else relative

    def write_to_last_migration(self, changes: dict[str, list[Any]]) -> None:
        """Put changes into the last migration of their app, in place of that."""
        from nuages.db.migrations.loader import MigrationLoader
        from nuages.db.migrations.optimizer import MigrationOptimizer
        from nuages.db.migrations.writer import MigrationWriter

        loader = MigrationLoader(connections[DEFAULT_DB_ALIAS])
        updated: dict[str, list[Any]] = {}
        paths: dict[str, str] = {}
        for app_label, (change, *_) in changes.items():
            last = self._last_to_update(loader, app_label)
            last.operations.extend(change.operations)
            # A dependency on the migration itself is none.
            last.dependencies.extend(
                dependency
                for dependency in change.dependencies
                if tuple(dependency) != (app_label, last.name)
            )
            last.operations = MigrationOptimizer().optimize(last.operations, app_label)
            paths[app_label] = MigrationWriter(last).path
            if self.migration_name:
                last.name = self._numbered(last.name, self.migration_name)
            else:
                name = self._numbered(last.name, last.suggest_name())
                last.name = f"{name}_updated" if name == last.name else name
            updated[app_label] = [last]
        self.write_migration_files(updated, paths)

    @staticmethod
    def _numbered(old: str, name: str) -> str:
        number = "".join(takewhile(str.isdecimal, old))
        return f"{number}_{name}"

    def _last_to_update(self, loader: Any, app_label: str) -> Any:
        ends = loader.graph.leaf_nodes(app_label)
        if not ends:
            raise CommandError(f"App {app_label} has no migration, cannot update last migration.")
        last = loader.graph.nodes[ends[0]]
        if last.replaces:
            raise CommandError(f"Cannot update squash migration '{last}'.")
        if ends[0] in loader.applied_migrations:
            raise CommandError(f"Cannot update applied migration '{last}'.")
        users = [
            migration
            for migration in loader.disk_migrations.values()
            if ends[0] in [tuple(dependency) for dependency in migration.dependencies]
        ]
        if users:
            listed = ", ".join(f"'{migration}'" for migration in users)
            raise CommandError(f"Cannot update migration '{last}' that migrations {listed} depend on.")
        return last

    # Merging

    def handle_merge(self, loader: Any, conflicts: dict[str, list[str]]) -> None:
        """Write migrations that bring branches together again."""
        from nuages.core.management.asking import AttendedQuestioner
        from nuages.db.migrations.questioner import MigrationQuestioner
        from nuages.db.migrations.writer import MigrationWriter

        questioner: Any = MigrationQuestioner(defaults={"ask_merge": True})
        if self.interactive:
            questioner = AttendedQuestioner(prompt_output=self.log_output)
        for app_label, names in conflicts.items():
            branches = self._branches(loader, app_label, names)
            if self.verbosity > 0:
                self.log(self.style.MIGRATE_HEADING(f"Merging {app_label}"))
                for end, operations in branches:
                    self.log(self.style.MIGRATE_LABEL(f"  Branch {end.name}"))
                    for operation in operations:
                        self.log(f"    {operation.formatted_description()}")
            if not questioner.ask_merge(app_label):
                continue
            migration = self._merging(app_label, [end for end, _ in branches])
            writer = MigrationWriter(migration, self.include_header)
            if self.dry_run:
                if self.verbosity == 3:
                    self.log(self.style.MIGRATE_HEADING(f"Full merge migrations file '{writer.filename}':"))
                    self.log(writer.as_string())
                continue
            with open(writer.path, "w", encoding="utf-8") as file:
                file.write(writer.as_string())
            self.written_files = [writer.path]
            self._format()
            if self.verbosity > 0:
                self.log(f"\nCreated new merge migration {writer.path}")
                if self.scriptable:
                    self.stdout.write(writer.path)

    def _branches(self, loader: Any, app_label: str, names: list[str]) -> list[tuple[Any, list[Any]]]:
        """Return the ends of the branches, each with what has been done since they parted."""
        ends = [loader.get_migration(app_label, name) for name in names]
        histories = [
            [key for key in loader.graph.forwards_plan((app_label, end.name)) if key[0] == app_label]
            for end in ends
        ]
        shared = len(list(takewhile(lambda keys: len(set(keys)) == 1, zip(*histories))))
        if not shared:
            raise ValueError(f"Could not find common ancestor of {set(names)}")
        return [
            (
                end,
                [
                    operation
                    for key in history[shared:]
                    for operation in loader.get_migration(*key).operations
                ],
            )
            for end, history in zip(ends, histories)
        ]

    def _merging(self, app_label: str, ends: list[Any]) -> Any:
        from nuages.db.migrations import Migration
        from nuages.db.migrations.utils import get_migration_name_timestamp, parse_number

        highest = max(parse_number(end.name) or 0 for end in ends)
        name = self.migration_name
        if not name:
            name = "merge_" + "_".join(sorted(end.name for end in ends))
            if len(name) > 47:
                name = f"merge_{get_migration_name_timestamp()}"
        bases = {"dependencies": [(app_label, end.name) for end in ends]}
        return type("Migration", (Migration,), bases)(f"{highest + 1:04d}_{name}", app_label)
