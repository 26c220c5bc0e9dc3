"""A PostgreSQL server that goes and comes back under a running site: it costs the requests in flight, nothing more."""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from tests.clusters import Cluster, cluster, replica_of, until
from tests.server.site import Served, running
from tests.server.test_database import prepared

# initdb and three processes take their time on a busy machine.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CLIENTS = 8
#: How long a visitor of this test waits between two requests.
PAUSE_SECONDS = 0.02


@dataclass
class Answer:
    """What came back for one request: when it was asked and answered, and the status (0 for none)."""

    path: str
    asked: float
    answered: float
    status: int


@dataclass
class Load:
    """Visitors of both lanes who read and write without end."""

    port: int
    answers: list[Answer] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def visit(self, number: int) -> None:
        paths = ["/write/?text=w{}", "/awrite/?text=a{}", "/write-atomically/?text=t{}", "/count/"]
        path = paths[number % len(paths)]
        while not self.over.is_set():
            self.ask(path.format(next(self.numbers)))
            time.sleep(PAUSE_SECONDS)

    def ask(self, path: str) -> None:
        asked, status = time.monotonic(), 0
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            status = response.status
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        self.answers.append(Answer(path, asked, time.monotonic(), status))

    def good_since(self, moment: float, many: int) -> bool:
        return sum(answer.asked > moment and answer.status == 200 for answer in self.answers) >= many


@contextmanager
def load_on(served: Served) -> Iterator[Load]:
    load = Load(served.port)
    visitors = [threading.Thread(target=load.visit, args=(number,)) for number in range(CLIENTS)]
    for visitor in visitors:
        visitor.start()
    try:
        yield load
    finally:
        load.over.set()
        for visitor in visitors:
            visitor.join(60)


@contextmanager
def site_on(folder: Path, database: dict[str, object]) -> Iterator[Served]:
    prepared(folder, repr(database))
    with running(folder, "serve", "{port}", "--workers", "2") as served:
        served.wait_until_it_listens()
        yield served


def written(postgresql: Cluster) -> set[str]:
    return {row[0] for row in postgresql.execute("SELECT rtrim(text, '!') FROM shelf_entry")}


def test_a_restart_costs_at_most_the_requests_in_flight(tmp_path: Path) -> None:
    with cluster() as postgresql, site_on(tmp_path, postgresql.settings) as served, load_on(served) as load:
        periods = []
        for mode in ("fast", "immediate"):
            until(partial(load.good_since, time.monotonic(), 50), what="a site that answers")
            down = time.monotonic()
            postgresql.restart(mode)
            periods.append((down, time.monotonic()))
        until(partial(load.good_since, time.monotonic(), 100), what="a site that answers again")
        load.over.set()
        for answer in load.answers:
            hit = any(answer.answered > down and answer.asked < up for down, up in periods)
            assert answer.status == 200 or (hit and answer.status == 500), (answer, periods, served.output)
        # Who was told that it is written, for him it is.
        promised = {
            answer.path.partition("=")[2]
            for answer in load.answers
            if answer.status == 200 and "write" in answer.path
        }
        assert promised <= written(postgresql)
        assert served.process.poll() is None


def test_a_site_that_names_both_servers_goes_on_with_the_replica_once_it_is_promoted(tmp_path: Path) -> None:
    with cluster() as primary, replica_of(primary) as replica:
        both = {
            **primary.settings,
            "HOST": "127.0.0.1,127.0.0.1",
            "PORT": f"{primary.port},{replica.port}",
            "OPTIONS": {"target_session_attrs": "read-write"},
        }
        with site_on(tmp_path, both) as served:
            assert served.get("/write/?text=before")[0] == 200
            until(lambda: written(replica) == {"before"}, what="replication")
            primary.stop("immediate")
            assert served.get("/write/?text=lost")[0] == 500
            replica.promote()
            assert served.get("/write/?text=after")[0] == 200
            assert served.get("/awrite/?text=after-too")[0] == 200
            assert written(replica) == {"before", "after", "after-too"}
