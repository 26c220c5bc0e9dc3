"""The guard: code that holds the loop is named once."""

from __future__ import annotations

import asyncio
import logging
import time

import pytest

from nuages.spine import Guard, spawn
from nuages.spine.worker import set_guard
from tests.spine.conftest import Run


def holding() -> None:
    time.sleep(0.15)


def test_a_view_that_holds_the_loop_is_named_once(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        guard = Guard(threshold=0.03)
        guard.start()
        set_guard(guard)
        try:
            for _ in range(2):
                await spawn(holding)
        finally:
            set_guard(None)
            guard.stop()

    with caplog.at_level(logging.WARNING, "nuages.spine.guard"):
        run(main())
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == 1
    assert "holding has held the event loop" in messages[0]
    assert __file__ in messages[0]


def test_waiting_is_not_holding(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    from nuages.spine import wait

    async def main() -> None:
        guard = Guard(threshold=0.03)
        guard.start()
        set_guard(guard)
        try:
            await spawn(lambda: wait(asyncio.sleep(0.15)))
        finally:
            set_guard(None)
            guard.stop()

    with caplog.at_level(logging.WARNING, "nuages.spine.guard"):
        run(main())
    assert not caplog.records


def test_a_threshold_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 0"):
        Guard(threshold=0)
