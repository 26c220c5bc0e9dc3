"""Test databases of SQLite: in memory, unless a file is asked for."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import sys
from typing import Any

from nuages.db.backends.base.creation import BaseDatabaseCreation, _says_yes
from nuages.db.backends.sqlite3.names import is_in_memory
from nuages.db.exceptions import NotSupportedError

IN_MEMORY = "file:memorydb_{}?mode=memory&cache=shared"


class DatabaseCreation(BaseDatabaseCreation):
    # A database in memory is gone with its connection: the real close comes last, in _destroy_test_db.
    destroy_test_db_connection_close_method: str | None = "close"

    @staticmethod
    def is_in_memory_db(database_name: Any) -> bool:
        """Say whether a name means a database in memory."""
        return is_in_memory(database_name)

    def _get_test_db_name(self) -> str:
        name = self.connection.settings_dict["TEST"]["NAME"] or ":memory:"
        # With a name and a shared cache, other threads can open it as well.
        return IN_MEMORY.format(self.connection.alias) if name == ":memory:" else name

    def _create_test_db(self, verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
        name = self._get_test_db_name()
        if keepdb or self.is_in_memory_db(name):
            return name
        if os.access(name, os.F_OK):
            if not autoclobber and not _says_yes(
                f"Type 'yes' if you would like to try deleting the test database '{name}', or 'no' to cancel: "
            ):
                self.log("Tests cancelled.")
                sys.exit(1)
            if verbosity >= 1:
                self.log(
                    f"Destroying old test database for alias {self._get_database_display_str(verbosity, name)}..."
                )
            try:
                _remove(name)
            except OSError as error:
                self.log(f"Got an error deleting the old test database: {error}")
                sys.exit(2)
        return name

    def get_test_db_clone_settings(self, suffix: str) -> dict[str, Any]:
        original = self.connection.settings_dict
        name = original["NAME"]
        if self.is_in_memory_db(name):
            method = multiprocessing.get_start_method()
            if method == "fork":
                return original  # the child gets the memory with everything in it
            if method not in {"forkserver", "spawn"}:
                raise NotSupportedError(f"Cloning with start method {method!r} is not supported.")
            return {**original, "NAME": f"{self.connection.alias}_{suffix}.sqlite3"}
        root, extension = os.path.splitext(name)
        return {**original, "NAME": f"{root}_{suffix}{extension}"}

    def _clone_test_db(self, suffix: str, verbosity: int, keepdb: bool = False) -> None:
        source = self.connection.settings_dict["NAME"]
        target = self.get_test_db_clone_settings(suffix)["NAME"]
        if keepdb and os.access(target, os.F_OK):
            return
        if source == target:
            return
        if not self.is_in_memory_db(source):
            if os.access(target, os.F_OK):
                if verbosity >= 1:
                    self.log(
                        f"Destroying old test database for alias {self._get_database_display_str(verbosity, target)}..."
                    )
                _remove(target)
            try:
                shutil.copy(source, target)
            except OSError as error:
                self.log(f"Got an error cloning the test database: {error}")
                sys.exit(2)
            return
        # A process that is spawned has none of our memory: it reads the copy from a file.
        on_disk = sqlite3.connect(target)
        try:
            self.connection.ensure_connection()
            self.connection.connection.backup(on_disk)
        finally:
            on_disk.close()

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        if test_database_name and not self.is_in_memory_db(test_database_name):
            _remove(test_database_name)
        elif test_database_name:
            self.connection.discard()

    def test_db_signature(self) -> tuple[Any, ...]:
        name = self._get_test_db_name()
        own = self.connection.alias if self.is_in_memory_db(name) else name
        return self.connection.settings_dict["NAME"], own

    def setup_worker_connection(self, _worker_id: int) -> None:
        settings_dict = self.get_test_db_clone_settings(str(_worker_id))
        method = multiprocessing.get_start_method()
        alias = self.connection.alias
        if method == "fork":
            super().setup_worker_connection(_worker_id)
            return
        # Read the copy on disk into memory, where this process alone works with it.
        in_memory = IN_MEMORY.format(f"{alias}_{_worker_id}")
        source = self.connection.Database.connect(f"file:{settings_dict['NAME']}?mode=ro", uri=True)
        target = sqlite3.connect(in_memory, uri=True)
        source.backup(target)
        source.close()
        self.connection.settings_dict.update({**settings_dict, "NAME": in_memory})
        # A database in memory lives as long as a connection to it: open ours before the other goes.
        self.connection.connection = None
        self.connection.connect()
        target.close()
        if os.environ.get("RUNNING_DJANGOS_TEST_SUITE") == "true":
            self.mark_expected_failures_and_skips()


def _remove(name: str) -> None:
    """Delete a database file with the files of its write-ahead log."""
    os.remove(name)
    for extra in ("-wal", "-shm"):
        if os.path.exists(name + extra):
            os.remove(name + extra)
