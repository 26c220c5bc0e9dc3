"""Tasks, their results, and the two backends."""

from __future__ import annotations

import asyncio
import dataclasses
import pickle
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from nuages.tasks import TaskResultStatus, default_task_backend, task, task_backends
from nuages.tasks.exceptions import (
    InvalidTask,
    InvalidTaskBackend,
    TaskResultDoesNotExist,
    TaskResultMismatch,
)
from nuages.test.utils import override_settings
from tests.tasks import sample

DUMMY = {"BACKEND": "nuages.tasks.backends.dummy.DummyBackend"}
IMMEDIATE = {"BACKEND": "nuages.tasks.backends.immediate.ImmediateBackend"}


@pytest.fixture
def dummy() -> Iterator[Any]:
    with override_settings(TASKS={"default": DUMMY, "now": IMMEDIATE}):
        yield default_task_backend


@pytest.mark.parametrize(("chosen", "answer"), [(sample.double, 42), (sample.later, 22)])
def test_either_colour_runs_at_once(chosen: Any, answer: int) -> None:
    result = chosen.enqueue(21)
    assert result.status is TaskResultStatus.SUCCESSFUL
    assert (result.return_value, result.attempts) == (answer, 1)


def test_the_twins_do_the_same_in_a_coroutine() -> None:
    async def enqueue() -> list[Any]:
        return [(await each.aenqueue(1)).return_value for each in (sample.double, sample.later)]

    assert asyncio.run(enqueue()) == [2, 2]


def test_a_failure_is_in_the_result() -> None:
    result = sample.fail.enqueue()
    assert result.status is TaskResultStatus.FAILED
    assert result.errors[0].exception_class is LookupError
    assert result.errors[0].traceback.endswith("LookupError: no\n")
    with pytest.raises(ValueError, match="Task failed"):
        _ = result.return_value


def test_arguments_travel_as_json() -> None:
    assert sample.key_of.enqueue((1, 2)).errors[0].exception_class is TypeError
    with pytest.raises(TypeError, match="Unsupported type"):
        sample.double.enqueue(datetime.now())


def test_a_task_can_ask_who_it_is() -> None:
    result = sample.own_id.enqueue()
    assert result.return_value == result.id


def test_the_dummy_only_takes_notes(dummy: Any) -> None:
    result = sample.double.enqueue(1)
    assert dummy.results == [result]
    assert not result.is_finished
    dummy.clear()
    with pytest.raises(TaskResultDoesNotExist):
        sample.double.get_result(result.id)


def test_refreshing_takes_over_what_the_queue_knows(dummy: Any) -> None:
    result = sample.double.enqueue(1)
    object.__setattr__(dummy.results[0], "status", TaskResultStatus.RUNNING)
    assert result.status is TaskResultStatus.READY
    result.refresh()
    assert result.status is TaskResultStatus.RUNNING


def test_a_result_belongs_to_its_task(dummy: Any) -> None:
    with pytest.raises(TaskResultMismatch):
        sample.double.get_result(sample.fail.enqueue().id)


def test_using_leaves_the_original_alone(dummy: Any) -> None:
    changed = sample.double.using(priority=5)
    assert (sample.double.priority, changed.priority) == (0, 5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        changed.priority = 6


@override_settings(USE_TZ=True)
def test_a_delay_becomes_a_moment(dummy: Any) -> None:
    moment = sample.double.using(run_after=timedelta(hours=1)).run_after
    assert moment is not None
    assert moment.tzinfo is not None


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"priority": 101}, "whole number between -100 and 100"),
        ({"queue_name": "nowhere"}, "Queue 'nowhere' is not valid"),
        ({"run_after": datetime(2030, 1, 1)}, "must be an aware datetime"),
    ],
)
def test_what_a_backend_cannot_do_is_refused(dummy: Any, changes: Any, complaint: str) -> None:
    with pytest.raises(InvalidTask, match=complaint):
        sample.double.using(**changes)


def test_the_immediate_backend_cannot_wait(dummy: Any) -> None:
    with pytest.raises(InvalidTask, match="does not support run_after"):
        sample.double.using(run_after=timedelta(hours=1), backend="now")


def test_only_functions_of_modules_are_tasks() -> None:
    with pytest.raises(InvalidTask, match="module level"):
        task(lambda: None)


def test_unknown_backends_are_named(dummy: Any) -> None:
    with pytest.raises(InvalidTaskBackend, match="'gone' doesn't exist"):
        task_backends["gone"]


def test_tasks_and_results_can_be_pickled(dummy: Any) -> None:
    result = sample.double.enqueue(1)
    assert pickle.loads(pickle.dumps(sample.double)) == sample.double
    assert pickle.loads(pickle.dumps(result)) == result


def test_results_outlive_the_request_that_enqueued(dummy: Any) -> None:
    async def enqueue() -> str:
        return (await sample.double.aenqueue(1)).id

    assert sample.double.get_result(asyncio.run(enqueue())).args == [1]
