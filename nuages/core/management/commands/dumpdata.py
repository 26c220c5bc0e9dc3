"""`manage.py dumpdata`: write what is in the database as a fixture."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import warnings
from collections.abc import Iterator
from typing import Any

from nuages.apps import apps
from nuages.core import serializers
from nuages.core.management.base import BaseCommand, CommandError
from nuages.core.management.utils import parse_apps_and_model_labels
from nuages.db import DEFAULT_DB_ALIAS, connections, router

#: How an ending of the file's name is written.
COMPRESSIONS: dict[str, Any] = {"gz": gzip.open, "bz2": bz2.open, "lzma": lzma.open, "xz": lzma.open}


class ProxyModelWarning(Warning):
    """A proxy was asked for, and its concrete model was not."""


class Command(BaseCommand):
    """Writes the objects of apps or models, in an order in which they can be read again."""

    help = "Output the contents of the database as a fixture of the given format (using each model's default manager)."

    def add_arguments(self, parser: Any) -> None:
        add = parser.add_argument
        add(
            "args",
            metavar="app_label[.ModelName]",
            nargs="*",
            help="What to write; everything, if nothing is named.",
        )
        add("--format", default="json", help="The format of the fixture.")
        add("--indent", type=int, help="How far lines are indented.")
        add("--database", default=DEFAULT_DB_ALIAS, choices=tuple(connections), help="The database to read.")
        add(
            "-e",
            "--exclude",
            action="append",
            default=[],
            help="An app or a model to leave out. May be repeated.",
        )
        add(
            "--natural-foreign",
            action="store_true",
            dest="use_natural_foreign_keys",
            help="Natural keys for references.",
        )
        add(
            "--natural-primary",
            action="store_true",
            dest="use_natural_primary_keys",
            help="Natural keys for keys.",
        )
        add(
            "-a",
            "--all",
            action="store_true",
            dest="use_base_manager",
            help="All rows, whatever default managers leave out.",
        )
        add("--pks", dest="primary_keys", help="Only these keys, separated by commas; for one model.")
        add("-o", "--output", help="The file to write; its ending says how it is compressed.")

    def handle(self, *app_labels: str, **options: Any) -> None:
        keys = [key.strip() for key in (options["primary_keys"] or "").split(",") if key.strip()]
        excluded_models, excluded_apps = parse_apps_and_model_labels(options["exclude"])
        chosen = self._chosen(app_labels, keys, excluded_apps)
        format = options["format"]
        if format not in serializers.get_public_serializer_formats():
            try:
                serializers.get_serializer(format)
            except KeyError:
                pass
            raise CommandError(f"Unknown serialization format: {format}")
        models = serializers.sort_dependencies(list(chosen.items()), allow_cycles=True)
        using, all_rows = options["database"], options["use_base_manager"]

        def selected() -> Iterator[Any]:
            for model in models:
                if model in excluded_models:
                    continue
                if model._meta.proxy and model._meta.proxy_for_model not in models:
                    warnings.warn(
                        f"{model._meta.label} is a proxy model and won't be serialized.",
                        ProxyModelWarning,
                        stacklevel=2,
                    )
                if not model._meta.proxy and router.allow_migrate_model(using, model):
                    yield model

        def objects(counting: bool) -> Iterator[Any]:
            for model in selected():
                manager = model._base_manager if all_rows else model._default_manager
                found = manager.using(using).order_by(model._meta.pk.name)
                if keys:
                    found = found.filter(pk__in=keys)
                yield from [found.count()] if counting else found.iterator(chunk_size=2000)

        self._write(objects, format, options)

    def _chosen(
        self, app_labels: tuple[str, ...], keys: list[str], excluded_apps: set[Any]
    ) -> dict[Any, Any]:
        if not app_labels:
            if keys:
                raise CommandError("You can only use --pks option with one model")
            return {
                config: None
                for config in apps.get_app_configs()
                if config.models_module is not None and config not in excluded_apps
            }
        if len(app_labels) > 1 and keys:
            raise CommandError("You can only use --pks option with one model")
        chosen: dict[Any, Any] = {}
        for label in app_labels:
            app_label, dot, model_label = label.partition(".")
            try:
                config = apps.get_app_config(app_label)
            except LookupError as error:
                raise CommandError(str(error)) from error
            if not dot and keys:
                raise CommandError("You can only use --pks option with one model")
            if config.models_module is None or config in excluded_apps:
                continue
            if not dot:
                chosen[config] = None
                continue
            try:
                model = config.get_model(model_label)
            except LookupError:
                raise CommandError(f"Unknown model: {app_label}.{model_label}") from None
            known = chosen.setdefault(config, [])
            # The whole app was named already.
            if known is not None and model not in known:
                known.append(model)
        return chosen

    def _write(self, objects: Any, format: str, options: dict[str, Any]) -> None:
        output = options["output"]
        progress, total = None, 0
        # Nobody watches a bar where the fixture itself goes to the terminal.
        if output and self.stdout.isatty() and options["verbosity"] > 0:
            progress, total = self.stdout, sum(objects(counting=True))
        self.stdout.ending = None  # type: ignore[assignment]
        stream = None
        if output:
            stem, _, ending = output.rpartition(".")
            opener = COMPRESSIONS.get(ending, open) if stem else open
            if ending == "zip" or (
                stem and ending not in COMPRESSIONS and ending not in self._plain_endings(format)
            ):
                if ending == "zip":
                    warnings.warn(
                        f"Unsupported file extension (.{ending}). Fixtures saved in '{os.path.basename(stem)}'.",
                        RuntimeWarning,
                        stacklevel=2,
                    )
                    output = stem
                opener = open
            stream = opener(output, "wt")
        try:
            serializers.serialize(
                format, objects(counting=False), indent=options["indent"],
                use_natural_foreign_keys=options["use_natural_foreign_keys"],
                use_natural_primary_keys=options["use_natural_primary_keys"],
                stream=stream or self.stdout, progress_output=progress, object_count=total,
            )  # fmt: skip
        except Exception as error:
            if options["traceback"]:
                raise
            raise CommandError(f"Unable to serialize database: {error}") from error
        finally:
            if stream:
                stream.close()

    def _plain_endings(self, format: str) -> set[str]:
        return {format, *serializers.get_public_serializer_formats()}
