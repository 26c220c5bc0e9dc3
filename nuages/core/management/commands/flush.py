"""`flush`: remove all rows of all models."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from nuages.apps import apps
from nuages.core.management.base import BaseCommand, CommandError, CommandParser
from nuages.core.management.color import no_style
from nuages.core.management.sql import emit_post_migrate_signal, sql_flush
from nuages.db.arguments import add_database, add_no_input


class Command(BaseCommand):
    help = (
        "Removes ALL DATA from the database, including data added during "
        'migrations. Does not achieve a "fresh install" state.'
    )
    # Options for callers from Python, which the command line does not have.
    stealth_options = ("reset_sequences", "allow_cascade", "inhibit_post_migrate")

    def add_arguments(self, parser: CommandParser) -> None:
        add_no_input(parser)
        add_database(parser, "to flush")

    def handle(self, **options: Any) -> None:
        from nuages.db import connections

        alias, interactive = options["database"], options["interactive"]
        connection = connections[alias]
        cascade = options.get("allow_cascade", False)
        for config in apps.get_app_configs():
            _import_management(config.name)  # where receivers of post_migrate may be
        statements = sql_flush(
            no_style(),
            connection,
            reset_sequences=options.get("reset_sequences", True),
            allow_cascade=cascade,
        )
        if interactive and not self._confirmed(connection.settings_dict["NAME"]):
            self.stdout.write("Flush cancelled.")
            return
        try:
            connection.ops.execute_sql_flush(statements)
        except Exception as error:
            raise CommandError(
                f"Database {connection.settings_dict['NAME']} couldn't be flushed. Possible reasons:\n"
                "  * The database isn't running or isn't configured correctly.\n"
                "  * At least one of the expected database tables doesn't exist.\n"
                "  * The SQL was invalid.\n"
                "Hint: Look at the output of 'django-admin sqlflush'. "
                "That's the SQL this command wasn't able to run."
            ) from error
        if statements and not options.get("inhibit_post_migrate", False):
            # What receivers put into an empty database belongs there again.
            emit_post_migrate_signal(options["verbosity"], interactive, alias)

    def _confirmed(self, name: Any) -> bool:
        question = (
            "You have requested a flush of the database.\n"
            f'This will IRREVERSIBLY DESTROY all data currently in the "{name}" database,\n'
            "and return each table to an empty state.\n"
            "Are you sure you want to do this?\n\n"
            "    Type 'yes' to continue, or 'no' to cancel: "
        )
        return input(question) == "yes"


def _import_management(app: str) -> None:
    try:
        import_module(".management", app)
    except ModuleNotFoundError as error:
        if error.name != f"{app}.management":
            raise
