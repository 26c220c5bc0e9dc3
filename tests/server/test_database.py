"""Databases under a real server: both colours, many writers, killed workers; on SQLite and PostgreSQL."""

from __future__ import annotations

import concurrent.futures
import http.client
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clusters import until
from tests.conftest import require
from tests.server.shelf import write_shelf
from tests.server.site import Served, running

pytestmark = pytest.mark.slow

SERVER = {
    "host": os.environ.get("PGHOST", "127.0.0.1"),
    "port": os.environ.get("PGPORT", "5432"),
    "user": os.environ.get("PGUSER", "postgres"),
    "password": os.environ.get("PGPASSWORD", ""),
}


def manage(folder: Path, *command: str) -> None:
    """Run a command of the site."""
    done = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def prepared(folder: Path, database: str | None) -> None:
    """Write the site, make its tables and fill them."""
    write_shelf(folder, database)
    manage(folder, "manage.py", "migrate", "--run-syncdb", "--verbosity", "0")
    manage(folder, "seed.py")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shelf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp(request.param)
    name = f"nuages_test_{uuid.uuid4().hex[:12]}"
    database = None
    if request.param == "postgresql":
        psycopg = pytest.importorskip("psycopg")
        try:
            admin = psycopg.connect(**SERVER, dbname="postgres", autocommit=True, connect_timeout=5)
        except psycopg.OperationalError as error:
            require(False, f"needs PostgreSQL on {SERVER['host']}:{SERVER['port']}: {error}")
        admin.execute(f"CREATE DATABASE {name}")
        options = {key.upper(): value for key, value in SERVER.items()}
        database = repr({"ENGINE": "nuages.db.backends.postgresql", "NAME": name, **options})
    try:
        prepared(folder, database)
        with running(folder, "serve", "{port}", "--workers", "2") as served:
            served.wait_until_it_listens()
            yield served
    finally:
        if database is not None:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
            admin.close()


def all_at_once(served: Served, paths: list[str]) -> list[bytes]:
    """Ask for all of the paths at the same time and return the bodies; every answer has to be 200."""

    def ask(path: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read()
            assert response.status == 200, (path, response.status, body[:300], "".join(served.output[-20:]))
            return body
        finally:
            connection.close()

    with concurrent.futures.ThreadPoolExecutor(len(paths)) as pool:
        return list(pool.map(ask, paths))


def test_plain_calls_work_inside_async_def(shelf: Served) -> None:
    assert shelf.get("/plain-calls/")[::2] == (200, b"2 Herbert")


def test_an_async_view_renders_lazy_relations(shelf: Served) -> None:
    assert shelf.get("/lazy-template/")[2] == b"Dune by Herbert;Solaris by Lem;1"


def test_twins_gather_outside_a_transaction(shelf: Served) -> None:
    assert shelf.get("/gathered/")[2] == b"[2, 1, 0, 0, 0]"


def test_twins_gather_inside_a_transaction_and_see_it(shelf: Served) -> None:
    assert shelf.get("/gathered-inside/")[2] == b"[True, True, True, True, True]"
    assert shelf.get("/has/?text=inside")[2] == b"False"


@pytest.mark.parametrize("path", ["write", "awrite", "write-atomically"])
def test_two_hundred_writers_at_once_all_get_their_answer(shelf: Served, path: str) -> None:
    before = int(shelf.get("/count/")[2])
    bodies = all_at_once(shelf, [f"/{path}/?text={path}{n}" for n in range(200)])
    assert set(bodies) == {b"written"}
    assert int(shelf.get("/count/")[2]) == before + 200


def test_a_user_kept_in_a_thread_local_is_never_somebody_elses(shelf: Served) -> None:
    assert set(all_at_once(shelf, [f"/local-user/?user={n}" for n in range(200)])) == {b"True"}


def test_a_lock_held_across_a_query_never_deadlocks(shelf: Served) -> None:
    assert set(all_at_once(shelf, ["/locked/"] * 200)) == {b"locked"}


def test_a_worker_killed_in_a_transaction_loses_nothing_that_was_committed(shelf: Served) -> None:
    shelf.get("/write/?text=kept")
    with pytest.raises((OSError, http.client.HTTPException)):
        shelf.get("/die/")
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if shelf.get("/write/?text=after")[0] == 200:
                break
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
    assert shelf.get("/has/?text=kept")[2] == b"True"
    assert shelf.get("/has/?text=after")[2] == b"True"
    assert shelf.get("/has/?text=lost")[2] == b"False"


def test_broken_database_connections_cost_at_most_the_requests_in_flight(shelf: Served) -> None:
    if "postgresql" not in (shelf.folder / "sitesettings.py").read_text().rpartition("DATABASES")[2]:
        pytest.skip("SQLite has no connections that could break")
    import psycopg

    assert shelf.get("/count/")[0] == 200
    name = (shelf.folder / "sitesettings.py").read_text().rpartition("'NAME': '")[2].partition("'")[0]
    with psycopg.connect(**SERVER, dbname="postgres", autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
    time.sleep(0.2)
    statuses = [shelf.get("/count/")[0] for _ in range(20)]
    assert statuses[-10:] == [200] * 10
    assert statuses.count(200) >= 18


def test_a_query_of_a_visitor_who_leaves_is_stopped_on_the_server(shelf: Served) -> None:
    if "postgresql" not in (shelf.folder / "sitesettings.py").read_text().rpartition("DATABASES")[2]:
        pytest.skip("about the server of a database")
    import psycopg

    running = (
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%a visitor who leaves%' "
        "AND pid != pg_backend_pid()"
    )
    with psycopg.connect(**SERVER, dbname="postgres", autocommit=True) as admin:

        def now() -> int:
            row = admin.execute(running).fetchone()
            assert row is not None
            return int(row[0])

        visitors = []
        for number in range(5):
            visitor = http.client.HTTPConnection("127.0.0.1", shelf.port, timeout=60)
            visitor.request("GET", f"/sleepy/?text=sleepy{number}")
            visitors.append(visitor)
        until(lambda: now() == 5, what="five queries that run")
        for visitor in visitors:
            visitor.close()
        until(lambda: now() == 0, what="an end of the queries")
    assert shelf.get("/has/?text=sleepy0")[2] == b"False"
    assert set(all_at_once(shelf, ["/count/"] * 50)) == {shelf.get("/count/")[2]}
