"""PostgreSQL servers that a test starts by itself: to be stopped, restarted, followed by a replica, promoted."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import require
from tests.server.site import free_port

#: What a server of a test says different from the defaults: it is small, quick to stop, and loses nothing we need.
CONFIGURATION = """\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
full_page_writes = off
shared_buffers = 16MB
max_connections = 60
wal_level = replica
max_wal_senders = 4
hot_standby = on
wal_receiver_status_interval = 1s
logging_collector = off
"""


def binaries() -> Path | None:
    """Return the folder of the server's programs, the newest where there are several; None where there is none."""
    on_path = shutil.which("pg_ctl")
    if on_path and shutil.which("initdb"):
        return Path(on_path).resolve().parent
    versions = [*Path("/usr/lib/postgresql").glob("*/bin/initdb"), *Path("/usr").glob("pgsql-*/bin/initdb")]
    found = sorted(versions, key=lambda path: [int(digits) for digits in re.findall(r"\d+", str(path))])
    return found[-1].parent if found else None


def server_user() -> str | None:
    """Return whom the server is to run as: it refuses to be root's."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


class Cluster:
    """One server with its data, on a port of its own; anybody on this machine may log in as `postgres`."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self.programs = folder, programs
        self.data = folder / "data"
        self.port = free_port()

    def _do(self, program: str, *arguments: str, check: bool = True) -> None:
        done = subprocess.run(
            [self.programs / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=(self.folder / "commands.log").open("a"),
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            user=server_user(),
            timeout=120,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"{program} {' '.join(arguments)} failed:\n{self.log()}")

    def log(self) -> str:
        """Return what the programs and the server have said."""
        files = [self.folder / "commands.log", self.folder / "server.log"]
        return "".join(file.read_text()[-5000:] for file in files if file.exists())

    def create(self) -> None:
        """Make an empty cluster."""
        self._do(
            "initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8",
            "--locale=C", "--no-sync",
        )  # fmt: skip
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(CONFIGURATION)

    def follow(self, primary: Cluster) -> None:
        """Become a copy of `primary` that streams what is written there."""
        where = f"host=127.0.0.1 port={primary.port} user=postgres"
        # -R writes the connection to the primary into the copy's settings.
        self._do(
            "pg_basebackup",
            "-D",
            str(self.data),
            "-d",
            where,
            "-R",
            "-X",
            "stream",
            "-c",
            "fast",
            "--no-sync",
        )

    def _ctl(self, *arguments: str, check: bool = True) -> None:
        log = str(self.folder / "server.log")
        self._do(
            "pg_ctl", "-D", str(self.data), "-l", log, "-o", f"-p {self.port}", "-w", "-t", "60", *arguments,
            check=check,
        )  # fmt: skip

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._ctl("start")

    def stop(self, mode: str = "fast", check: bool = True) -> None:
        """Stop the server: `smart`, `fast` or `immediate`."""
        self._ctl("-m", mode, "stop", check=check)

    def restart(self, mode: str = "fast") -> None:
        """Stop the server and start it again."""
        self._ctl("-m", mode, "restart")

    def promote(self) -> None:
        """Make a replica a server of its own."""
        self._ctl("promote")

    @property
    def settings(self) -> dict[str, Any]:
        """What stands in DATABASES for it."""
        return {
            "ENGINE": "nuages.db.backends.postgresql",
            "NAME": "postgres",
            "USER": "postgres",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
        }

    def connect(self) -> Any:
        """Return a connection of the driver, which commits by itself."""
        import psycopg

        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname="postgres", autocommit=True
        )

    def execute(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        """Run a statement on a connection of its own; return the rows, if it has any."""
        with self.connect() as connection:
            cursor = connection.execute(sql, params or None)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Give a new running server; it and its data are gone afterwards."""
    with _unborn() as made:
        made.create()
        made.start()
        yield made


@contextmanager
def replica_of(primary: Cluster) -> Iterator[Cluster]:
    """Give a running server that follows `primary`."""
    with _unborn() as made:
        made.follow(primary)
        made.start()
        yield made


@contextmanager
def _unborn() -> Iterator[Cluster]:
    programs = binaries()
    require(programs is not None, "needs the programs of a PostgreSQL server (initdb, pg_ctl)")
    assert programs is not None
    # Not pytest's folder: that one is its owner's alone, and the server may have to be somebody else.
    folder = Path(tempfile.mkdtemp(prefix="nuages-cluster-"))
    user = server_user()
    if user is not None:
        shutil.chown(folder, user)
    made = Cluster(folder, programs)
    try:
        yield made
    finally:
        if made.data.exists():
            made.stop("immediate", check=False)
        shutil.rmtree(folder, ignore_errors=True)


def until(condition: Any, seconds: float = 30.0, what: str = "the condition") -> Any:
    """Wait until `condition()` is true, and return it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come true in {seconds:g} seconds")
