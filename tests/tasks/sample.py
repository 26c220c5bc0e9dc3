"""Tasks for the tests: tasks live at the level of a module."""

from __future__ import annotations

from typing import Any

from nuages.tasks import task


@task
def double(number: int) -> int:
    return number * 2


@task
async def later(number: int) -> int:
    return number + 1


@task
def fail() -> None:
    raise LookupError("no")


@task(takes_context=True)
def own_id(context: Any) -> str:
    assert context.attempt == 1
    return context.task_result.id


@task
def key_of(key: Any) -> Any:
    return {key: 1}
