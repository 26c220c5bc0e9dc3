"""SQLite: many writers, children of a transaction, slow statements, what a connection is like."""

from __future__ import annotations

import asyncio
import datetime
import sqlite3
import time
from typing import Any

import pytest

from nuages.db import IntegrityError, OperationalError, connections, transaction
from nuages.db.backends.statement import Statement
from nuages.spine import ThreadLane, WorkerLane, in_worker, wait
from tests.spine.conftest import Run

INSERT = Statement("INSERT INTO note (text) VALUES (%s)")
COUNT = Statement("SELECT count(*) FROM note")


def add(text: str) -> None:
    connections["file"].run(INSERT, (text,))


def count() -> int:
    row = connections["file"].fetch_one(COUNT)
    assert row is not None
    return int(row[0])


def add_slowly(text: str, seconds: float = 0.0) -> None:
    with transaction.atomic(using="file"):
        add(text)
        if in_worker():
            wait(asyncio.sleep(seconds))
        else:
            time.sleep(seconds)
        add(text)


def test_a_file_has_a_write_ahead_log_and_checks_foreign_keys(file: Any) -> None:
    with file.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_two_hundred_writers_in_workers_all_get_their_turn(file: Any, run: Run) -> None:
    async def main() -> None:
        lane = WorkerLane()
        await asyncio.gather(*(lane.run(add_slowly, str(number), 0.001) for number in range(200)))

    run(main())
    assert count() == 400


def test_writers_in_threads_and_workers_stand_in_one_line(file: Any, run: Run) -> None:
    async def main() -> None:
        workers, threads = WorkerLane(), ThreadLane(core=4)
        await asyncio.gather(
            *(workers.run(add_slowly, "w", 0.001) for _ in range(40)),
            *(threads.run(add_slowly, "t", 0.001) for _ in range(40)),
        )
        threads.close()

    run(main())
    assert count() == 160


def test_a_line_that_moves_is_waited_for_however_long_it_is(file: Any, run: Run) -> None:
    connections.settings["file"]["OPTIONS"]["timeout"] = 1.0

    async def main() -> None:
        workers, threads = WorkerLane(), ThreadLane(core=20)
        await asyncio.gather(
            *(lane.run(add_slowly, "x", 0.05) for lane in (workers, threads) for _ in range(20)),
        )
        threads.close()

    run(main())
    assert count() == 80


def test_a_writer_that_does_not_end_is_not_waited_for(file: Any, run: Run) -> None:
    connections.settings["file"]["OPTIONS"]["timeout"] = 0.1

    async def main() -> None:
        endless = asyncio.ensure_future(WorkerLane().run(add_slowly, "x", 3))
        await asyncio.sleep(0.05)
        with pytest.raises(OperationalError, match="locked"):
            await WorkerLane().run(add, "y")
        endless.cancel()

    run(main())


def test_writers_come_in_the_order_of_their_arrival(file: Any, run: Run) -> None:
    done: list[int] = []

    def write(number: int) -> None:
        add_slowly(str(number), 0.001)
        done.append(number)

    async def main() -> None:
        await asyncio.gather(*(WorkerLane().run(write, number) for number in range(20)))

    run(main())
    assert done == list(range(20))


def test_reading_goes_on_while_somebody_writes(file: Any, run: Run) -> None:
    async def main() -> int:
        writer = asyncio.ensure_future(WorkerLane().run(add_slowly, "x", 0.2))
        await asyncio.sleep(0.05)
        seen = await WorkerLane().run(count)
        assert not writer.done()
        await writer
        return seen

    assert run(main()) == 0


