"""The period of a connection: what was read in another one may be outdated."""

from __future__ import annotations

from nuages.db import transaction
from nuages.db.backends.base.base import BaseDatabaseWrapper


def test_a_transaction_is_a_period_of_its_own(file: BaseDatabaseWrapper) -> None:
    before = file.period
    with transaction.atomic("file"):
        inside = file.period
        with transaction.atomic("file"):
            assert file.period is inside
    assert inside is not before
    # What was read before it is still so, as far as this connection knows.
    assert file.period is before
    with transaction.atomic("file"):
        assert file.period is not inside


def test_statements_that_may_write_end_it(file: BaseDatabaseWrapper) -> None:
    before = file.period
    with file.cursor() as cursor:
        cursor.execute("SELECT * FROM note")
        assert file.period is before
        cursor.execute("INSERT INTO note (text) VALUES ('x')")
    assert file.period is not before


def test_one_inside_of_a_transaction_ends_the_period_outside_too(file: BaseDatabaseWrapper) -> None:
    before = file.period
    with transaction.atomic("file"), file.cursor() as cursor:
        cursor.execute("INSERT INTO note (text) VALUES ('x')")
    assert file.period is not before


def test_closing_ends_it(file: BaseDatabaseWrapper) -> None:
    before = file.period
    file.close()
    assert file.period is not before


def test_a_connection_that_was_given_back_begins_another(file: BaseDatabaseWrapper) -> None:
    file.ensure_connection()
    before = file.period
    assert file.rest()
    assert file.period is not before
