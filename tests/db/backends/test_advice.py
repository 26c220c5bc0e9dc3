"""A database that cannot be reached or used: one message that says what to do, for code, commands and pages."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nuages.db import OperationalError, ProgrammingError
from nuages.db.backends.sqlite3 import advice
from nuages.db.backends.sqlite3.base import DatabaseWrapper as SQLite
from nuages.db.backends.statement import Statement
from nuages.db.exceptions import CannotConnect
from tests.clusters import Cluster, cluster
from tests.db.backends.conftest import options_of
from tests.server.shelf import write_shelf

SELECT = Statement("SELECT 1")


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    """A server with a role that needs a password, and a role that has none."""
    pytest.importorskip("psycopg")
    with cluster() as made:
        made.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'")
        access = made.data / "pg_hba.conf"
        access.write_text("host all guarded 127.0.0.1/32 scram-sha-256\n" + access.read_text())
        made.execute("SELECT pg_reload_conf()")
        yield made


def told(error: BaseException) -> str:
    return "\n".join([str(error), *getattr(error, "__notes__", ())])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"PORT": "1"}, ["Connection refused", "pg_isready -h 127.0.0.1 -p 1 -U postgres"]),
        (
            {"NAME": "nowhere"},
            ['database "nowhere" does not exist', "createdb -h 127.0.0.1", "or correct NAME"],
        ),
        ({"USER": "nobody_here"}, ['role "nobody_here" does not exist', "createuser --pwprompt nobody_here"]),
        ({"USER": "guarded", "PASSWORD": "wrong"}, ["password authentication failed", "USER and PASSWORD"]),
        ({"USER": "guarded"}, ["no password supplied", "USER and PASSWORD in DATABASES['somewhere']"]),
        ({"HOST": "no-such-host.invalid"}, ["Correct HOST", "'no-such-host.invalid' has no address"]),
    ],
)
def test_a_server_that_lets_nobody_in_says_what_to_correct(
    server: Cluster, changed: dict[str, str], words: list[str]
) -> None:
    from nuages.db.backends.postgresql.base import DatabaseWrapper

    connection = DatabaseWrapper(options_of("somewhere", **{**server.settings, **changed}), "somewhere")
    with pytest.raises(CannotConnect) as caught:
        connection.fetch(SELECT)
    for word in words:
        assert word in told(caught.value)


def test_a_server_without_room_names_the_settings_that_count(server: Cluster) -> None:
    from nuages.db.backends.postgresql.base import DatabaseWrapper

    server.execute("ALTER ROLE guarded CONNECTION LIMIT 0")
    options = options_of("somewhere", **{**server.settings, "USER": "guarded", "PASSWORD": "right"})
    try:
        with pytest.raises(OperationalError, match="too many connections") as caught:
            DatabaseWrapper(options, "somewhere").ensure_connection()
        assert "DATABASES['somewhere']['OPTIONS']['max_connections']" in told(caught.value)
    finally:
        server.execute("ALTER ROLE guarded CONNECTION LIMIT -1")


def test_a_table_that_is_not_there_sends_to_migrate(postgres: Any, file: Any) -> None:
    for connection, kind in ((postgres, ProgrammingError), (file, OperationalError)):
        with pytest.raises(kind) as caught:
            connection.fetch(Statement("SELECT * FROM library_book"))
        assert "`python manage.py migrate`" in told(caught.value)
        with pytest.raises(kind) as caught, connection.cursor() as cursor:
            cursor.execute("SELECT no_column FROM note")
        assert "`python manage.py migrate`" in told(caught.value)


def opened(path: Path) -> CannotConnect:
    with pytest.raises(CannotConnect) as caught:
        SQLite(options_of("somewhere", ENGINE="nuages.db.backends.sqlite3", NAME=path), "somewhere").fetch(
            SELECT
        )
    return caught.value


def test_a_file_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    assert f"The folder {str(tmp_path / 'none')!r} does not exist" in told(
        opened(tmp_path / "none" / "db.sqlite3")
    )
    assert "is a folder" in told(opened(tmp_path))


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite3"
    path.write_text("something else" * 100)
    connection = SQLite(options_of("somewhere", ENGINE="nuages.db.backends.sqlite3", NAME=path), "somewhere")
    with pytest.raises(Exception, match="not a database") as caught:
        connection.fetch(Statement("SELECT * FROM sqlite_master"))
    assert f"{str(path)!r} is damaged or was written by something else" in told(caught.value)


def test_a_file_that_may_not_be_written_names_the_file_and_its_folder(file: Any) -> None:
    # The user of this test may be one who may write everything: let SQLite itself refuse.
    with file.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
    with pytest.raises(OperationalError, match="readonly") as caught:
        file.run(Statement("INSERT INTO note (text) VALUES (%s)"), ("x",))
    path = Path(file.settings_dict["NAME"])
    assert repr(str(path)) in told(caught.value)
    assert repr(str(path.parent)) in told(caught.value)


def test_names_with_options_are_understood() -> None:
    note = advice.for_running("unable to open database file", "file:/nowhere/db.sqlite3?mode=ro")
    assert note is not None
    assert "'/nowhere' does not exist" in note


@pytest.mark.parametrize("command", ["migrate", "showmigrations", "flush --no-input", "sqlflush"])
def test_commands_end_with_the_message_alone(tmp_path: Path, command: str) -> None:
    pytest.importorskip("psycopg")
    where = {
        "ENGINE": "nuages.db.backends.postgresql",
        "NAME": "x",
        "HOST": "127.0.0.1",
        "PORT": "1",
        "USER": "me",
    }
    write_shelf(tmp_path, repr(where))
    done = manage(tmp_path, *command.split())
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.count("OperationalError: ") == 1
    assert "Is the server running there (`pg_isready -h 127.0.0.1 -p 1 -U me`)" in done.stderr
    assert "Traceback" in manage(tmp_path, *command.split(), "--traceback").stderr


def test_a_missing_driver_is_named_with_the_command_that_installs_it(tmp_path: Path) -> None:
    write_shelf(tmp_path, repr({"ENGINE": "nuages.db.backends.postgresql", "NAME": "x"}))
    (tmp_path / "psycopg.py").write_text("raise ImportError('No module named psycopg', name='psycopg')\n")
    done = manage(tmp_path, "migrate")
    assert done.returncode != 0
    assert "Error loading psycopg module" in done.stderr
    assert "pip install 'nuages[postgres]'" in done.stderr
    assert "Traceback" not in done.stderr


def manage(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"PYTHON_COLORS": "0"},
    )
