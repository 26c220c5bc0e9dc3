"""Transactions that get in each other's way on PostgreSQL: the documented exception, and a connection that goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from nuages.db import OperationalError, connections, transaction
from nuages.db.transaction import TransactionManagementError

ALIAS = "postgres"


def execute(sql: str, *params: Any) -> list[Any]:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


def write(key: int, text: str) -> None:
    execute("UPDATE note SET text = %s WHERE id = %s", text, key)


def texts() -> list[str]:
    return [text for (text,) in execute("SELECT text FROM note ORDER BY id")]


def elsewhere(*acts: Callable[[], None]) -> list[BaseException]:
    """Run functions at once, each in a thread with a connection of its own; return their errors."""
    errors: list[BaseException] = []

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:
            errors.append(error)
        finally:
            connections[ALIAS].close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return errors


@pytest.fixture(autouse=True)
def two_notes(postgres: Any) -> None:
    execute("INSERT INTO note (id, text) VALUES (1, 'a'), (2, 'b')")


def test_one_of_two_that_wait_for_each_other_is_told_and_can_try_again() -> None:
    both_hold_one = threading.Barrier(2, timeout=20)
    after: list[list[str]] = []

    def cross(first: int, second: int) -> Callable[[], None]:
        def act() -> None:
            try:
                with transaction.atomic(using=ALIAS):
                    write(first, "x")
                    both_hold_one.wait()
                    write(second, "y")
            except OperationalError:
                # The block was taken back and the connection is free for the next.
                assert connections[ALIAS].get_autocommit()
                assert not connections[ALIAS].in_atomic_block
                with transaction.atomic(using=ALIAS):
                    write(first, "again")
                    after.append(texts())
                raise

        return act

    (error,) = elsewhere(cross(1, 2), cross(2, 1))
    assert isinstance(error, OperationalError)
    assert error.__cause__.sqlstate == "40P01"  # type: ignore[union-attr]
    # The other one may still come after the second try, or have been before it.
    assert len(after) == 1 and "again" in after[0]
    assert sorted(texts()) in (["again", "x"], ["again", "y"], ["x", "y"])


def test_what_was_read_and_changed_by_another_since_is_a_serialization_failure() -> None:
    with pytest.raises(OperationalError) as caught, transaction.atomic(using=ALIAS):
        execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        assert texts() == ["a", "b"]
        assert elsewhere(lambda: write(1, "theirs")) == []
        write(1, "ours")
    assert caught.value.__cause__.sqlstate == "40001"  # type: ignore[union-attr]
    assert texts() == ["theirs", "b"]


def test_a_block_that_failed_takes_nothing_more_until_it_ends() -> None:
    with transaction.atomic(using=ALIAS):
        execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        texts()
        elsewhere(lambda: write(1, "theirs"))
        with pytest.raises(OperationalError), transaction.atomic(using=ALIAS, savepoint=False):
            write(1, "ours")
        with pytest.raises(TransactionManagementError, match="until the end of the 'atomic' block"):
            texts()
    assert texts() == ["theirs", "b"]


def test_a_lock_that_is_held_is_an_error_where_nobody_wants_to_wait() -> None:
    with transaction.atomic(using=ALIAS):
        write(1, "ours")

        def impatient() -> None:
            with transaction.atomic(using=ALIAS):
                execute("SELECT * FROM note WHERE id = 1 FOR UPDATE NOWAIT")

        (error,) = elsewhere(impatient)
    assert isinstance(error, OperationalError)
    assert error.__cause__.sqlstate == "55P03"  # type: ignore[union-attr]


def test_a_statement_that_takes_too_long_is_ended_and_the_block_lives_on() -> None:
    with transaction.atomic(using=ALIAS):
        write(1, "ours")
        with pytest.raises(OperationalError), transaction.atomic(using=ALIAS):
            execute("SET LOCAL statement_timeout = 50")
            execute("SELECT pg_sleep(5)")
        write(2, "ours")
    assert texts() == ["ours", "ours"]
