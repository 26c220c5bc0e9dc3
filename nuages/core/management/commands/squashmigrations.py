"""`squashmigrations`: make one migration of many."""

from __future__ import annotations

import os
from typing import Any

from nuages.conf import settings
from nuages.core.management.base import BaseCommand, CommandError, CommandParser
from nuages.db.arguments import add_no_input


class Command(BaseCommand):
    help = "Squashes an existing set of migrations (from first until specified) into a single new one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("app_label", help="App label of the application to squash migrations for.")
        parser.add_argument(
            "start_migration_name",
            nargs="?",
            help="Migrations will be squashed starting from and including this migration.",
        )
        parser.add_argument(
            "migration_name", help="Migrations will be squashed until and including this migration."
        )
        parser.add_argument(
            "--no-optimize", action="store_true", help="Do not try to optimize the squashed operations."
        )
        add_no_input(parser)
        parser.add_argument("--squashed-name", help="Sets the name of the new squashed migration.")
        parser.add_argument(
            "--no-header",
            action="store_false",
            dest="include_header",
            help="Do not add a header comment to the new squashed migration.",
        )

    def handle(self, **options: Any) -> None:
        from nuages.db import migrations
        from nuages.db.migrations.commands import PORTING_NOTE, check_migrated_app, find_migration, write_file
        from nuages.db.migrations.loader import MigrationLoader
        from nuages.db.migrations.writer import MigrationWriter

        self.verbosity = options["verbosity"]
        app_label = options["app_label"]
        loader = MigrationLoader(None)  # the files alone count, whatever some database has applied
        check_migrated_app(app_label, loader)
        last = find_migration(loader, app_label, options["migration_name"])
        chosen = self._chain_to(loader, last)
        start = None
        if options["start_migration_name"]:
            start = find_migration(loader, app_label, options["start_migration_name"])
            names = [migration.name for migration in chosen]
            if start.name not in names:
                raise CommandError(
                    f"The migration '{start}' cannot be found. Maybe it comes after the migration '{last}'?\n"
                    f"Have a look at:\n  python manage.py showmigrations {app_label}\nto debug this issue."
                )
            chosen = chosen[names.index(start.name) :]
        self._say(self.style.MIGRATE_HEADING("Will squash the following migrations:"))
        for migration in chosen:
            self._say(f" - {migration.name}")
        if options["interactive"] and not self._confirmed():
            return

        operations, dependencies = _sum_of(chosen)
        operations = self._optimized(operations, app_label, options["no_optimize"])
        squashed = type(
            "Migration",
            (migrations.Migration,),
            {
                "dependencies": dependencies,
                "operations": operations,
                "replaces": [(migration.app_label, migration.name) for migration in chosen],
            },
        )(_name_of(chosen, last, start, options["squashed_name"]), app_label)
        squashed.initial = start is None or bool(chosen[0].initial)
        writer = MigrationWriter(squashed, options["include_header"])
        if os.path.exists(writer.path):
            raise CommandError(f"Migration {squashed.name} already exists. Use a different name.")
        path = write_file(writer, self.stderr)
        self._say(self.style.MIGRATE_HEADING(f"Created new squashed migration {path}"))
        self._say(
            "  You should commit this migration but leave the old ones in place;\n"
            "  the new migration will be used for new installs. Once you are sure\n"
            "  all instances of the codebase have applied the migrations you squashed,\n"
            "  you can delete them."
        )
        if writer.needs_manual_porting:
            self._say(self.style.MIGRATE_HEADING("Manual porting required"))
            self._say(PORTING_NOTE.format(kind="squashed"))

    def _say(self, text: str) -> None:
        if self.verbosity > 0:
            self.stdout.write(text)

    def _confirmed(self) -> bool:
        while True:
            answer = input("Do you wish to proceed? [y/N] ")
            if not answer:
                return False
            if answer[0].lower() in "yn":
                return answer[0].lower() == "y"

    def _chain_to(self, loader: Any, last: Any) -> list[Any]:
        """Return the migrations of the app up to and with `last`."""
        key = (last.app_label, last.name)
        if key not in loader.graph.nodes:
            raise CommandError(f"Cannot find a migration matching '{last.name}' from app '{last.app_label}'.")
        return [
            loader.get_migration(*each)
            for each in loader.graph.forwards_plan(key)
            if each[0] == last.app_label
        ]

    def _optimized(self, operations: list[Any], app_label: str, skip: bool) -> list[Any]:
        from nuages.db.migrations.optimizer import MigrationOptimizer

        if skip:
            self._say(self.style.MIGRATE_HEADING("(Skipping optimization.)"))
            return operations
        self._say(self.style.MIGRATE_HEADING("Optimizing..."))
        shorter = MigrationOptimizer().optimize(operations, app_label)
        if len(shorter) == len(operations):
            self._say("  No optimizations possible.")
        else:
            self._say(f"  Optimized from {len(operations)} operations to {len(shorter)} operations.")
        return shorter


def _sum_of(chosen: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return the operations of some migrations, and their dependencies on others."""
    from nuages.db.migrations.migration import SwappableTuple

    operations: list[Any] = []
    dependencies: dict[Any, None] = {}
    inside = {(migration.app_label, migration.name) for migration in chosen}
    first = chosen[0]
    for migration in chosen:
        operations += migration.operations
        for dependency in migration.dependencies:
            if isinstance(dependency, SwappableTuple):
                is_user = dependency.setting == settings.AUTH_USER_MODEL
                dependencies[("__setting__", "AUTH_USER_MODEL") if is_user else dependency] = None
            elif dependency[0] != migration.app_label or (
                migration is first and tuple(dependency) not in inside
            ):
                dependencies[tuple(dependency)] = None
    return operations, list(dependencies)


def _name_of(chosen: list[Any], last: Any, start: Any, given: str | None) -> str:
    if start is None:
        return f"0001_{given}" if given else f"0001_squashed_{last.name}"
    if given:
        number = start.name.partition("_")[0]
        return f"{number}_{given}"
    return f"{start.name}_squashed_{last.name}"
