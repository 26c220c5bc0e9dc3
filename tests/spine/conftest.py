"""Each promise of the spine is tested on asyncio's own loop and on uvloop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import uvloop

from nuages.spine import task_factory

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """Run a coroutine on a fresh loop with our task factory, as the server does."""
    make = uvloop.new_event_loop if request.param == "uvloop" else asyncio.new_event_loop

    def on_loop(coroutine: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=make) as runner:
            runner.get_loop().set_task_factory(task_factory)
            return runner.run(coroutine)

    return on_loop
