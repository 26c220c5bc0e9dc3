"""`manage.py loaddata`: read fixtures into the database."""

from __future__ import annotations

import bz2
import functools
import glob
import gzip
import lzma
import os
import sys
import warnings
import zipfile
from itertools import product
from typing import Any

from nuages.apps import apps
from nuages.conf import settings
from nuages.core import serializers
from nuages.core.exceptions import ImproperlyConfigured
from nuages.core.management.base import BaseCommand, CommandError
from nuages.core.management.color import no_style
from nuages.core.management.utils import parse_apps_and_model_labels
from nuages.db import DEFAULT_DB_ALIAS, DatabaseError, IntegrityError, connections, router, transaction
from nuages.utils.functional import cached_property

READ_STDIN = "-"


class SingleZipReader(zipfile.ZipFile):
    """An archive with one file in it, read as that file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(self.namelist()) != 1:
            raise ValueError("Zip-compressed fixtures must contain one file.")

    def read(self) -> bytes:  # type: ignore[override]
        """Return the file's content."""
        return zipfile.ZipFile.read(self, self.namelist()[0])


class Command(BaseCommand):
    """Finds fixtures by name in apps and FIXTURE_DIRS, or by path, and loads them in one transaction."""

    help = "Installs the named fixture(s) in the database."
    missing_args_message = (
        "No database fixture specified. Please provide the path of at least one fixture in the command line."
    )

    def add_arguments(self, parser: Any) -> None:
        add = parser.add_argument
        add("args", metavar="fixture", nargs="+", help="Names or paths of fixtures.")
        add(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=tuple(connections),
            help="The database to load into.",
        )
        add("--app", dest="app_label", help="Only look for fixtures in this app.")
        add(
            "--ignorenonexistent",
            "-i",
            action="store_true",
            dest="ignore",
            help="Leave out models and fields that are no more.",
        )
        add(
            "-e",
            "--exclude",
            action="append",
            default=[],
            help="An app or a model to leave out. May be repeated.",
        )
        add("--format", help="The format of what comes from standard input.")

    def handle(self, *fixture_labels: str, **options: Any) -> None:
        self.ignore = options["ignore"]
        self.using = options["database"]
        self.app_label = options["app_label"]
        self.verbosity = options["verbosity"]
        self.excluded_models, self.excluded_apps = parse_apps_and_model_labels(options["exclude"])
        self.format = options["format"]
        with transaction.atomic(using=self.using):
            self.loaddata(fixture_labels)
        # Outside of a transaction nothing is left of the session, which MySQL may end by itself.
        if transaction.get_autocommit(self.using):
            connections[self.using].close()

    @cached_property
    def compression_formats(self) -> dict[Any, Any]:
        """How files are opened by their ending; None for those that are not compressed."""
        packed: dict[Any, Any] = {"bz2": bz2.BZ2File, "gz": gzip.GzipFile, "zip": SingleZipReader}
        packed |= {"lzma": lzma.LZMAFile, "xz": lzma.LZMAFile}
        return {None: (open, "rb"), "stdin": (lambda *_: sys.stdin, None)} | {
            ending: (opener, "r" if ending == "zip" else "rb") for ending, opener in packed.items()
        }

    def reset_sequences(self, connection: Any, models: Any) -> None:
        """Let sequences go on after the keys that were loaded."""
        statements = connection.ops.sequence_reset_sql(no_style(), models)
        if not statements:
            return
        if self.verbosity >= 2:
            self.stdout.write("Resetting sequences")
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def loaddata(self, fixture_labels: tuple[str, ...]) -> None:
        """Load the fixtures, with constraints checked at the end."""
        connection = connections[self.using]
        self.fixture_count = self.loaded_object_count = self.fixture_object_count = 0
        self.models: set[Any] = set()
        self.serialization_formats = serializers.get_public_serializer_formats()
        for label in fixture_labels:
            if self.find_fixtures(label):
                break
        else:
            return
        self.objs_with_deferred_fields: list[Any] = []
        with connection.constraint_checks_disabled():
            for label in fixture_labels:
                self.load_label(label)
            for obj in self.objs_with_deferred_fields:
                obj.save_deferred_fields(using=self.using)
        tables = [model._meta.db_table for model in self.models]
        try:
            connection.check_constraints(table_names=tables)
        except Exception as error:
            error.args = (f"Problem installing fixtures: {error}",)
            raise
        if self.loaded_object_count > 0:
            self.reset_sequences(connection, self.models)
        if self.verbosity >= 1:
            installed, found = self.loaded_object_count, self.fixture_object_count
            of = "" if found == installed else f" (of {found})"
            self.stdout.write(f"Installed {installed} object(s){of} from {self.fixture_count} fixture(s)")

    def save_obj(self, obj: Any) -> bool:
        """Save one object, if it belongs into this database and is not left out."""
        model = obj.object.__class__
        if model._meta.app_config in self.excluded_apps or model in self.excluded_models:
            return False
        if not router.allow_migrate_model(self.using, model):
            return False
        self.models.add(model)
        try:
            obj.save(using=self.using)
        except (DatabaseError, IntegrityError, ValueError) as error:
            error.args = (
                f"Could not load {obj.object._meta.label}(pk={obj.object.pk}): {error.args[0] if error.args else error}",
            )
            raise
        if obj.deferred_fields:
            self.objs_with_deferred_fields.append(obj)
        return True

    def load_label(self, fixture_label: str) -> None:
        """Load the files of one fixture."""
        show_progress = self.verbosity >= 3
        for path, folder, name in self.find_fixtures(fixture_label):
            _, format, compression = self.parse_name(os.path.basename(path))
            assert format is not None  # files are looked for by their formats
            opener, mode = self.compression_formats[compression]
            fixture = opener(path, mode)
            self.fixture_count += 1
            found = loaded = 0
            if self.verbosity >= 2:
                where = f"'{folder}'" if folder else "absolute path"
                self.stdout.write(f"Installing {format} fixture '{name}' from {where}.")
            try:
                objects = serializers.deserialize(
                    format,
                    fixture,
                    using=self.using,
                    ignorenonexistent=self.ignore,
                    handle_forward_references=True,
                )
                for obj in objects:
                    found += 1
                    if self.save_obj(obj):
                        loaded += 1
                        if show_progress:
                            self.stdout.write(f"\rProcessed {loaded} object(s).", ending="")
            except Exception as error:
                if not isinstance(error, CommandError):
                    error.args = (f"Problem installing fixture '{path}': {error}",)
                raise
            finally:
                fixture.close()
            if found and show_progress:
                self.stdout.write("")
            self.loaded_object_count += loaded
            self.fixture_object_count += found
            if found == 0:
                warnings.warn(
                    f"No fixture data found for '{name}'. (File format may be invalid.)",
                    RuntimeWarning,
                    stacklevel=2,
                )

    def get_fixture_name_and_dirs(self, fixture_name: str) -> tuple[str, list[str]]:
        """Return the name without folders, and where to look for it."""
        folder, name = os.path.split(fixture_name)
        if os.path.isabs(fixture_name):
            return name, [folder]
        places = (
            [os.path.join(place, folder) for place in self.fixture_dirs]
            if os.path.sep in os.path.normpath(fixture_name)
            else self.fixture_dirs
        )
        return name, places

    def get_targets(self, fixture_name: str, format: str | None, compression: str | None) -> set[str]:
        """Return the names that files of this fixture may have."""
        databases = [self.using, None]
        formats = self.serialization_formats if format is None else [format]
        packings = list(self.compression_formats) if compression is None else [compression]
        return {
            ".".join(part for part in (fixture_name, database, kind, packing) if part)
            for database, kind, packing in product(databases, formats, packings)
            if packing != "stdin"
        }

    def find_fixture_files_in_dir(
        self, folder: str, name: str, targets: set[str]
    ) -> list[tuple[str, str, str]]:
        """Return the files in a folder that have one of the names."""
        files = glob.iglob(os.path.join(glob.escape(folder), glob.escape(name) + "*"))
        return [(path, folder, name) for path in files if os.path.basename(path) in targets]

    @functools.cache  # noqa: B019 - a command lives for one call
    def find_fixtures(self, fixture_label: str) -> list[tuple[str, str | None, str]]:
        """Return the files of a fixture as (path, folder, name). Raises `CommandError`."""
        if fixture_label == READ_STDIN:
            return [(READ_STDIN, None, READ_STDIN)]
        fixture_name, format, compression = self.parse_name(fixture_label)
        if self.verbosity >= 2:
            self.stdout.write(f"Loading '{fixture_name}' fixtures...")
        name, folders = self.get_fixture_name_and_dirs(fixture_name)
        targets = self.get_targets(name, format, compression)
        found: list[Any] = []
        for folder in folders:
            shown = f"'{folder}'" if folder else "absolute path"
            if self.verbosity >= 2:
                self.stdout.write(f"Checking {shown} for fixtures...")
            here = self.find_fixture_files_in_dir(folder, name, targets)
            if self.verbosity >= 2 and not here:
                self.stdout.write(f"No fixture '{name}' in {shown}.")
            # With all formats at choice there can be several, and nobody could say which is meant.
            if len(here) > 1:
                raise CommandError(f"Multiple fixtures named '{name}' in {shown}. Aborting.")
            found += here
        if not found:
            raise CommandError(f"No fixture named '{fixture_name}' found.")
        return found

    @cached_property
    def fixture_dirs(self) -> list[str]:
        """Where fixtures are looked for: apps, FIXTURE_DIRS, and here."""
        extra = [os.fspath(folder) for folder in settings.FIXTURE_DIRS]
        if len(extra) != len(set(extra)):
            raise ImproperlyConfigured("settings.FIXTURE_DIRS contains duplicates.")
        folders: list[str] = []
        for config in apps.get_app_configs():
            own = os.path.join(config.path, "fixtures")
            if own in extra:
                raise ImproperlyConfigured(
                    f"'{own}' is a default fixture directory for the '{config.label}' app and cannot be listed in "
                    "settings.FIXTURE_DIRS."
                )
            if (not self.app_label or config.label == self.app_label) and os.path.isdir(own):
                folders.append(own)
        return [os.path.realpath(folder) for folder in [*folders, *extra, ""]]

    def parse_name(self, fixture_name: str) -> tuple[str, str | None, str | None]:
        """Return (name, format, compression) of a fixture's name. Raises `CommandError` for an unknown format."""
        if fixture_name == READ_STDIN:
            if not self.format:
                raise CommandError("--format must be specified when reading from stdin.")
            return READ_STDIN, self.format, "stdin"
        parts = fixture_name.rsplit(".", 2)
        compression = None
        if len(parts) > 1 and parts[-1] in self.compression_formats:
            compression = parts.pop()
        if len(parts) > 1 and parts[-1] in self.serialization_formats:
            return ".".join(parts[:-1]), parts[-1], compression
        if len(parts) > 1:
            raise CommandError(
                f"Problem installing fixture '{'.'.join(parts[:-1])}': {parts[-1]} is not a known serialization format."
            )
        return ".".join(parts), None, compression


def humanize(dirname: str) -> str:
    """Return a folder as messages have it."""
    return f"'{dirname}'" if dirname else "absolute path"
