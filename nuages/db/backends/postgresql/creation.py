"""Test databases of PostgreSQL."""

from __future__ import annotations

import sys
from typing import Any

from nuages.core.exceptions import ImproperlyConfigured
from nuages.db.backends.base.creation import BaseDatabaseCreation
from nuages.db.backends.postgresql.driver import errors


class DatabaseCreation(BaseDatabaseCreation):
    def _suffix(self, encoding: str | None = None, template: str | None = None) -> str:
        words = [f"ENCODING '{encoding}'"] if encoding else []
        words += [f"TEMPLATE {self.connection.ops.quote_name(template)}"] if template else []
        return f"WITH {' '.join(words)}" if words else ""

    def sql_table_creation_suffix(self) -> str:
        test = self.connection.settings_dict["TEST"]
        if test.get("COLLATION") is not None:
            raise ImproperlyConfigured(
                "PostgreSQL does not support collation setting at database creation time."
            )
        return self._suffix(test["CHARSET"], test.get("TEMPLATE"))

    def _database_exists(self, cursor: Any, database_name: str) -> bool:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database_name.strip('"')])
        return cursor.fetchone() is not None

    def _execute_create_test_db(self, cursor: Any, parameters: dict[str, str], keepdb: bool = False) -> None:
        try:
            if keepdb and self._database_exists(cursor, parameters["dbname"]):
                return  # whoever may not create databases can still use one
            super()._execute_create_test_db(cursor, parameters, keepdb)
        except Exception as error:
            if not isinstance(error.__cause__, errors.DuplicateDatabase):
                self.log(f"Got an error creating the test database: {error}")
                sys.exit(2)
            if not keepdb:
                raise

    def _clone_test_db(self, suffix: str, verbosity: int, keepdb: bool = False) -> None:
        # The server copies a database that nobody is connected to.
        self.connection.close()
        self._close_idle()
        source = self.connection.settings_dict["NAME"]
        target = self.get_test_db_clone_settings(suffix)["NAME"]
        parameters = {
            "dbname": self.connection.ops.quote_name(target),
            "suffix": self._suffix(template=source),
        }
        with self._nodb_cursor() as cursor:
            try:
                self._execute_create_test_db(cursor, parameters, keepdb)
            except Exception:
                if verbosity >= 1:
                    self.log(
                        f"Destroying old test database for alias {self._get_database_display_str(verbosity, target)}..."
                    )
                try:
                    cursor.execute(f"DROP DATABASE {parameters['dbname']}")
                    self._execute_create_test_db(cursor, parameters, keepdb)
                except Exception as error:
                    self.log(f"Got an error cloning the test database: {error}")
                    sys.exit(2)

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        self.connection.close_pool()
        super()._destroy_test_db(test_database_name, verbosity)
