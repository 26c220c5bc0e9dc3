"""Threads that carry somebody's context (asgiref, asyncio.to_thread) use the database as part of that work."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async

from nuages.db import connections, transaction
from nuages.db.backends.statement import Statement
from nuages.spine import ThreadLane, WorkerLane, offload, wait
from tests.db.backends.conftest import file, postgres, run
from tests.spine.conftest import Run

__all__ = ["file", "postgres", "run"]

INSERT = Statement("INSERT INTO note (text) VALUES (%s)")
COUNT = Statement("SELECT count(*) FROM note")


@pytest.fixture(params=["file", "postgres"])
def alias(request: pytest.FixtureRequest) -> str:
    request.getfixturevalue(request.param)
    return str(request.param)


def add(alias: str) -> int:
    connections[alias].run(INSERT, ("x",))
    return threading.get_ident()


def count(alias: str) -> int:
    row = connections[alias].fetch_one(COUNT)
    assert row is not None
    return int(row[0])


def by_asgiref(function: Callable[..., Any], *args: Any) -> Any:
    return wait(sync_to_async(function)(*args))


def by_asyncio(function: Callable[..., Any], *args: Any) -> Any:
    return wait(asyncio.to_thread(function, *args))


WAYS = pytest.mark.parametrize("way", [by_asgiref, by_asyncio, offload])


@WAYS
def test_inside_a_transaction_the_thread_takes_part_in_it(alias: str, run: Run, way: Any) -> None:
    def work() -> tuple[bool, int]:
        with transaction.atomic(using=alias):
            add(alias)
            elsewhere = way(add, alias) != threading.get_ident()
            found = count(alias), way(count, alias)
            assert found == (2, 2)
            transaction.set_rollback(True, using=alias)
        return elsewhere, count(alias)

    async def main() -> Any:
        return await asyncio.wait_for(WorkerLane().run(work), 20)

    assert run(main()) == (True, 0)


@WAYS
def test_blocks_of_the_thread_are_savepoints_of_that_transaction(alias: str, run: Run, way: Any) -> None:
    def fail() -> None:
        with transaction.atomic(using=alias):
            add(alias)
            raise ZeroDivisionError

    def work() -> int:
        with transaction.atomic(using=alias):
            add(alias)
            with pytest.raises(ZeroDivisionError):
                way(fail)
        return count(alias)

    async def main() -> Any:
        return await asyncio.wait_for(WorkerLane().run(work), 20)

    assert run(main()) == 1


@WAYS
def test_outside_of_transactions_the_thread_has_a_connection_of_its_own_until_the_request_ends(
    alias: str, run: Run, way: Any
) -> None:
    used: list[Any] = []

    def mine() -> None:
        used.append(connections[alias])
        add(alias)

    def work() -> None:
        mine()
        way(mine)
        way(mine)

    async def main() -> None:
        await WorkerLane().run(work)

    run(main())
    assert used[0] is not used[1]
    assert connections._pool(alias).working == 0
    assert count(alias) == 3


def test_the_same_goes_for_a_view_in_a_thread_that_calls_async_code(alias: str, run: Run) -> None:
    async def below() -> int:
        connections[alias].run(INSERT, ("y",))
        return await sync_to_async(count)(alias)

    def work() -> tuple[int, int]:
        with transaction.atomic(using=alias):
            add(alias)
            inside = async_to_sync(below)()
            transaction.set_rollback(True, using=alias)
        return inside, count(alias)

    async def main() -> Any:
        threads = ThreadLane()
        try:
            return await asyncio.wait_for(threads.run(work), 20)
        finally:
            threads.close()

    assert run(main()) == (2, 0)


def test_many_threads_of_one_transaction_take_turns(alias: str, run: Run) -> None:
    async def body() -> None:
        await asyncio.gather(*(asyncio.to_thread(add, alias) for _ in range(20)))

    def work() -> int:
        with transaction.atomic(using=alias):
            wait(body())
        return count(alias)

    async def main() -> Any:
        return await asyncio.wait_for(WorkerLane().run(work), 20)

    assert run(main()) == 20


def test_a_thread_that_is_nobodys_has_its_own_connection_as_ever(file: Any) -> None:
    found: list[Any] = []

    def look() -> None:
        found.append(connections["file"])
        found[0].close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found[0] is not file
