"""Scopes: what belongs to a piece of work ends with it."""

from __future__ import annotations

import asyncio
import threading

from nuages.spine import Scope, current_scope, wait
from tests.spine.conftest import Run


def test_callbacks_run_last_in_first_out_and_all_of_them(caplog: object) -> None:
    seen: list[str] = []

    def fail() -> None:
        raise RuntimeError("no")

    with Scope() as scope:
        scope.on_close(lambda: seen.append("first"))
        scope.on_close(fail)
        scope.on_close(lambda: seen.append("last"))
    assert seen == ["last", "first"]
    assert scope.closed


def test_each_thread_has_a_scope_of_its_own() -> None:
    found: list[Scope] = []
    thread = threading.Thread(target=lambda: found.append(current_scope()))
    thread.start()
    thread.join()
    assert found[0] is not current_scope()
    assert current_scope() is current_scope()
    assert not current_scope().entered


def test_a_child_task_has_a_scope_below_its_parents(run: Run) -> None:
    async def main() -> bool:
        mine = current_scope()
        theirs = await asyncio.create_task(child())
        return theirs.parent is mine and theirs.closed

    async def child() -> Scope:
        return current_scope()

    assert run(main())


def test_waiting_without_a_loop_keeps_the_callers_scope() -> None:
    async def inner() -> Scope:
        return current_scope()

    assert wait(inner()) is current_scope()


def test_tasks_of_a_foreign_loop_do_not_share() -> None:
    async def one() -> Scope:
        await asyncio.sleep(0)
        return current_scope()

    async def main() -> list[Scope]:
        return await asyncio.gather(one(), one())

    first, second = asyncio.run(main())
    assert first is not second
