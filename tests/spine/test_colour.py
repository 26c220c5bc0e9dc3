"""User code of either colour is called the same way."""

from __future__ import annotations

import asyncio
import threading

from nuages.spine import call, cooperative, is_cooperative, offload, spawn
from tests.spine.conftest import Run


async def double(number: int) -> int:
    await asyncio.sleep(0)
    return number * 2


class AsyncCallable:
    async def __call__(self) -> None: ...


def test_call_waits_for_coroutines_and_passes_values_on() -> None:
    assert call(double, 2) == 4
    assert call(len, "abc") == 3


def test_async_and_marked_views_belong_into_the_worker_lane() -> None:
    @cooperative
    def marked() -> None: ...

    def plain() -> None: ...

    assert is_cooperative(double)
    assert is_cooperative(marked)
    assert is_cooperative(AsyncCallable())
    assert not is_cooperative(plain)


def test_offload_leaves_the_thread_only_in_a_worker(run: Run) -> None:
    here = threading.get_ident()
    assert offload(threading.get_ident) == here

    async def main() -> int:
        return await spawn(offload, threading.get_ident)

    assert run(main()) != here