def test_a_lock_held_by_another_process_ends_in_an_error_without_holding_the_loop(
    file: Any, run: Run
) -> None:
    connections.settings["file"]["OPTIONS"]["timeout"] = 0.2
    other = sqlite3.connect(file.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    async def main() -> None:
        ticking = asyncio.ensure_future(tick())
        with pytest.raises(OperationalError, match="locked"):
            await WorkerLane().run(add, "x")
        ticking.cancel()

    try:
        run(main())
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert ticks > 5


def in_child_task(function: Any) -> Any:
    """What user code does: start a task of its own and wait for it."""

    async def child() -> Any:
        return function()

    async def start() -> Any:
        return await asyncio.create_task(child())

    return wait(start())


def test_a_child_task_sees_what_its_parents_transaction_has_written(file: Any, run: Run) -> None:
    def parent() -> tuple[int, int]:
        with transaction.atomic(using="file"):
            add("x")
            inside = in_child_task(count)
        return inside, count()

    async def main() -> tuple[int, int]:
        return await WorkerLane().run(parent)

    assert run(main()) == (1, 1)


def test_a_childs_block_is_a_savepoint_of_the_parents_transaction(file: Any, run: Run) -> None:
    def fail() -> None:
        with transaction.atomic(using="file"):
            add("child")
            raise ZeroDivisionError

    def parent() -> int:
        with transaction.atomic(using="file"):
            add("parent")
            with pytest.raises(ZeroDivisionError):
                in_child_task(fail)
        return count()

    async def main() -> int:
        return await WorkerLane().run(parent)

    assert run(main()) == 1


def test_children_of_one_transaction_take_turns_block_by_block(file: Any, run: Run) -> None:
    def parent() -> int:
        async def child(number: int) -> None:
            add_slowly(str(number), 0.001)

        async def children() -> None:
            await asyncio.gather(*(child(number) for number in range(10)))

        with transaction.atomic(using="file"):
            wait(children())
        return count()

    async def main() -> int:
        return await WorkerLane().run(parent)

    assert run(main()) == 20
    pairs = file.fetch(Statement("SELECT text FROM note ORDER BY id"))
    assert all(pairs[place] == pairs[place + 1] for place in range(0, 20, 2))


def test_outside_of_transactions_each_task_has_a_connection_of_its_own(file: Any, run: Run) -> None:
    def parent() -> bool:
        mine = connections["file"]
        return in_child_task(lambda: connections["file"]) is not mine

    async def main() -> bool:
        return await WorkerLane().run(parent)

    assert run(main())


def test_a_failed_statement_raises_the_documented_exception_with_its_cause(file: Any) -> None:
    with pytest.raises(IntegrityError) as caught:
        file.run(INSERT, (None,))
    assert isinstance(caught.value.__cause__, sqlite3.IntegrityError)


def test_columns_of_dates_arrive_as_dates(file: Any) -> None:
    with file.cursor() as cursor:
        cursor.execute("CREATE TABLE day (d date, at datetime, on_ bool)")
        cursor.execute("INSERT INTO day VALUES ('2026-11-22', '2026-11-22 10:00:00.5', 1)")
        cursor.execute("SELECT * FROM day")
        assert cursor.fetchone() == (
            datetime.date(2026, 11, 22),
            datetime.datetime(2026, 11, 22, 10, 0, 0, 500000),
            True,
        )


def test_what_a_column_of_dates_holds_and_is_none_arrives_as_none(file: Any) -> None:
    """The column of a field that was one of moments, say: its rows keep the hours they had."""
    with file.cursor() as cursor:
        cursor.execute("CREATE TABLE day (d date, t time, at datetime)")
        cursor.execute("INSERT INTO day VALUES ('2026-11-22 10:00:00', '2026-11-22 10:00:00', 'soon')")
        cursor.execute("INSERT INTO day VALUES ('2026-1-2', '7:05', '2026-1-2 7:05')")
        cursor.execute("SELECT * FROM day")
        assert cursor.fetchall() == [
            (None, None, None),
            (datetime.date(2026, 1, 2), datetime.time(7, 5), datetime.datetime(2026, 1, 2, 7, 5)),
        ]


def test_a_cursor_takes_both_kinds_of_placeholders(file: Any) -> None:
    with file.cursor() as cursor:
        assert cursor.execute("SELECT %s, '100%%'", ["a"]).fetchone() == ("a", "100%")
        assert cursor.execute("SELECT %(x)s", {"x": 3}).fetchone() == (3,)
        assert cursor.execute("SELECT '100%'").fetchone() == ("100%",)


def test_requests_take_connections_over_from_each_other(file: Any, run: Run) -> None:
    def which() -> int:
        connection = connections["file"]
        connection.ensure_connection()
        return id(connection)

    async def main() -> set[int]:
        return {await WorkerLane().run(which) for _ in range(5)}

    assert len(run(main())) == 1


def test_a_request_that_leaves_a_transaction_open_leaves_none_to_the_next(file: Any, run: Run) -> None:
    def careless() -> None:
        transaction.set_autocommit(False, using="file")
        add("x")

    async def main() -> int:
        await WorkerLane().run(careless)
        return int(await WorkerLane().run(count))

    assert run(main()) == 0
