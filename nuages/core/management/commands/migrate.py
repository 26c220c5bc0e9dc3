"""`migrate`: bring a database to a point of the project's history."""

from __future__ import annotations

import sys
import time
from importlib import import_module
from typing import Any

from nuages.apps import apps
from nuages.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from nuages.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from nuages.db.arguments import add_database, add_no_input
from nuages.utils.module_loading import module_has_submodule
from nuages.utils.text import Truncator


class Command(BaseCommand):
    help = "Updates database schema. Manages both apps with migrations and those without."

    @property
    def autodetector(self) -> Any:
        """What looks for changes that have no migration yet; subclasses may name another."""
        from nuages.db.migrations.autodetector import MigrationAutodetector

        return MigrationAutodetector

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "app_label", nargs="?", help="App label of an application to synchronize the state."
        )
        parser.add_argument(
            "migration_name",
            nargs="?",
            help="Database state will be brought to the state after that migration. "
            'Use the name "zero" to unapply all migrations.',
        )
        add_no_input(parser)
        add_database(parser, "to synchronize")
        for flag, dest, text in (
            ("--fake", "fake", "Mark migrations as run without actually running them."),
            (
                "--fake-initial",
                "fake_initial",
                "Detect if tables already exist and fake-apply initial migrations if so. Make sure that the current "
                "database schema matches your initial migration before using this flag. Django will only check for an "
                "existing table name.",
            ),
            ("--plan", "plan", "Shows a list of the migration actions that will be performed."),
            ("--run-syncdb", "run_syncdb", "Creates tables for apps without migrations."),
            (
                "--check",
                "check_unapplied",
                "Exits with a non-zero status if unapplied migrations exist and does not actually apply migrations.",
            ),
            ("--prune", "prune", "Delete nonexistent migrations from the django_migrations table."),
        ):
            parser.add_argument(flag, action="store_true", dest=dest, help=text)

    def get_check_kwargs(self, options: dict[str, Any]) -> dict[str, Any]:
        return {**super().get_check_kwargs(options), "databases": [options["database"]]}

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        from nuages.db import connections
        from nuages.db.migrations.commands import refuse_conflicts
        from nuages.db.migrations.executor import MigrationExecutor

        self.verbosity, self.interactive = options["verbosity"], options["interactive"]
        for config in apps.get_app_configs():
            if module_has_submodule(config.module, "management"):
                import_module(".management", config.name)  # where receivers of signals may be
        connection = self.connection = connections[options["database"]]
        connection.prepare_database()
        executor = MigrationExecutor(connection, self.migration_progress_callback)
        executor.loader.check_consistent_history(connection)
        refuse_conflicts(executor.loader.detect_conflicts())

        run_syncdb, app_label = options["run_syncdb"], options["app_label"]
        targets, of_all_apps = self._targets(executor, options)
        if options["prune"]:
            if not app_label:
                raise CommandError("Migrations can be pruned only when an app is specified.")
            self._prune(executor, app_label)
            return
        plan = executor.migration_plan(targets)
        if options["plan"]:
            self._show_plan(plan)
            if options["check_unapplied"] and plan:
                sys.exit(1)
            return
        if options["check_unapplied"]:
            if plan:
                sys.exit(1)
            return
        # Apps without migrations may have been named, or are meant when none is.
        unmigrated = executor.loader.unmigrated_apps
        synced = bool(run_syncdb and unmigrated and (not app_label or app_label in unmigrated))
        self._announce(executor, targets, of_all_apps, options, synced)
        self._run(executor, targets, plan, of_all_apps, options, synced)

    # What is asked for

    def _targets(self, executor: Any, options: dict[str, Any]) -> tuple[list[Any], bool]:
        """Return the targets, and whether they are those of all apps."""
        from nuages.db.migrations.commands import check_app, find_migration

        app_label, name = options["app_label"], options["migration_name"]
        loader = executor.loader
        if not app_label:
            return loader.graph.leaf_nodes(), True
        check_app(app_label)
        if options["run_syncdb"]:
            if app_label in loader.migrated_apps:
                raise CommandError(f"Can't use run_syncdb with app '{app_label}' as it has migrations.")
        elif app_label not in loader.migrated_apps:
            raise CommandError(f"App '{app_label}' does not have migrations.")
        if not name:
            return [key for key in loader.graph.leaf_nodes() if key[0] == app_label], False
        if name == "zero":
            return [(app_label, None)], False
        target = (app_label, find_migration(loader, app_label, name).name)
        if target not in loader.graph.nodes and target in loader.replacements:
            # Some of what it replaces has been applied: it is those that are wanted.
            target = tuple(loader.replacements[target].replaces[-1])
        return [target], False

    def _announce(
        self, executor: Any, targets: list[Any], of_all_apps: bool, options: dict[str, Any], synced: bool
    ) -> None:
        if self.verbosity < 1:
            return
        heading = self.style.MIGRATE_HEADING
        label = self.style.MIGRATE_LABEL
        self.stdout.write(heading("Operations to perform:"))
        if synced:
            if options["app_label"]:
                self.stdout.write(label("  Synchronize unmigrated app: ") + options["app_label"])
            else:
                named = ", ".join(sorted(executor.loader.unmigrated_apps))
                self.stdout.write(label("  Synchronize unmigrated apps: ") + named)
        if options["app_label"] and options["run_syncdb"]:
            return
        if of_all_apps or not options["migration_name"]:
            named = ", ".join(sorted({app for app, _ in targets})) or "(none)"
            self.stdout.write(label("  Apply all migrations: ") + named)
        elif targets[0][1] is None:
            self.stdout.write(label("  Unapply all migrations: ") + str(targets[0][0]))
        else:
            app, name = targets[0]
            self.stdout.write(label("  Target specific migration: ") + f"{name}, from {app}")

    # Doing it

    def _run(
        self,
        executor: Any,
        targets: list[Any],
        plan: Any,
        of_all_apps: bool,
        options: dict[str, Any],
        synced: bool,
    ) -> None:
        alias = self.connection.alias
        before = executor._create_project_state(with_applied_migrations=True)
        emit_pre_migrate_signal(
            self.verbosity, self.interactive, alias, stdout=self.stdout, apps=before.apps, plan=plan
        )
        if synced:
            if self.verbosity >= 1:
                self.stdout.write(self.style.MIGRATE_HEADING("Synchronizing apps without migrations:"))
            named = options["app_label"]
            self.sync_apps(self.connection, {named} if named else executor.loader.unmigrated_apps)
        if self.verbosity >= 1:
            self.stdout.write(self.style.MIGRATE_HEADING("Running migrations:"))
        fake, fake_initial = options["fake"], options["fake_initial"]
        if not plan:
            self._say_nothing_to_do(executor)
            fake = fake_initial = False
        after = executor.migrate(
            targets, plan=plan, state=before.clone(), fake=fake, fake_initial=fake_initial
        )
        # Receivers see the models as they are now, and those of apps without migrations as they are.
        after.clear_delayed_apps_cache()
        final = after.apps
        with final.bulk_update():
            keys = [(state.app_label, state.name_lower) for state in final.real_models]
            for key in keys:
                final.unregister_model(*key)
        from nuages.db.migrations.state import ModelState

        final.render_multiple([ModelState.from_model(apps.get_model(*key)) for key in keys])
        emit_post_migrate_signal(
            self.verbosity, self.interactive, alias, stdout=self.stdout, apps=final, plan=plan
        )

    def _say_nothing_to_do(self, executor: Any) -> None:
        if self.verbosity < 1:
            return
        from nuages.db.migrations.state import ProjectState

        self.stdout.write("  No migrations to apply.")
        # Changes of models without a migration are what people wonder about then.
        detector = self.autodetector(executor.loader.project_state(), ProjectState.from_apps(apps))
        changes = detector.changes(graph=executor.loader.graph)
        if changes:
            listed = ", ".join(map(repr, sorted(changes)))
            self.stdout.write(
                self.style.NOTICE(
                    f"  Your models in app(s): {listed} have changes that are not yet reflected in a migration, "
                    "and so won't be applied."
                )
            )
            self.stdout.write(
                self.style.NOTICE(
                    "  Run 'manage.py makemigrations' to make new migrations, and then re-run 'manage.py migrate' "
                    "to apply them."
                )
            )

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        """Say what is being done."""
        if self.verbosity < 1:
            return
        if action == "render_start":
            self.stdout.write("  Rendering model states...", ending="")
        elif action in {"apply_start", "unapply_start"}:
            verb = "Applying" if action == "apply_start" else "Unapplying"
            self.stdout.write(f"  {verb} {migration}...", ending="")
        if action.endswith("_start"):
            self._started = time.monotonic()
            self.stdout.flush()
            return
        seconds = f" ({time.monotonic() - self._started:.3f}s)" if self.verbosity > 1 else ""
        word = " FAKED" if fake else " OK"
        if action == "render_success":
            word = " DONE"
        self.stdout.write(self.style.SUCCESS(word + seconds))

    def sync_apps(self, connection: Any, app_labels: Any) -> None:
        """Create the tables of apps without migrations."""
        from nuages.db import router

        with connection.cursor() as cursor:
            there = set(connection.introspection.table_names(cursor))
        convert = connection.introspection.identifier_converter

        def is_missing(model: Any) -> bool:
            options = model._meta
            stands_in = options.auto_created and convert(options.auto_created._meta.db_table) in there
            return not (convert(options.db_table) in there or stands_in)

        missing = [
            (config.name, model)
            for config in apps.get_app_configs()
            if config.models_module is not None and config.label in app_labels
            for model in router.get_migratable_models(config, connection.alias, include_auto_created=False)
            if model._meta.can_migrate(connection) and is_missing(model)
        ]
        if self.verbosity >= 1:
            self.stdout.write("  Creating tables...")
        with connection.schema_editor() as editor:
            for name, model in missing:
                if self.verbosity >= 3:
                    self.stdout.write(f"    Processing {name}.{model._meta.object_name} model")
                if self.verbosity >= 1:
                    self.stdout.write(f"    Creating table {model._meta.db_table}")
                editor.create_model(model)
            if self.verbosity >= 1:
                self.stdout.write("    Running deferred SQL...")

    # Showing the plan

    def _show_plan(self, plan: Any) -> None:
        self.stdout.write("Planned operations:", self.style.MIGRATE_LABEL)
        if not plan:
            self.stdout.write("  No planned migration operations.")
        for migration, backwards in plan:
            self.stdout.write(str(migration), self.style.MIGRATE_HEADING)
            for text, impossible in (
                self.describe_operation(each, backwards) for each in migration.operations
            ):
                self.stdout.write(f"    {text}", self.style.WARNING if impossible else None)

    @staticmethod
    def describe_operation(operation: Any, backwards: bool) -> tuple[str, bool]:
        """Say what an operation will do, and whether it cannot."""
        described = operation.describe()
        own = next((name for name in ("code", "sql") if hasattr(operation, name)), None)
        if own is None:
            return (f"Undo {described}" if backwards else described), False
        runs = getattr(operation, f"reverse_{own}" if backwards else own)
        impossible = runs is None and backwards
        shown = "IRREVERSIBLE" if impossible else runs.__doc__ if callable(runs) else runs
        line = str(shown or "").replace("\n", "")
        return described + (Truncator(f" -> {line}").chars(40) if line else ""), impossible

    # Pruning

    def _prune(self, executor: Any, app_label: str) -> None:
        """Forget migrations that are no longer there."""

        def say(*text: Any) -> None:
            if self.verbosity > 0:
                self.stdout.write(*text)

        say("Pruning migrations:", self.style.MIGRATE_HEADING)
        loader = executor.loader
        there = {key for key in loader.disk_migrations if key[0] == app_label}
        gone = sorted(key for key in loader.applied_migrations if key[0] == app_label and key not in there)
        # As long as squashed migrations say what they replace, those count for them.
        counted = [
            migration
            for migration in loader.replacements.values()
            if any(tuple(each) in gone for each in migration.replaces)
        ]
        if counted:
            say(
                self.style.NOTICE(
                    "  Cannot use --prune because the following squashed migrations have their 'replaces' "
                    "attributes and may not be recorded as applied:"
                )
            )
            for migration in counted:
                say(f"    {migration.app_label}.{migration.name}")
            say(
                self.style.NOTICE(
                    "  Re-run 'manage.py migrate' if they are not marked as applied, and remove 'replaces' "
                    "attributes in their Migration classes."
                )
            )
        elif not gone:
            say("  No migrations to prune.")
        else:
            for app, name in gone:
                if self.verbosity > 0:
                    self.stdout.write(self.style.MIGRATE_LABEL(f"  Pruning {app}.{name}"), ending="")
                executor.recorder.record_unapplied(app, name)
                say(self.style.SUCCESS(" OK"))
