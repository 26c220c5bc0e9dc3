"""`sqlmigrate`: show the SQL of a migration."""

from __future__ import annotations

from typing import Any

from nuages.core.management.base import BaseCommand, CommandParser
from nuages.core.management.color import no_style
from nuages.db.arguments import add_database


class Command(BaseCommand):
    help = "Prints the SQL statements for the named migration."
    output_transaction = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("app_label", help="App label of the application containing the migration.")
        parser.add_argument("migration_name", help="Migration name to print the SQL for.")
        add_database(parser, "to create SQL for")
        parser.add_argument(
            "--backwards",
            action="store_true",
            help="Creates SQL to unapply the migration, rather than to apply it",
        )

    def handle(self, *args: Any, **options: Any) -> str:
        from nuages.db import connections
        from nuages.db.migrations.commands import check_migrated_app, find_migration
        from nuages.db.migrations.loader import MigrationLoader

        # What follows is meant to be kept in a file, where colours do not belong; failed checks have been shown.
        self.style = no_style()
        connection = connections[options["database"]]
        # Squashed or not: the very migration that was named.
        loader = MigrationLoader(connection, replace_migrations=False)
        app_label = options["app_label"]
        check_migrated_app(app_label, loader)
        migration = find_migration(loader, app_label, options["migration_name"])
        self.output_transaction = migration.atomic and connection.features.can_rollback_ddl
        statements = loader.collect_sql([(migration, options["backwards"])])
        if not statements and options["verbosity"] >= 1:
            self.stderr.write("No operations found.")
        return "\n".join(statements)
