"""Lanes: where requests run."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import cast

import pytest

from nuages.spine import Scope, ThreadLane, WorkerLane, current_scope, wait
from tests.spine.conftest import Run

users = threading.local()


def test_thread_work_returns_raises_and_has_its_own_scope(run: Run) -> None:
    def fail() -> None:
        raise KeyError("x")

    async def main() -> tuple[int, bool, bool]:
        lane = ThreadLane()
        try:
            with pytest.raises(KeyError):
                await lane.run(fail)
            scopes = await asyncio.gather(*(lane.run(current_scope) for _ in range(2)))
            return await lane.run(len, "four"), scopes[0] is not scopes[1], all(s.closed for s in scopes)
        finally:
            lane.close()

    assert run(main()) == (4, True, True)


def test_a_sleeping_view_does_not_slow_the_others(run: Run) -> None:
    def quick() -> float:
        return time.perf_counter()

    async def main() -> float:
        lane = ThreadLane(core=2)
        try:
            sleepers = [asyncio.ensure_future(lane.run(time.sleep, 0.2)) for _ in range(10)]
            await asyncio.sleep(0.05)
            delays = []
            for _ in range(20):
                asked = time.perf_counter()
                delays.append(await lane.run(quick) - asked)
            await asyncio.gather(*sleepers)
            return sorted(delays)[len(delays) // 2]
        finally:
            lane.close()

    assert run(main()) < 0.1


def test_views_that_wait_get_more_threads_although_each_is_soon_done(run: Run) -> None:
    def view() -> int:
        time.sleep(0.005)
        return threading.get_ident()

    async def main() -> set[int]:
        lane = ThreadLane(core=2)
        try:
            return set(await asyncio.gather(*(lane.run(view) for _ in range(300))))
        finally:
            lane.close()

    assert len(run(main())) > 6


def test_waiting_views_crowd_no_further_than_allowed(run: Run) -> None:
    def view() -> int:
        time.sleep(0.003)
        return threading.get_ident()

    async def main() -> set[int]:
        lane = ThreadLane(core=2, crowd=4, patience=0.02)
        try:
            return set(await asyncio.gather(*(lane.run(view) for _ in range(300))))
        finally:
            lane.close()

    assert len(run(main())) == 4


def test_a_long_computation_does_not_hold_up_the_others(run: Run) -> None:
    over = threading.Event()

    def compute() -> None:
        until = time.monotonic() + 5
        while not over.is_set() and time.monotonic() < until:
            pass

    async def main() -> bool:
        lane = ThreadLane(core=1, patience=0.002)
        try:
            long = asyncio.ensure_future(lane.run(compute))
            await asyncio.sleep(0.01)
            await asyncio.gather(*(lane.run(threading.get_ident) for _ in range(20)))
            ended_first = not long.done()
            over.set()
            await long
            return ended_first
        finally:
            lane.close()

    assert run(main())


def test_thread_locals_are_not_mixed_up_by_two_hundred_requests(run: Run) -> None:
    def view(name: str) -> bool:
        users.name = name
        wait(asyncio.sleep(0.002))
        return users.name == name

    async def main() -> list[bool]:
        lane = ThreadLane()
        try:
            return await asyncio.gather(*(lane.run(view, f"user {n}") for n in range(200)))
        finally:
            lane.close()

    assert all(run(main()))


def test_a_lock_held_while_waiting_never_deadlocks(run: Run) -> None:
    lock = threading.Lock()
    counted: list[int] = []

    def view(number: int) -> None:
        with lock:
            wait(asyncio.sleep(0.001))
            counted.append(number)

    async def main() -> None:
        lane = ThreadLane()
        try:
            async with asyncio.timeout(20):
                await asyncio.gather(*(lane.run(view, n) for n in range(200)))
        finally:
            lane.close()

    run(main())
    assert sorted(counted) == list(range(200))


def test_a_request_cancelled_before_its_turn_does_not_run(run: Run) -> None:
    ran: list[str] = []

    async def main() -> None:
        lane = ThreadLane(core=1, most=1)
        try:
            busy = asyncio.ensure_future(lane.run(time.sleep, 0.05))
            await asyncio.sleep(0.01)
            waiting = asyncio.ensure_future(lane.run(ran.append, "late"))
            await asyncio.sleep(0)
            waiting.cancel()
            await busy
            await lane.run(ran.append, "next")
        finally:
            lane.close()

    run(main())
    assert ran == ["next"]


def test_impossible_sizes_are_refused(run: Run) -> None:
    async def main() -> None:
        with pytest.raises(ValueError, match="core=3, most=2"):
            ThreadLane(core=3, most=2)

    run(main())


def test_worker_work_has_its_own_scope(run: Run) -> None:
    async def main() -> tuple[Scope, Scope]:
        lane = WorkerLane()
        return await lane.run(current_scope), current_scope()

    inside, outside = run(main())
    assert inside is not outside
    assert inside.closed


def test_an_answer_that_may_wait_does_not_wait_for_long_work_behind_it(run: Run) -> None:
    let_go = threading.Event()

    async def main() -> bool:
        lane = ThreadLane(core=1, most=1)
        try:
            first = asyncio.ensure_future(lane.finish(time.sleep, 0.02))
            long = asyncio.ensure_future(lane.finish(let_go.wait, 5))
            await asyncio.sleep(0)
            await asyncio.wait_for(first, 2)
            return long.done()
        finally:
            let_go.set()
            lane.close()

    assert run(main()) is False


class CountedLoop:
    """Counts how often other threads wake a loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.create_future, self.call_later = loop.create_future, loop.call_later
        self.woken = 0

    def call_soon_threadsafe(self, callback: Callable[[], object]) -> None:
        self.woken += 1
        self.loop.call_soon_threadsafe(callback)


def test_answers_that_may_wait_all_arrive_and_wake_the_loop_less_often(run: Run) -> None:
    async def main() -> tuple[list[int], int]:
        loop = CountedLoop(asyncio.get_running_loop())
        lane = ThreadLane(loop=cast(asyncio.AbstractEventLoop, loop))
        started = threading.Event()
        try:
            held = asyncio.ensure_future(lane.finish(started.wait, 5))
            waiting = [asyncio.ensure_future(lane.finish(abs, -number)) for number in range(32)]
            await asyncio.sleep(0)
            started.set()
            await held
            return await asyncio.gather(*waiting), loop.woken
        finally:
            lane.close()

    answers, woken = run(main())
    assert answers == list(range(32))
    assert woken <= 16
