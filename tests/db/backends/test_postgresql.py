"""PostgreSQL: in workers queries wait on the loop, connections survive a restart, errors say what to do."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import pytest

from nuages.db import IntegrityError, OperationalError, connections, transaction
from nuages.db.backends.statement import Statement
from nuages.spine import ThreadLane, WorkerLane
from tests.spine.conftest import Run

SLEEP = Statement("SELECT pg_sleep(0.2)")


def fetch(statement: Statement, params: Any = ()) -> Any:
    return connections["postgres"].fetch(statement, params)


def test_queries_of_many_workers_wait_at_the_same_time(postgres: Any, run: Run) -> None:
    async def main() -> float:
        lane = WorkerLane()
        started = time.perf_counter()
        await asyncio.gather(*(lane.run(fetch, SLEEP) for _ in range(10)))
        return time.perf_counter() - started

    assert run(main()) < 10 * 0.2 / 2


def test_more_requests_than_connections_wait_for_their_turn(postgres: Any, run: Run) -> None:
    connections.settings["postgres"]["OPTIONS"]["max_connections"] = 3
    connections.close_idle("postgres")

    async def main() -> int:
        lane = WorkerLane()
        return len(await asyncio.gather(*(lane.run(fetch, Statement("SELECT 1")) for _ in range(50))))

    assert run(main()) == 50


def test_a_statement_gives_the_same_in_every_lane(postgres: Any, run: Run) -> None:
    statement = Statement("SELECT %s::int + 1, 'a%%'")

    async def main() -> list[Any]:
        threads = ThreadLane()
        found = [await WorkerLane().run(fetch, statement, (1,)), await threads.run(fetch, statement, (1,))]
        threads.close()
        return found

    assert fetch(statement, (1,)) == [(2, "a%")]
    assert run(main()) == [[(2, "a%")]] * 2


def test_a_connection_that_the_server_has_ended_is_replaced_for_the_next_request(
    postgres: Any, run: Run
) -> None:
    def backend() -> int:
        return int(fetch(Statement("SELECT pg_backend_pid()"))[0][0])

    async def main() -> tuple[int, int]:
        first = await WorkerLane().run(backend)
        postgres.fetch(Statement("SELECT pg_terminate_backend(%s)"), (first,))
        with contextlib.suppress(OperationalError):  # the one that was to use it may notice, nobody else
            await WorkerLane().run(backend)
        return first, await WorkerLane().run(backend)

    first, second = run(main())
    assert first != second


def test_blocks_and_errors_work_as_everywhere(postgres: Any) -> None:
    insert = Statement("INSERT INTO note (text) VALUES (%s)")
    with transaction.atomic(using="postgres"):
        postgres.run(insert, ("a",))
        with pytest.raises(IntegrityError), transaction.atomic(using="postgres"):
            postgres.run(insert, (None,))
        postgres.run(insert, ("b",))
    assert postgres.fetch(Statement("SELECT text FROM note ORDER BY id")) == [("a",), ("b",)]


def test_rows_come_in_chunks(postgres: Any) -> None:
    numbers = Statement("SELECT generate_series(1, 250)")
    with transaction.atomic(using="postgres"):
        chunks = list(postgres.fetch_chunks(numbers, (), 100))
    assert [len(chunk) for chunk in chunks] == [100, 100, 50]
