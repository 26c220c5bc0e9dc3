"""`optimizemigration`: make a migration's list of operations as short as can be."""

from __future__ import annotations

import sys
from typing import Any

from nuages.core.management.base import BaseCommand, CommandError, CommandParser
from nuages.utils.version import get_docs_version


class Command(BaseCommand):
    help = "Optimizes the operations for the named migration."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("app_label", help="App label of the application to optimize the migration for.")
        parser.add_argument("migration_name", help="Migration name to optimize the operations for.")
        parser.add_argument(
            "--check",
            action="store_true",
            help="Exit with a non-zero status if the migration can be optimized.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        from nuages.db.migrations.commands import PORTING_NOTE, check_migrated_app, find_migration, write_file
        from nuages.db.migrations.loader import MigrationLoader
        from nuages.db.migrations.optimizer import MigrationOptimizer
        from nuages.db.migrations.writer import MigrationWriter

        app_label, talks = options["app_label"], options["verbosity"] > 0
        loader = MigrationLoader(None)
        check_migrated_app(app_label, loader)
        migration = find_migration(loader, app_label, options["migration_name"])
        shorter = MigrationOptimizer().optimize(migration.operations, app_label)
        before, after = len(migration.operations), len(shorter)
        if before == after:
            if talks:
                self.stdout.write("No optimizations possible.")
            return
        if talks:
            self.stdout.write(f"Optimizing from {before} operations to {after} operations.")
        if options["check"]:
            sys.exit(1)
        migration.operations = shorter
        writer = MigrationWriter(migration)
        writer.as_string()  # finds out whether functions have to be copied by hand
        if writer.needs_manual_porting:
            if migration.replaces:
                raise CommandError(
                    "Migration will require manual porting but is already a squashed migration.\n"
                    f"Transition to a normal migration first: https://docs.djangoproject.com/en/{get_docs_version()}/"
                    "topics/migrations/#squashing-migrations"
                )
            # The old file has to stay until that is done.
            replacement = type(migration)(f"{migration.name}_optimized", app_label)
            replacement.operations = shorter
            replacement.dependencies = migration.dependencies
            replacement.replaces = [(app_label, migration.name)]
            writer = MigrationWriter(replacement)
        path = write_file(writer, self.stderr)
        if talks:
            if writer.needs_manual_porting:
                self.stdout.write(self.style.MIGRATE_HEADING("Manual porting required"))
                self.stdout.write(PORTING_NOTE.format(kind="optimized"))
            self.stdout.write(
                self.style.MIGRATE_HEADING("Optimized migration ") + self.style.MIGRATE_LABEL(path)
            )
