"""`check`: run the system checks."""

from __future__ import annotations

from typing import Any

from nuages.apps import apps
from nuages.core import checks
from nuages.core.checks.registry import registry
from nuages.core.management.base import BaseCommand, CommandError, CommandParser
from nuages.db import connections

_LEVELS = ("CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG")


class Command(BaseCommand):
    help = "Checks the entire Django project for potential problems."

    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("args", metavar="app_label", nargs="*")
        parser.add_argument(
            "--tag", "-t", action="append", dest="tags", help="Run only checks labeled with given tag."
        )
        parser.add_argument("--list-tags", action="store_true", help="List available tags.")
        parser.add_argument("--deploy", action="store_true", help="Check deployment settings.")
        parser.add_argument(
            "--quick", action="store_true", help="Leave out the checks that take long: of all templates."
        )
        parser.add_argument(
            "--fail-level",
            default="ERROR",
            choices=_LEVELS,
            help="Message level that will cause the command to exit with a non-zero status. Default is ERROR.",
        )
        parser.add_argument(
            "--database",
            action="append",
            dest="databases",
            choices=tuple(connections),
            help="Run database related checks against these aliases.",
        )

    def handle(self, *app_labels: str, **options: Any) -> None:
        deploy = options["deploy"]
        if options["list_tags"]:
            self.stdout.write("\n".join(sorted(registry.tags_available(deploy))))
            return
        self._refuse_unknown_tags(options["tags"] or (), deploy)
        self.check(
            app_configs=[apps.get_app_config(label) for label in app_labels] or None,
            tags=options["tags"],
            display_num_errors=True,
            include_deployment_checks=deploy,
            fail_level=getattr(checks, options["fail_level"]),
            databases=options["databases"] or list(connections),
            # All checks may know the databases; those that ask them run only for databases that were named.
            exclude_tags=() if options["databases"] else (checks.Tags.database,),
            thorough=not options["quick"],
        )

    def _refuse_unknown_tags(self, tags: Any, deploy: bool) -> None:
        for tag in tags:
            if not registry.tag_exists(tag, include_deployment_checks=deploy):
                error = CommandError(f'There is no system check with the "{tag}" tag.')
                error.add_note(f"There are: {', '.join(sorted(registry.tags_available(deploy)))}.")
                raise error
