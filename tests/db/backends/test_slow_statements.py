"""Slow SQLite statements leave the event loop: how they are found out, where they run, what a cancelled caller leaves."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from nuages.db import connections, models, transaction
from nuages.db.backends.statement import (
    MOST_RUNS_IN_A_ROW,
    RUNS_IN_A_ROW,
    SLOW_SECONDS,
    VERY_SLOW_SECONDS,
    Pace,
    Statement,
    pace_of,
)
from nuages.spine import WorkerLane, wait
from nuages.test.utils import isolate_apps
from tests.spine.conftest import Run

#: Enough for a few dozen times SLOW_SECONDS on any machine; `here()` tells in which thread it runs.
NUMBERS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
COUNT = f"{NUMBERS} SELECT max(i), here() FROM n"
#: The first row comes at once, the others slowly.
ROWS = f"{NUMBERS} SELECT i, here() FROM n WHERE i = 1 OR i > 59990"
WRITE = f"INSERT INTO note (text) {NUMBERS} SELECT here() FROM n WHERE i > 59999"


def quicken(pace: Pace, runs: int) -> None:
    for _ in range(runs):
        pace.took(0)


def slow_down(pace: Pace) -> None:
    for _ in range(RUNS_IN_A_ROW):
        pace.took(SLOW_SECONDS * 2)


def test_one_slow_run_proves_nothing_but_some_in_a_row_do() -> None:
    pace = Pace()
    for _ in range(RUNS_IN_A_ROW - 1):
        pace.took(SLOW_SECONDS * 2)
    pace.took(0)
    assert not pace.slow
    slow_down(pace)
    assert pace.slow
    quicken(pace, RUNS_IN_A_ROW)
    assert not pace.slow


def test_two_very_slow_runs_are_enough() -> None:
    pace = Pace()
    pace.took(VERY_SLOW_SECONDS * 1.01)
    assert not pace.slow
    assert pace.doubtful
    pace.took(VERY_SLOW_SECONDS * 1.01)
    assert pace.slow


def test_it_is_doubtful_from_the_first_run_that_surprises() -> None:
    pace = Pace()
    pace.took(0.001)
    assert pace.calm and not pace.doubtful
    pace.took(1)
    assert pace.doubtful and not pace.calm
    pace.took(0.001)
    assert pace.calm and not pace.doubtful
    while not pace.slow:
        pace.took(1)
    assert not pace.calm
    while pace.slow:
        pace.took(0.001)
    assert pace.calm


def test_what_is_slow_again_and_again_has_to_be_quick_for_longer_each_time() -> None:
    pace = Pace()
    for needed in (3, 6, 12, 24):
        slow_down(pace)
        quicken(pace, needed - 1)
        assert pace.slow
        quicken(pace, 1)
        assert not pace.slow
    for _ in range(12):
        slow_down(pace)
        quicken(pace, MOST_RUNS_IN_A_ROW)
    assert not pace.slow


def by_fetch(connection: Any) -> Any:
    return connection.fetch(by_fetch.statement)[0][1]  # type: ignore[attr-defined]


def by_fetch_one(connection: Any) -> Any:
    return connection.fetch_one(by_fetch_one.statement)[1]  # type: ignore[attr-defined]


def by_cursor(connection: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        return cursor.fetchone()[1]


def by_reading(connection: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(ROWS)
        return cursor.fetchall()[-1][1]


def by_chunks(connection: Any) -> Any:
    return list(connection.fetch_chunks(Statement(ROWS), (), 5))[-1][-1][1]


def by_run(connection: Any) -> Any:
    connection.run(by_run.statement)  # type: ignore[attr-defined]
    return int(connection.fetch(Statement("SELECT text FROM note ORDER BY id DESC LIMIT 1"))[0][0])


def by_iterating(connection: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(ROWS)
        return list(cursor)[-1][1]


WAYS = [by_fetch, by_fetch_one, by_cursor, by_reading, by_chunks, by_iterating, by_run]


@pytest.fixture(autouse=True)
def new_knowledge() -> None:
    """Forget what other tests have found out."""
    pace_of.cache_clear()
    for way, sql in ((by_fetch, COUNT), (by_fetch_one, COUNT), (by_run, WRITE)):
        way.statement = Statement(sql)  # type: ignore[attr-defined]


def prepared() -> Any:
    connection = connections["file"]
    connection.ensure_connection()
    connection.connection.create_function("here", 0, threading.get_ident)
    return connection


@pytest.mark.parametrize("inside", [False, True], ids=["plain", "in a transaction"])
@pytest.mark.parametrize("way", WAYS)
def test_after_the_third_run_a_slow_statement_runs_in_a_thread(
    file: Any, run: Run, way: Callable[[Any], Any], inside: bool
) -> None:
    def work() -> list[int]:
        connection = prepared()
        if not inside:
            return [way(connection) for _ in range(RUNS_IN_A_ROW + 3)]
        with transaction.atomic(using="file"):
            return [way(connection) for _ in range(RUNS_IN_A_ROW + 3)]

    async def main() -> tuple[int, list[int]]:
        return threading.get_ident(), await WorkerLane().run(work)

    loop, seen = run(main())
    assert seen[0] == loop
    assert all(thread != loop for thread in seen[RUNS_IN_A_ROW:])


def test_the_loop_is_free_while_a_slow_statement_runs(file: Any, run: Run) -> None:
    longest: list[float] = []

    async def watch() -> None:
        while True:
            started = time.perf_counter()
            await asyncio.sleep(0.001)
            longest[-1] = max(longest[-1], time.perf_counter() - started)

    # Far longer than the 5 ms for which a thread may keep the interpreter from the loop.
    slower = COUNT.replace("60000", "600000")

    def work() -> float:
        started = time.perf_counter()
        with prepared().cursor() as cursor:
            cursor.execute(slower)
        return time.perf_counter() - started

    async def main() -> list[float]:
        took = []
        for _ in range(RUNS_IN_A_ROW):
            await WorkerLane().run(work)
        watching = asyncio.ensure_future(watch())
        for _ in range(7):
            longest.append(0.0)
            await asyncio.sleep(0.005)
            took.append(await WorkerLane().run(work))
        watching.cancel()
        return took

    took = run(main())
    # The best of some: the machine may have been busy with something else.
    assert min(gap / seconds for gap, seconds in zip(longest, took)) < 1 / 3


def test_a_query_set_and_its_iterator_leave_the_loop(file: Any, run: Run) -> None:
    with isolate_apps("tests"):

        class Note(models.Model):
            text = models.CharField(max_length=20)

            class Meta:
                app_label = "tests"
                db_table = "note"

    class Here(models.Func):
        function = "here"
        arity = 0
        output_field = models.BigIntegerField()

    # Each row takes its time, not only the first.
    of_its_own = NUMBERS.replace("60000", "20000 + note.id * 0")
    slow = models.expressions.RawSQL(f"({of_its_own} SELECT max(i) FROM n)", ())
    with transaction.atomic(using="file"):
        Note.objects.using("file").bulk_create([Note(text=str(number)) for number in range(3)])

    def read() -> set[int]:
        prepared()
        rows = Note.objects.using("file").annotate(slow=slow, here=Here()).filter(slow__gt=0)
        return {row.here for row in rows} | {row.here for row in rows.iterator(2)}

    async def main() -> tuple[int, list[set[int]]]:
        found = [await WorkerLane().run(read) for _ in range(RUNS_IN_A_ROW + 2)]
        return threading.get_ident(), found

    loop, found = run(main())
    assert all(loop not in threads for threads in found[RUNS_IN_A_ROW:])


def test_a_cancelled_caller_interrupts_what_runs_in_a_thread_and_leaves_a_clean_connection(
    file: Any, run: Run
) -> None:
    endless = Statement(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    )
    slow_down(endless.pace)
    insert = Statement("INSERT INTO note (text) VALUES (%s)")

    def stuck() -> None:
        with transaction.atomic(using="file"):
            connections["file"].run(insert, ("lost",))
            connections["file"].fetch(endless)

    def after() -> Any:
        with transaction.atomic(using="file"):
            connections["file"].run(insert, ("kept",))
        return connections["file"].fetch(Statement("SELECT text FROM note"))

    async def main() -> Any:
        task = asyncio.ensure_future(WorkerLane().run(stuck))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 10)
        return await asyncio.wait_for(WorkerLane().run(after), 10)

    assert run(main()) == [("kept",)]


def test_a_caller_cancelled_before_a_thread_was_free_leaves_nothing_behind(file: Any, run: Run) -> None:
    quick = Statement("SELECT 1")
    slow_down(quick.pace)

    def ask() -> Any:
        return connections["file"].fetch(quick)

    async def main() -> Any:
        for _ in range(20):
            task = asyncio.ensure_future(WorkerLane().run(ask))
            await asyncio.sleep(0)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):  # it may have been done by now
                await asyncio.wait_for(task, 5)
        return await WorkerLane().run(ask)

    assert run(main()) == [(1,)]


def test_a_child_of_a_transaction_waits_for_its_parents_slow_statement_without_holding_the_loop(
    file: Any, run: Run
) -> None:
    slow = Statement(COUNT.replace("60000", "900000"))
    slow_down(slow.pace)
    ticks: list[float] = []

    async def child() -> Any:
        return connections["file"].fetch(Statement("SELECT 1"))

    def parent() -> Any:
        async def begin() -> Any:
            return asyncio.create_task(child())

        connection = prepared()
        with transaction.atomic(using="file"):
            task = wait(begin())
            started = time.perf_counter()
            connection.fetch(slow)
            return time.perf_counter() - started, wait(task)

    async def tick() -> None:
        while True:
            ticks.append(time.perf_counter())
            await asyncio.sleep(0.002)

    async def main() -> Any:
        ticking = asyncio.ensure_future(tick())
        try:
            return await asyncio.wait_for(WorkerLane().run(parent), 60)
        finally:
            ticking.cancel()

    took, found = run(main())
    assert found == [(1,)]
    assert max(later - sooner for sooner, later in pairwise(ticks)) < took / 2
