"""Workers: plain code waits without holding the loop."""

from __future__ import annotations

import asyncio
import contextvars
import time
import traceback

import pytest

from nuages.spine import in_worker, leave_on_loop, spawn, task_factory, wait
from tests.spine.conftest import Run


def pause(seconds: float = 0.01) -> str:
    wait(asyncio.sleep(seconds))
    return "rested"


def test_plain_code_waits_and_returns(run: Run) -> None:
    async def main() -> tuple[str, bool]:
        return await spawn(pause), await spawn(in_worker)

    assert run(main()) == ("rested", True)


def test_two_hundred_wait_at_once(run: Run) -> None:
    async def main() -> float:
        started = time.perf_counter()
        await asyncio.gather(*(spawn(pause, 0.05) for _ in range(200)))
        return time.perf_counter() - started

    assert run(main()) < 200 * 0.05 / 4


def test_a_coroutine_left_on_the_loop_has_no_worker_and_what_it_starts_has(run: Run) -> None:
    async def inner() -> bool:
        return in_worker()

    async def around() -> tuple[bool, bool, bool]:
        return in_worker(), await asyncio.create_task(inner()), await spawn(in_worker)

    async def main() -> tuple[bool, bool, bool]:
        leave_on_loop(around.__code__)
        return await asyncio.create_task(around())

    assert run(main()) == (False, True, True)


def test_plain_code_sees_no_running_loop(run: Run) -> None:
    def plain() -> bool:
        pause()
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return True
        return False

    async def main() -> bool:
        seen = await spawn(plain)
        asyncio.get_running_loop()
        return seen

    assert run(main())


def test_asyncio_run_works_inside_plain_code(run: Run) -> None:
    async def other() -> int:
        await asyncio.sleep(0)
        return 3

    async def main() -> tuple[int, str]:
        return await spawn(lambda: (asyncio.run(other()), pause()))

    assert run(main()) == (3, "rested")


def test_third_party_async_to_sync_works_inside_plain_code(run: Run) -> None:
    from asgiref.sync import async_to_sync

    async def other() -> int:
        await asyncio.sleep(0.001)
        return 4

    async def main() -> tuple[int, str]:
        return await spawn(lambda: (async_to_sync(other)(), pause()))

    assert run(main()) == (4, "rested")


def test_async_code_calls_plain_code_that_waits(run: Run) -> None:
    async def view() -> list[str]:
        await asyncio.sleep(0.001)
        first = pause()
        await asyncio.sleep(0.001)
        return [first, pause()]

    async def main() -> list[str]:
        return await spawn(wait, view())

    assert run(main()) == ["rested", "rested"]


def test_a_timeout_reaches_plain_code(run: Run) -> None:
    async def view() -> str:
        try:
            async with asyncio.timeout(0.02):
                pause(5)
        except TimeoutError:
            return "late"
        return "in time"

    async def main() -> str:
        return await spawn(wait, view())

    assert run(main()) == "late"


def test_cancelling_the_task_raises_where_plain_code_waits(run: Run) -> None:
    seen: list[str] = []

    def plain() -> None:
        try:
            pause(10)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    async def main() -> None:
        task = asyncio.create_task(spawn_it())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def spawn_it() -> None:
        await spawn(plain)

    run(main())
    assert seen == ["cancelled"]


def test_a_task_cancelled_before_its_first_step_leaves_no_warning(run: Run) -> None:
    async def body() -> None:
        raise AssertionError("must not run")

    async def main() -> bool:
        task = asyncio.create_task(body())
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return task.cancelled()

    assert run(main())


def test_exceptions_keep_their_whole_traceback(run: Run) -> None:
    def inner() -> None:
        pause()
        raise LookupError("lost")

    async def main() -> str:
        try:
            await spawn(inner)
        except LookupError as error:
            return "".join(traceback.format_exception(error))
        return ""

    text = run(main())
    assert "in inner" in text
    assert "in main" in text


def test_context_variables_are_seen_inside_and_stay_inside(run: Run) -> None:
    name: contextvars.ContextVar[str] = contextvars.ContextVar("name")

    def plain() -> str:
        before = name.get()
        pause()
        name.set("inside")
        return before

    async def main() -> tuple[str, str]:
        name.set("outside")
        return await spawn(plain), name.get()

    assert run(main()) == ("outside", "outside")


def test_tasks_of_user_code_have_workers_of_their_own(run: Run) -> None:
    async def one(number: int) -> int:
        pause(0.02)
        return number

    async def main() -> list[int]:
        started = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(n)) for n in range(20)]
        assert time.perf_counter() - started < 0.2
        return [task.result() for task in tasks]

    assert run(main()) == list(range(20))


def test_without_a_loop_waiting_blocks() -> None:
    assert not in_worker()
    assert pause() == "rested"


def test_inside_a_foreign_loop_plain_calls_block_and_work() -> None:
    async def notebook() -> tuple[str, bool]:
        result = pause()
        asyncio.get_running_loop()
        return result, in_worker()

    assert asyncio.run(notebook()) == ("rested", False)


def test_the_factory_is_not_needed_for_wait_in_gathered_twins(run: Run) -> None:
    async def main() -> bool:
        return asyncio.get_running_loop().get_task_factory() is task_factory

    assert run(main())
