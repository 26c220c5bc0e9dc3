"""`dbshell`: the database's own command-line client."""

from __future__ import annotations

import subprocess
from typing import Any

from nuages.core.management.base import BaseCommand, CommandError, CommandParser
from nuages.db.arguments import add_database


class Command(BaseCommand):
    help = "Runs the command-line client for specified database, or the default database if none is provided."

    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_database(parser, "onto which to open a shell")
        own = parser.add_argument_group("parameters")
        own.add_argument("parameters", nargs="*", help="Passed on to the client, after `--`.")

    def handle(self, **options: Any) -> None:
        from nuages.db import connections

        connection = connections[options["database"]]
        client = connection.client
        try:
            client.runshell(options["parameters"])
        except FileNotFoundError:
            # On some systems this also means that its working directory is gone; the program is likelier.
            raise CommandError(
                f"You appear not to have the {client.executable_name!r} program installed or on your path."
            ) from None
        except subprocess.CalledProcessError as error:
            command = " ".join(map(str, error.cmd))
            raise CommandError(
                f'"{command}" returned non-zero exit status {error.returncode}.', returncode=error.returncode
            ) from error
