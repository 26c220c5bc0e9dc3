"""The pool of connections: limits, the line of those who wait, what rests and what is closed."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest

from nuages.core.exceptions import ImproperlyConfigured
from nuages.db import OperationalError
from nuages.db.pool import Limits, Pool
from nuages.spine import ThreadLane, WorkerLane, in_worker, wait
from tests.db.backends.conftest import run
from tests.spine.conftest import Run

__all__ = ["run"]


class Connection:
    """As much of a connection as the pool needs to see."""

    def __init__(self) -> None:
        self.alive, self.closed, self.woken = True, False, 0

    def wake(self) -> bool:
        self.woken += 1
        return self.alive

    def discard(self) -> None:
        self.closed = True


def pool_of(**limits: Any) -> Any:
    return Pool("somewhere", lambda: Limits(**limits))


def pause(seconds: float) -> None:
    if in_worker():
        wait(asyncio.sleep(seconds))
    else:
        time.sleep(seconds)


def test_what_is_given_back_is_used_again_the_latest_first() -> None:
    pool = pool_of()
    first, second = pool.take(Connection), pool.take(Connection)
    pool.give_back(first, True)
    pool.give_back(second, True)
    assert pool.take(Connection) is second
    assert pool.take(Connection) is first
    assert pool.take(Connection) not in (first, second)


def test_what_is_dead_or_dirty_is_closed_and_replaced() -> None:
    pool = pool_of(most=3)
    dead, dirty, good = (pool.take(Connection) for _ in range(3))
    pool.give_back(good, True)
    pool.give_back(dead, True)
    pool.give_back(dirty, False)
    dead.alive = False
    assert pool.take(Connection) is good
    assert (dead.closed, dirty.closed, good.closed) == (True, True, False)
    assert pool.working == 1


def test_a_connection_that_cannot_be_made_takes_no_place() -> None:
    pool = pool_of(most=1, patience=0.1)

    def fail() -> Any:
        raise OperationalError("refused")

    for _ in range(3):
        with pytest.raises(OperationalError, match="refused"):
            pool.take(fail)
    assert pool.take(Connection)


def test_who_waits_too_long_is_told_what_to_change() -> None:
    pool = pool_of(most=1, patience=0.05, setting="['max_connections']")
    pool.take(Connection)
    with pytest.raises(OperationalError, match=r"became free in 0\.05 seconds: all 1 are in use") as caught:
        pool.take(Connection)
    assert (
        "DATABASES['somewhere']['OPTIONS']['max_connections'] raises the limit" in caught.value.__notes__[0]
    )
    assert pool.working == 1


@pytest.mark.parametrize("lane", ["workers", "threads", "both"])
def test_never_more_work_than_allowed_and_everybody_gets_a_turn(run: Run, lane: str) -> None:
    pool = pool_of(most=3)
    now = most = 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal now, most
        connection = pool.take(Connection)
        with lock:
            now += 1
            most = max(most, now)
        pause(0.002)
        with lock:
            now -= 1
        pool.give_back(connection, True)

    async def main() -> None:
        workers, threads = WorkerLane(), ThreadLane(core=8)
        lanes = {"workers": [workers], "threads": [threads], "both": [workers, threads]}[lane]
        await asyncio.gather(*(lanes[number % len(lanes)].run(work) for number in range(60)))
        threads.close()

    run(main())
    assert (most, pool.working, len(pool.idle)) == (3, 0, 3)


def test_the_line_is_served_in_order(run: Run) -> None:
    pool = pool_of(most=1)
    order: list[int] = []

    def work(number: int) -> None:
        connection = pool.take(Connection)
        order.append(number)
        pause(0.001)
        pool.give_back(connection, True)

    async def main() -> None:
        await asyncio.gather(*(WorkerLane().run(work, number) for number in range(20)))

    run(main())
    assert order == list(range(20))


def test_who_goes_away_while_waiting_leaves_his_place_to_the_next(run: Run) -> None:
    pool = pool_of(most=1)

    async def main() -> Any:
        held = pool.take(Connection)
        gone = asyncio.ensure_future(WorkerLane().run(pool.take, Connection))
        called = asyncio.ensure_future(WorkerLane().run(pool.take, Connection))
        patient = asyncio.ensure_future(WorkerLane().run(pool.take, Connection))
        await asyncio.sleep(0.01)
        gone.cancel()
        await asyncio.sleep(0.01)
        pool.give_back(held, True)
        called.cancel()  # in the moment in which it has been called
        return held, await asyncio.wait_for(patient, 5)

    held, got = run(main())
    assert got is held
    assert pool.working == 1


def test_what_nobody_needs_for_long_is_closed_but_for_a_few() -> None:
    pool = pool_of(least=2, idle_seconds=0.02)
    taken = [pool.take(Connection) for _ in range(5)]
    for connection in taken[:4]:
        pool.give_back(connection, True)
    assert not any(connection.closed for connection in taken)
    time.sleep(0.03)
    pool.give_back(taken[4], True)
    assert [connection.closed for connection in taken] == [True, True, True, False, False]


def test_limits_that_contradict_each_other_are_refused() -> None:
    pytest.importorskip("psycopg")
    from nuages.db.backends.postgresql.base import DatabaseWrapper

    assert DatabaseWrapper.pool_limits({}).most == 20
    assert DatabaseWrapper.pool_limits({"pool": False}).most is None
    assert DatabaseWrapper.pool_limits({"pool": {"min_size": 2, "max_size": 7, "timeout": 3}}).most == 7
    with pytest.raises(ImproperlyConfigured, match="min_connections 5 and max_connections 3"):
        DatabaseWrapper.pool_limits({"min_connections": 5, "max_connections": 3})
