"""`showmigrations`: which migrations there are, and which have been applied."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from nuages.apps import apps
from nuages.core.management.base import BaseCommand, CommandParser
from nuages.db.arguments import add_database


class Command(BaseCommand):
    help = "Shows all available migrations for the current project"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("app_label", nargs="*", help="App labels of applications to limit the output to.")
        add_database(parser, "to show migrations for")
        formats = parser.add_mutually_exclusive_group()
        formats.add_argument(
            *("--list", "-l"),
            dest="format",
            action="store_const",
            const="list",
            help="Shows a list of all migrations and which are applied. "
            "With a verbosity level of 2 or above, the applied datetimes will be included.",
        )
        formats.add_argument(
            "--plan",
            "-p",
            action="store_const",
            dest="format",
            const="plan",
            help="Shows all migrations in the order they will be applied. With a verbosity level of 2 or above all "
            "direct migration dependencies and reverse dependencies (run_before) will be included.",
        )
        parser.set_defaults(format="list")

    def handle(self, *args: Any, **options: Any) -> None:
        from nuages.db import connections

        self.verbosity = options["verbosity"]
        connection = connections[options["database"]]
        show = self.show_plan if options["format"] == "plan" else self.show_list
        show(connection, options["app_label"])

    def _check_labels(self, labels: Sequence[str]) -> None:
        wrong = False
        for label in labels:
            try:
                apps.get_app_config(label)
            except LookupError as error:
                self.stderr.write(str(error))
                wrong = True
        if wrong:
            sys.exit(2)

    def show_list(self, connection: Any, app_names: Sequence[str] | None = None) -> None:
        """Show the migrations of each app in order."""
        from nuages.db.migrations.loader import MigrationLoader
        from nuages.db.migrations.recorder import MigrationRecorder

        loader = MigrationLoader(connection, ignore_no_migrations=True)
        recorded = MigrationRecorder(connection).applied_migrations()
        self._check_labels(app_names or ())
        for app in app_names or sorted(loader.migrated_apps):
            self.stdout.write(app, self.style.MIGRATE_LABEL)
            shown: set[Any] = set()
            for end in loader.graph.leaf_nodes(app):
                for key in loader.graph.forwards_plan(end):
                    if key[0] == app and key not in shown:
                        shown.add(key)
                        self._show_one(loader, recorded, key)
            if not shown:
                self.stdout.write(" (no migrations)", self.style.ERROR)

    def _show_one(self, loader: Any, recorded: Any, key: Any) -> None:
        title = key[1]
        replaces = loader.graph.nodes[key].replaces
        if replaces:
            title += f" ({len(replaces)} squashed migrations)"
        if key not in loader.applied_migrations:
            self.stdout.write(f" [ ] {title}")
            return
        mark = "X"
        if key not in recorded:
            # All that it replaces has been applied, but nobody has said so.
            mark = "-"
            title += " run 'manage.py migrate' to finish recording."
        applied = recorded.get(key)
        if self.verbosity >= 2 and applied is not None and hasattr(applied, "applied"):
            title += f" (applied at {applied.applied:%Y-%m-%d %H:%M:%S})" if not replaces else ""
        self.stdout.write(f" [{mark}] {title}")

    def show_plan(self, connection: Any, app_names: Sequence[str] | None = None) -> None:
        """Show the migrations in the order in which they are applied."""
        from nuages.db.migrations.loader import MigrationLoader

        loader = MigrationLoader(connection)
        self._check_labels(app_names or ())
        graph = loader.graph
        ends = [key for key in graph.leaf_nodes() if not app_names or key[0] in app_names]
        plan = dict.fromkeys(key for end in ends for key in graph.forwards_plan(end))
        for app, name in plan:
            node = graph.node_map[app, name]
            needs = ""
            if self.verbosity >= 2 and node.parents:
                needs = f" ... ({', '.join('.'.join(parent.key) for parent in sorted(node.parents))})"
            mark = "X" if node.key in loader.applied_migrations else " "
            self.stdout.write(f"[{mark}]  {app}.{name}{needs}")
        if not plan:
            self.stdout.write("(no migrations)", self.style.ERROR)
