"""What becomes of a PostgreSQL session: cancelled, broken, aged, shared, left in the middle of something."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import pytest

from nuages.db import NotSupportedError, OperationalError, connections, transaction
from nuages.db.backends.postgresql.driver import Cursor, ServerBindingCursor
from nuages.db.backends.statement import Statement
from nuages.spine import WorkerLane, wait
from tests.db.backends.conftest import other_session, sessions
from tests.spine.conftest import Run

INSERT = Statement("INSERT INTO note (text) VALUES (%s)")
COUNT = Statement("SELECT count(*) FROM note")
PID = Statement("SELECT pg_backend_pid()")
LONG = Statement("SELECT pg_sleep(30), 'a long one'")
RUNNING = "state = 'active' AND query LIKE '%a long one%'"


def fetch(statement: Statement, params: Any = ()) -> Any:
    return connections["postgres"].fetch(statement, params)


async def cancelled_after(seconds: float, function: Any, *args: Any) -> None:
    task = asyncio.ensure_future(WorkerLane().run(function, *args))
    await asyncio.sleep(seconds)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_query_whose_caller_is_gone_is_stopped_on_the_server(postgres: Any, run: Run) -> None:
    def long() -> None:
        pids.append(fetch(PID)[0][0])
        fetch(LONG)

    async def main() -> list[Any]:
        await cancelled_after(0.3, long)
        return [await WorkerLane().run(fetch, PID) for _ in range(3)]

    pids: list[int] = []
    started = time.perf_counter()
    after = run(main())
    assert time.perf_counter() - started < 10
    assert sessions(RUNNING) == 0
    # The connection was clean, so that it went on to the next request.
    assert after == [[(pids[0],)]] * 3


def test_a_transaction_whose_caller_is_gone_is_rolled_back(postgres: Any, run: Run) -> None:
    def long() -> None:
        with transaction.atomic(using="postgres"):
            connections["postgres"].run(INSERT, ("lost",))
            fetch(LONG)

    async def main() -> Any:
        await cancelled_after(0.3, long)
        return await WorkerLane().run(fetch, COUNT)

    assert run(main()) == [(0,)]
    assert sessions(RUNNING) == 0
    assert sessions("state LIKE 'idle in trans%'") == 0


def test_a_caller_that_goes_while_connecting_leaves_no_connection_behind(postgres: Any, run: Run) -> None:
    name = "nuages_left_behind"
    connections.settings["postgres"]["OPTIONS"]["application_name"] = name

    async def main() -> None:
        for _ in range(5):
            await cancelled_after(0, fetch, LONG)
            await cancelled_after(0.005, fetch, LONG)
        await asyncio.sleep(0.5)

    run(main())
    connections.close_idle("postgres")
    # The server takes its time to end what was begun.
    until = time.monotonic() + 10
    while sessions("true") and time.monotonic() < until:
        time.sleep(0.05)
    assert sessions("true") == 0


def test_a_child_task_that_shares_a_connection_waits_for_its_parents_statement(
    postgres: Any, run: Run
) -> None:
    async def child() -> Any:
        return fetch(COUNT)

    def parent() -> tuple[Any, Any]:
        async def begin() -> Any:
            return asyncio.create_task(child())

        with transaction.atomic(using="postgres"):
            connections["postgres"].run(INSERT, ("x",))
            task = wait(begin())
            slept = fetch(Statement("SELECT 1 FROM pg_sleep(0.1)"))  # the child starts while this runs
            return slept, wait(task)

    async def main() -> Any:
        return await asyncio.wait_for(WorkerLane().run(parent), 10)

    assert run(main()) == ([(1,)], [(1,)])


@pytest.mark.parametrize("using", ["fetch", "cursor"])
def test_a_plan_that_a_changed_table_has_spoilt_is_made_again(postgres: Any, using: str) -> None:
    postgres.settings_dict["OPTIONS"].update(server_side_binding=True, prepare_threshold=0)
    postgres.close()
    every = Statement("SELECT * FROM note WHERE id > %s")

    def read() -> list[Any]:
        if using == "fetch":
            return list(postgres.fetch(every, (0,)))
        with postgres.cursor() as cursor:
            cursor.execute(every.sql, (0,))
            return list(cursor.fetchall())

    postgres.run(INSERT, ("a",))
    for _ in range(3):
        assert read() == [(1, "a")]
    other_session(f"ALTER TABLE {schema_of(postgres)}.note ADD COLUMN more int DEFAULT 7")
    for _ in range(3):
        assert read() == [(1, "a", 7)]


def test_inside_a_transaction_a_spoilt_plan_says_what_to_do_and_the_next_one_works(postgres: Any) -> None:
    postgres.settings_dict["OPTIONS"].update(server_side_binding=True, prepare_threshold=0)
    postgres.close()
    every = Statement("SELECT * FROM note")
    for _ in range(3):
        postgres.fetch(every)
    other_session(f"ALTER TABLE {schema_of(postgres)}.note ADD COLUMN more int DEFAULT 7")
    with pytest.raises(NotSupportedError) as caught, transaction.atomic(using="postgres"):
        postgres.fetch(every)
    assert "doing it again works" in "".join(caught.value.__cause__.__notes__)  # type: ignore[union-attr]
    with transaction.atomic(using="postgres"):
        assert postgres.fetch(every) == []


def schema_of(connection: Any) -> str:
    return str(connection.fetch(Statement("SELECT current_schema()"))[0][0])


def backend_of_request() -> int:
    return int(fetch(PID)[0][0])


async def backends(count: int = 2) -> list[int]:
    return [await WorkerLane().run(backend_of_request) for _ in range(count)]


def test_a_request_that_leaves_a_cursor_open_leaves_none_to_the_next(postgres: Any, run: Run) -> None:
    kept: list[Any] = []

    def careless() -> int:
        chunks = connections["postgres"].fetch_chunks(Statement("SELECT generate_series(1, 1000)"), (), 10)
        assert next(chunks)[0] == (1,)
        kept.append(chunks)
        return backend_of_request()

    async def main() -> tuple[int, int]:
        return await WorkerLane().run(careless), await WorkerLane().run(backend_of_request)

    first, second = run(main())
    assert first != second
    with contextlib.suppress(OperationalError):
        kept.pop().close()


def test_chunks_come_one_after_another_in_a_worker(postgres: Any, run: Run) -> None:
    def chunks() -> list[int]:
        found = connections["postgres"].fetch_chunks(Statement("SELECT generate_series(1, 250)"), (), 100)
        return [len(chunk) for chunk in found]

    async def main() -> Any:
        return await WorkerLane().run(chunks), await backends()

    lengths, (first, second) = run(main())
    assert lengths == [100, 100, 50]
    assert first == second


def test_connections_are_kept_for_the_next_request_unless_they_are_too_old(postgres: Any, run: Run) -> None:
    first, second = run(backends())
    assert first == second
    connections.settings["postgres"]["CONN_MAX_AGE"] = 60
    connections.close_idle("postgres")
    first, second = run(backends())
    assert first == second
    connections.settings["postgres"]["CONN_MAX_AGE"] = 0.001
    connections.close_idle("postgres")
    first, second = run(backends())
    assert first != second


def test_without_pool_the_documented_age_counts(postgres: Any, run: Run) -> None:
    connections.settings["postgres"]["OPTIONS"]["pool"] = False
    first, second = run(backends())
    assert first != second
    connections.settings["postgres"]["CONN_MAX_AGE"] = None
    first, second = run(backends())
    assert first == second


def test_health_checks_are_asked_once_for_each_request(postgres: Any, run: Run, monkeypatch: Any) -> None:
    connections.settings["postgres"]["CONN_HEALTH_CHECKS"] = True
    asked: list[Any] = []
    usable = type(postgres).is_usable
    monkeypatch.setattr(type(postgres), "is_usable", lambda self: asked.append(self) or usable(self))

    def twice() -> None:
        fetch(PID)
        fetch(PID)

    async def main() -> None:
        for _ in range(3):
            await WorkerLane().run(twice)

    run(main())
    assert len(asked) == 2  # a new connection is healthy without being asked


def test_what_the_server_says_meanwhile_is_no_reason_to_leave_it(postgres: Any, run: Run) -> None:
    """A notification or a changed parameter lies in the socket of a connection at rest."""

    def listen() -> int:
        fetch_nothing("LISTEN nuages_test")
        return backend_of_request()

    def fetch_nothing(sql: str) -> None:
        with connections["postgres"].cursor() as cursor:
            cursor.execute(sql)

    async def main() -> tuple[int, int]:
        first = await WorkerLane().run(listen)
        other_session("NOTIFY nuages_test")
        await asyncio.sleep(0.1)
        return first, await WorkerLane().run(backend_of_request)

    first, second = run(main())
    assert first == second


def test_a_failed_statement_costs_no_connection(postgres: Any, run: Run) -> None:
    def failing() -> int:
        with pytest.raises(Exception, match="does not exist"):
            fetch(Statement("SELECT * FROM nowhere"))
        return backend_of_request()

    async def main() -> tuple[int, int]:
        return await WorkerLane().run(failing), await WorkerLane().run(backend_of_request)

    first, second = run(main())
    assert first == second


def test_values_of_a_row_go_beside_the_sql_unless_settings_choose_a_cursor(postgres: Any) -> None:
    row = Statement("INSERT INTO note (text) VALUES (%s)", fills_columns=True)
    other = Statement("SELECT %s")
    raw = postgres.connection
    assert isinstance(raw.kept_cursor(row), ServerBindingCursor)
    assert not isinstance(raw.kept_cursor(other), ServerBindingCursor)

    class Chosen(Cursor):
        """A cursor of the project's own."""

    postgres.close()
    postgres.settings_dict["OPTIONS"]["cursor_factory"] = Chosen
    try:
        postgres.ensure_connection()
        assert isinstance(postgres.connection.kept_cursor(row), Chosen)
    finally:
        del postgres.settings_dict["OPTIONS"]["cursor_factory"]
        postgres.close()
