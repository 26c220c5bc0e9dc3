"""`manage.py testserver`: a server over a fresh database with fixtures in it."""

from __future__ import annotations

from typing import Any

from nuages.core.management import call_command
from nuages.core.management.base import BaseCommand
from nuages.db import connection


class Command(BaseCommand):
    """Creates a test database, loads fixtures, and serves the site on it."""

    help = "Runs a development server with data from the given fixture(s)."
    requires_system_checks: Any = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("args", metavar="fixture", nargs="*", help="Path(s) to fixtures to load first.")
        parser.add_argument(
            "--noinput", "--no-input", action="store_false", dest="interactive",
            help="Do not prompt the user for input of any kind.",
        )  # fmt: skip
        parser.add_argument("--addrport", default="", help="Port number or ipaddr:port to serve on.")
        parser.add_argument("--ipv6", "-6", action="store_true", dest="use_ipv6", help="Use an IPv6 address.")

    def handle(self, *fixtures: str, **options: Any) -> None:
        connection.creation.create_test_db(
            verbosity=options["verbosity"], autoclobber=not options["interactive"], serialize=False
        )
        call_command("loaddata", *fixtures, verbosity=options["verbosity"])
        # A database in memory lives in this process only, so there is nothing to reload into.
        call_command(
            "runserver",
            addrport=options["addrport"],
            shutdown_message=f"\nTesting server shut down; database '{connection.settings_dict['NAME']}' is destroyed.",
            use_reloader=False,
            use_ipv6=options["use_ipv6"],
            use_threading=connection.features.test_db_allows_multiple_connections,
        )
