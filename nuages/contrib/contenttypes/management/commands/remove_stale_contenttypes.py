"""`remove_stale_contenttypes`: delete the content types of models that are gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nuages.apps import apps
from nuages.contrib.contenttypes.models import ContentType
from nuages.core.management import BaseCommand
from nuages.db import DEFAULT_DB_ALIAS, connections, router
from nuages.db.models.deletion import Collector

QUESTION = """Some content types in your database are stale and can be deleted.
Any objects that depend on these content types will also be deleted.
The content types and dependent objects that would be deleted are:

{listing}

This list doesn't include any cascade deletions to data outside of nuages's
models (as by triggers of the database).

Are you sure you want to delete these content types?
If you're unsure, answer 'no'."""


class Command(BaseCommand):
    """Deletes stale content types, after asking."""

    help = "Deletes stale content types in the database."

    def add_arguments(self, parser: Any) -> None:
        silent = {"dest": "interactive", "action": "store_false", "help": "Do not ask; delete."}
        parser.add_argument("--noinput", "--no-input", **silent)
        where = 'The database to clean up. Defaults to the "default" database.'
        parser.add_argument("--database", choices=tuple(connections), default=DEFAULT_DB_ALIAS, help=where)
        parser.add_argument(
            "--include-stale-apps",
            action="store_true",
            default=False,
            help="Deletes stale content types including ones from previously installed apps that have been "
            "removed from INSTALLED_APPS.",
        )

    def handle(self, **options: Any) -> None:
        using, interactive = options["database"], options["interactive"]
        if not router.allow_migrate_model(using, ContentType):
            return
        ContentType.objects.clear_cache()
        by_app: dict[str, list[Any]] = {}
        for kind in stale_content_types(using, options["include_stale_apps"]):
            by_app.setdefault(kind.app_label, []).append(kind)
        for kinds in by_app.values():
            if interactive and not self._agreed(kinds, using):
                self.stdout.write("Stale content types remain.")
                continue
            for kind in kinds:
                if options["verbosity"] >= 2:
                    self.stdout.write(f"Deleting stale content type '{kind.app_label} | {kind.model}'")
                kind.delete()

    def _agreed(self, kinds: list[Any], using: str) -> bool:
        self.stdout.write(QUESTION.format(listing="\n".join(_listing(kinds, using))))
        return input("Type 'yes' to continue, or 'no' to cancel: ") == "yes"


def stale_content_types(using: str, of_removed_apps: bool) -> Iterator[Any]:
    """Content types without a model; of apps that are not installed only when asked for."""
    for kind in ContentType.objects.using(using).order_by("app_label", "model"):
        if kind.model_class() is None and (of_removed_apps or kind.app_label in apps.app_configs):
            yield kind


def _listing(kinds: list[Any], using: str) -> Iterator[str]:
    for kind in kinds:
        yield f"    - Content type for {kind.app_label}.{kind.model}"
        # Every row is wanted here, also those that could go without being loaded.
        found = Collector(using=using, force_collection=True)
        found.collect([kind])
        for model, rows in found.data.items():
            if rows and model is not ContentType:
                yield f"    - {len(rows)} {model._meta.label} object(s)"
