"""Twins: the async face of plain methods."""

from __future__ import annotations

import asyncio
import contextvars
from inspect import iscoroutinefunction

import pytest

from nuages.spine import spawn, twin, wait
from tests.spine.conftest import Run

flavour: contextvars.ContextVar[str] = contextvars.ContextVar("flavour", default="plain")


class Shelf:
    """A thing with a method that waits."""

    def count(self) -> int:
        """Count the books."""
        wait(asyncio.sleep(0.001))
        return 3

    acount = twin(count)


class LongShelf(Shelf):
    def count(self) -> int:
        return super().count() * 2


def season(name: str) -> None:
    flavour.set(name)


aseason = twin(season)


def test_a_twin_is_a_coroutine_function_with_its_own_name() -> None:
    assert iscoroutinefunction(Shelf.acount)
    assert Shelf.acount.__name__ == "acount"
    assert Shelf.acount.__qualname__ == "Shelf.acount"
    assert Shelf.acount.__doc__ == "Count the books."


def test_a_twin_gives_what_the_plain_method_gives(run: Run) -> None:
    async def main() -> int:
        return await Shelf().acount()

    assert run(main()) == 3


def test_overriding_the_plain_method_changes_the_twin(run: Run) -> None:
    async def main() -> int:
        return await LongShelf().acount()

    assert run(main()) == 6


def test_a_twin_works_in_a_loop_without_our_factory() -> None:
    async def main() -> list[int]:
        return await asyncio.gather(Shelf().acount(), LongShelf().acount())

    assert asyncio.run(main()) == [3, 6]


def test_inside_a_worker_a_twin_is_the_plain_call(run: Run) -> None:
    async def view() -> int:
        return await Shelf().acount()

    async def main() -> int:
        return await spawn(wait, view())

    assert run(main()) == 3


def test_what_a_twin_sets_in_context_variables_is_seen_by_its_caller() -> None:
    async def main() -> str:
        await aseason("salt")
        return flavour.get()

    assert asyncio.run(main()) == "salt"


def test_a_twin_raises_what_the_plain_method_raises() -> None:
    def fail() -> None:
        raise LookupError("nothing there")

    async def main() -> None:
        await twin(fail)()

    with pytest.raises(LookupError, match="nothing there"):
        asyncio.run(main())
