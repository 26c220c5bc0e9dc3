"""`sqlsequencereset`: show how the numbering of rows is brought in step with the rows there are."""

from __future__ import annotations

from typing import Any

from nuages.core.management.base import AppCommand, CommandParser
from nuages.db.arguments import add_database


class Command(AppCommand):
    help = "Prints the SQL statements for resetting sequences for the given app name(s)."
    output_transaction = True

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_database(parser, "to print the SQL for")

    def handle_app_config(self, app_config: Any, **options: Any) -> str | None:
        from nuages.db import connections

        if app_config.models_module is None:
            return None
        models = app_config.get_models(include_auto_created=True)
        statements = connections[options["database"]].ops.sequence_reset_sql(self.style, list(models))
        if not statements and options["verbosity"] >= 1:
            self.stderr.write("No sequences found.")
        return "\n".join(statements)
