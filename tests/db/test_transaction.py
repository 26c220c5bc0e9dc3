"""Blocks: how they nest, end and what they leave to be done after the commit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from nuages.db import Error, connections, transaction
from nuages.db.transaction import TransactionManagementError
from nuages.spine import WorkerLane
from nuages.utils.connection import ConnectionDoesNotExist
from tests.db.backends.conftest import file, run
from tests.spine.conftest import Run

__all__ = ["file", "run"]


@pytest.fixture(autouse=True)
def notes(file: Any) -> Iterator[Any]:
    yield file


def atomic(**options: Any) -> Any:
    return transaction.atomic(using="file", **options)


def add(text: str) -> None:
    with connections["file"].cursor() as cursor:
        cursor.execute("INSERT INTO note (text) VALUES (%s)", [text])


def texts() -> list[str]:
    with connections["file"].cursor() as cursor:
        return [text for (text,) in cursor.execute("SELECT text FROM note ORDER BY id").fetchall()]


def test_an_exception_takes_everything_back() -> None:
    with pytest.raises(ZeroDivisionError), atomic():
        add("a")
        raise ZeroDivisionError
    assert texts() == []


def test_an_inner_block_that_fails_takes_only_its_own_back() -> None:
    with atomic():
        add("a")
        with pytest.raises(ZeroDivisionError), atomic():
            add("b")
            raise ZeroDivisionError
        add("c")
    assert texts() == ["a", "c"]


def test_a_block_without_savepoint_takes_the_outer_one_with_it() -> None:
    with atomic():
        add("a")
        with pytest.raises(ZeroDivisionError), atomic(savepoint=False):
            raise ZeroDivisionError
        assert transaction.get_rollback(using="file")
        with pytest.raises(TransactionManagementError):
            add("b")
    assert texts() == []


def test_a_durable_block_must_be_the_outermost() -> None:
    with atomic(durable=True):
        add("a")
    with atomic(), pytest.raises(RuntimeError, match="durable"), atomic(durable=True):
        pass
    assert texts() == ["a"]


def test_a_decorated_function_runs_in_a_block_each_time() -> None:
    @transaction.atomic(using="file")
    def write(text: str, fail: bool = False) -> str:
        add(text)
        if fail:
            raise ZeroDivisionError
        return text

    assert write("a") == "a"
    with pytest.raises(ZeroDivisionError):
        write("b", fail=True)
    assert texts() == ["a"]


def test_a_decorated_async_function_stays_async(run: Run) -> None:
    @transaction.atomic(using="file")
    async def write(fail: bool) -> None:
        await asyncio.sleep(0)
        add("a")
        if fail:
            raise ZeroDivisionError

    async def main() -> list[str]:
        await write(False)
        with pytest.raises(ZeroDivisionError):
            await write(True)
        return texts()

    assert asyncio.iscoroutinefunction(write)
    assert run(main()) == ["a"]


def test_what_waits_for_the_commit_runs_after_it_and_in_order() -> None:
    done: list[tuple[str, int]] = []

    def note(name: str) -> Any:
        return lambda: done.append((name, len(texts())))

    with atomic():
        add("a")
        transaction.on_commit(note("first"), using="file")
        with atomic():
            transaction.on_commit(note("second"), using="file")
        assert done == []
    assert done == [("first", 1), ("second", 1)]
    transaction.on_commit(note("at once"), using="file")
    assert done[-1][0] == "at once"


def test_what_waits_in_a_block_that_fails_never_runs() -> None:
    done: list[str] = []
    with atomic():
        with pytest.raises(ZeroDivisionError), atomic():
            transaction.on_commit(lambda: done.append("inner"), using="file")
            raise ZeroDivisionError
        transaction.on_commit(lambda: done.append("outer"), using="file")
    assert done == ["outer"]


def test_a_robust_callback_that_fails_does_not_stop_the_next(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def fail() -> None:
        raise ZeroDivisionError("no")

    with atomic():
        transaction.on_commit(fail, using="file", robust=True)
        transaction.on_commit(lambda: done.append("next"), using="file")
    assert done == ["next"]
    assert "no" in caplog.text


def test_a_rollback_can_be_asked_for() -> None:
    with atomic():
        add("a")
        transaction.set_rollback(True, using="file")
    assert texts() == []


def test_savepoints_by_hand() -> None:
    with atomic():
        add("a")
        name = transaction.savepoint_create(using="file")
        add("b")
        transaction.savepoint_rollback(name, using="file")
        transaction.savepoint_commit(name, using="file")
    assert texts() == ["a"]


def test_a_failed_statement_spoils_the_block_as_long_as_nobody_catches_it_outside() -> None:
    with atomic():
        with pytest.raises(Error), atomic():
            add(None)  # type: ignore[arg-type]
        add("a")
    assert texts() == ["a"]


def test_without_autocommit_one_commits_by_hand() -> None:
    transaction.set_autocommit(False, using="file")
    try:
        add("a")
        transaction.rollback(using="file")
        add("b")
        transaction.commit(using="file")
    finally:
        transaction.set_autocommit(True, using="file")
    assert texts() == ["b"]


def test_each_request_has_a_transaction_of_its_own(run: Run) -> None:
    def write(text: str, fail: bool) -> None:
        with atomic():
            add(text)
            if fail:
                raise ZeroDivisionError

    async def main() -> None:
        lane = WorkerLane()
        await asyncio.gather(
            *(lane.run(write, str(number), number % 2 == 1) for number in range(20)), return_exceptions=True
        )

    run(main())
    assert len(texts()) == 10


@pytest.mark.parametrize(
    "misuse",
    [
        lambda: transaction.commit(using="file"),
        lambda: transaction.rollback(using="file"),
        lambda: transaction.set_autocommit(False, using="file"),
        lambda: transaction.set_autocommit(True, using="file"),
    ],
)
def test_a_block_is_not_ended_by_hand(misuse: Any) -> None:
    with atomic():
        add("a")
        with pytest.raises(
            TransactionManagementError, match=r"This is forbidden when an 'atomic' block is active"
        ):
            misuse()
    assert texts() == ["a"]


def test_what_belongs_in_a_block_is_refused_outside() -> None:
    with pytest.raises(TransactionManagementError, match="rollback flag doesn't work outside"):
        transaction.set_rollback(True, using="file")
    with pytest.raises(TransactionManagementError, match="rollback flag doesn't work outside"):
        transaction.get_rollback(using="file")
    with pytest.raises(TypeError, match="must be a callable"):
        transaction.on_commit("later", using="file")  # type: ignore[arg-type]
    with pytest.raises(ConnectionDoesNotExist, match="nowhere"):
        transaction.atomic(using="nowhere").__enter__()


def test_a_robust_or_a_plain_callback_needs_autocommit_or_a_block() -> None:
    transaction.set_autocommit(False, using="file")
    try:
        with pytest.raises(TransactionManagementError, match="on_commit"):
            transaction.on_commit(print, using="file")
    finally:
        transaction.rollback(using="file")
        transaction.set_autocommit(True, using="file")
