"""`sqlflush`: show what `flush` would run."""

from __future__ import annotations

from typing import Any

from nuages.core.management.base import BaseCommand, CommandParser
from nuages.core.management.sql import sql_flush
from nuages.db.arguments import add_database


class Command(BaseCommand):
    help = (
        "Returns a list of the SQL statements required to return all tables in "
        "the database to the state they were in just after they were installed."
    )
    output_transaction = True

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_database(parser, "to print the SQL for")

    def handle(self, **options: Any) -> str:
        from nuages.db import connections

        statements = sql_flush(self.style, connections[options["database"]])
        if not statements and options["verbosity"] >= 1:
            self.stderr.write("No tables found.")
        return "\n".join(statements)
