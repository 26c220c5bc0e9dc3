"""Test databases: made, cloned for parallel runs, serialized, and dropped."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from io import StringIO
from typing import Any
from unittest import expectedFailure, skip

from nuages.apps import apps
from nuages.conf import settings
from nuages.db import router
from nuages.db.transaction import atomic
from nuages.utils.module_loading import import_string

#: What the name of a test database begins with.
TEST_DATABASE_PREFIX = "test_"


class BaseDatabaseCreation:
    """Creates and destroys the test database of a connection."""

    #: The connection's method that closes it before its test database is dropped; None for none.
    destroy_test_db_connection_close_method: str | None = "close"

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def _nodb_cursor(self) -> Any:
        return self.connection._nodb_cursor()

    def log(self, msg: str) -> None:
        """Say what is being done."""
        sys.stderr.write(msg + os.linesep)

    # Creating

    def create_test_db(
        self,
        verbosity: int = 1,
        autoclobber: bool = False,
        serialize: bool | None = None,
        keepdb: bool = False,
    ) -> str:
        """Create the test database, connect to it and migrate it. Return its name.

        With `keepdb` an existing one is used as it is; `autoclobber` drops it without asking.
        """
        from nuages.core.management import call_command

        name = self._get_test_db_name()
        if verbosity >= 1:
            action = "Using existing" if keepdb else "Creating"
            self.log(f"{action} test database for alias {self._get_database_display_str(verbosity, name)}...")
        # Where the database is kept, this makes it if it is not there, and does nothing else.
        self._create_test_db(verbosity, autoclobber, keepdb)
        self.connection.close()
        settings.DATABASES[self.connection.alias]["NAME"] = name
        self.connection.settings_dict["NAME"] = name
        self._migrate(verbosity)
        if serialize is not None:
            self._serialize_as_before(serialize)
        call_command("createcachetable", database=self.connection.alias)
        self.connection.ensure_connection()
        if os.environ.get("RUNNING_DJANGOS_TEST_SUITE") == "true":
            self.mark_expected_failures_and_skips()
        return name

    def _migrate(self, verbosity: int) -> None:
        """Migrate all apps; with `TEST["MIGRATE"]` off, create their tables from the models instead."""
        from nuages.core.management import call_command

        migrate = self.connection.settings_dict["TEST"]["MIGRATE"]
        modules = settings.MIGRATION_MODULES
        try:
            if migrate is False:
                settings.MIGRATION_MODULES = {config.label: None for config in apps.get_app_configs()}
            call_command(
                "migrate",
                # A test run shows its own progress; that of the migrations only when asked for details.
                verbosity=max(verbosity - 1, 0),
                database=self.connection.alias,
                run_syncdb=True,
                interactive=False,
            )
        finally:
            if migrate is False:
                settings.MIGRATION_MODULES = modules

    def _serialize_as_before(self, serialize: bool) -> None:
        import warnings

        from nuages.utils.deprecation import RemovedInDjango2028Warning

        warnings.warn(
            "DatabaseCreation.create_test_db(serialize) is deprecated. Call "
            "DatabaseCreation.serialize_test_db() once all test databases are set up "
            "instead if you need fixtures persistence between tests.",
            category=RemovedInDjango2028Warning,
            stacklevel=3,
        )
        if serialize:
            self.serialize_test_db()

    def serialize_test_db(self) -> None:
        """Remember what migrations have put into the database, for tests with `serialized_rollback`."""
        self.connection._test_serialized_contents = self.serialize_db_to_string()

    def set_as_test_mirror(self, primary_settings_dict: dict[str, Any]) -> None:
        """Use another alias's test database."""
        self.connection.settings_dict["NAME"] = primary_settings_dict["NAME"]

    # Contents

    def serialize_db_to_string(self) -> str:
        """Return the rows of all migrated apps."""
        from nuages.core import serializers

        out = StringIO()
        serializers.serialize("json", self._rows_of_migrated_apps(), indent=None, stream=out)
        return out.getvalue()

    def _rows_of_migrated_apps(self) -> Iterator[Any]:
        from nuages.db.migrations.loader import MigrationLoader

        alias = self.connection.alias
        migrated = MigrationLoader(self.connection).migrated_apps
        for config in apps.get_app_configs():
            if config.models_module is None or config.label not in migrated:
                continue
            for model in config.get_models():
                if model._meta.can_migrate(self.connection) and router.allow_migrate_model(alias, model):
                    rows = model._base_manager.using(alias).order_by(model._meta.pk.name)
                    chunk = 2000 if rows._prefetch_related_lookups else None
                    yield from rows.iterator(chunk_size=chunk)

    def deserialize_db_from_string(self, data: str) -> None:
        """Put rows from `serialize_db_to_string` back."""
        from nuages.core import serializers

        tables: dict[str, None] = {}
        with atomic(using=self.connection.alias):
            # Rows may point to rows that come later.
            with self.connection.constraint_checks_disabled():
                for item in serializers.deserialize("json", StringIO(data), using=self.connection.alias):
                    item.save()
                    tables[item.object._meta.db_table] = None
            self.connection.check_constraints(table_names=list(tables))

    # Names

    def _get_database_display_str(self, verbosity: int, database_name: str) -> str:
        name = f" ({database_name!r})" if verbosity >= 2 else ""
        return f"'{self.connection.alias}'{name}"

    def _get_test_db_name(self) -> str:
        database = self.connection.settings_dict
        return database["TEST"]["NAME"] or TEST_DATABASE_PREFIX + database["NAME"]

    def test_db_signature(self) -> tuple[Any, ...]:
        """Return what tells this test database from others: aliases with the same one share it."""
        database = self.connection.settings_dict
        return (*(database[part] for part in ("HOST", "PORT", "ENGINE")), self._get_test_db_name())

    # What a backend does differently

    def _execute_create_test_db(self, cursor: Any, parameters: dict[str, str], keepdb: bool = False) -> None:
        cursor.execute("CREATE DATABASE {dbname} {suffix}".format(**parameters))

    def sql_table_creation_suffix(self) -> str:
        """Return what stands after CREATE DATABASE and the name."""
        return ""

    def _create_test_db(self, verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
        name = self._get_test_db_name()
        parameters = {
            "dbname": self.connection.ops.quote_name(name),
            "suffix": self.sql_table_creation_suffix(),
        }
        with self._nodb_cursor() as cursor:
            try:
                self._execute_create_test_db(cursor, parameters, keepdb)
            except Exception as error:
                if keepdb:
                    return name  # it is there already, as it should be
                self.log(f"Got an error creating the test database: {error}")
                if not autoclobber and not _says_yes(
                    f"Type 'yes' if you would like to try deleting the test database '{name}', or 'no' to cancel: "
                ):
                    self.log("Tests cancelled.")
                    sys.exit(1)
                self._create_over(cursor, parameters, verbosity, keepdb)
        return name

    def _create_over(self, cursor: Any, parameters: dict[str, str], verbosity: int, keepdb: bool) -> None:
        """Drop what is in the way, and create."""
        try:
            if verbosity >= 1:
                shown = self._get_database_display_str(verbosity, parameters["dbname"])
                self.log(f"Destroying old test database for alias {shown}...")
            cursor.execute("DROP DATABASE {dbname}".format(**parameters))
            self._execute_create_test_db(cursor, parameters, keepdb)
        except Exception as error:
            self.log(f"Got an error recreating the test database: {error}")
            sys.exit(2)

    def clone_test_db(
        self, suffix: str, verbosity: int = 1, autoclobber: bool = False, keepdb: bool = False
    ) -> None:
        """Copy the test database for a process of a parallel run."""
        source = self.connection.settings_dict["NAME"]
        if verbosity >= 1:
            action = "Using existing clone" if keepdb else "Cloning test database"
            self.log(f"{action} for alias {self._get_database_display_str(verbosity, source)}...")
        self._clone_test_db(suffix, verbosity, keepdb)

    def get_test_db_clone_settings(self, suffix: str) -> dict[str, Any]:
        """Return the settings of a copy."""
        original = self.connection.settings_dict
        return {**original, "NAME": f"{original['NAME']}_{suffix}"}

    def _clone_test_db(self, suffix: str, verbosity: int, keepdb: bool = False) -> None:
        raise NotImplementedError(
            "The database backend doesn't support cloning databases. "
            "Disable the option to run tests in parallel processes."
        )

    def setup_worker_connection(self, _worker_id: int) -> None:
        """Point the connection of a process of a parallel run to its copy."""
        clone = self.get_test_db_clone_settings(str(_worker_id))
        # The dictionary itself is kept: it is also that of the settings.
        self.connection.settings_dict.update(clone)
        self.connection.close()

    # Destroying

    def destroy_test_db(
        self,
        old_database_name: str | None = None,
        verbosity: int = 1,
        keepdb: bool = False,
        suffix: str | None = None,
    ) -> None:
        """Drop the test database (or the copy with `suffix`) and name the real one again."""
        if self.destroy_test_db_connection_close_method:
            getattr(self.connection, self.destroy_test_db_connection_close_method)()
        self._close_idle()
        database = self.connection.settings_dict
        name = database["NAME"] if suffix is None else self.get_test_db_clone_settings(suffix)["NAME"]
        if verbosity >= 1:
            action = "Preserving" if keepdb else "Destroying"
            self.log(f"{action} test database for alias {self._get_database_display_str(verbosity, name)}...")
        if not keepdb:
            self._destroy_test_db(name, verbosity)
        if old_database_name is not None:
            settings.DATABASES[self.connection.alias]["NAME"] = old_database_name
            database["NAME"] = old_database_name

    def _close_idle(self) -> None:
        """Close connections at rest: they would keep the database from being dropped."""
        from nuages.db import connections

        connections.close_idle(self.connection.alias)

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        with self._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {self.connection.ops.quote_name(test_database_name)}")

    # Django's own test-suite

    def mark_expected_failures_and_skips(self) -> None:
        """Mark the tests that `features` names, of installed test apps."""
        features = self.connection.features
        marks = [(name, expectedFailure) for name in features.django_test_expected_failures]
        marks += [(name, skip(why)) for why, names in features.django_test_skips.items() for name in names]
        for name, mark in marks:
            if name.split(".")[0] in settings.INSTALLED_APPS:
                _mark(name, mark)


def _mark(test: str, mark: Any) -> None:
    owner_path, _, attribute = test.rpartition(".")
    try:
        owner = import_string(owner_path)
    except ImportError:
        owner = import_module(owner_path)
    setattr(owner, attribute, mark(getattr(owner, attribute)))


def _says_yes(question: str) -> bool:
    return input(question) == "yes"
