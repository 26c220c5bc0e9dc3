"""`select_for_update(of=...)`: the tables whose rows are locked."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from nuages.core.exceptions import FieldError
from nuages.db import connection
from nuages.test.utils import CaptureQueriesContext
from tests.db.query.shop.models import Author, Book, Saga

pytestmark = pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has no row locks")


def locked(query: Callable[[], Any]) -> list[str] | None:
    """Tables that a statement locks; None if it locks nothing."""
    with CaptureQueriesContext(connection) as seen:
        query()
    found = re.search(r"FOR UPDATE(?: OF (.*))?$", seen[0]["sql"])
    return None if found is None else re.findall(r'"(\w+)"', found[1] or "")


def test_values_of_a_row_lock_its_own_table() -> None:
    books = Book.objects.select_for_update(of=("self",))
    assert locked(lambda: list(books.values("pk"))) == ["shop_book"]
    assert locked(lambda: list(books.values_list("author__name"))) == ["shop_book"]


def test_values_beside_an_outer_join_are_read_while_the_row_is_locked() -> None:
    mentors = Author.objects.select_for_update(of=("self",)).values_list("name", "mentor__name")
    assert list(mentors.order_by("name")) == [("Ana", None), ("Ben", "Ana"), ("Cy", "Ben")]


def test_values_lock_a_relation_that_they_follow() -> None:
    books = Book.objects.select_for_update(of=("author",))
    assert locked(lambda: list(books.values("author__name"))) == ["shop_author"]
    assert locked(lambda: list(books.values("title"))) is None


def test_asking_whether_there_are_rows_locks_what_it_reads() -> None:
    books = Book.objects.select_for_update(of=("self", "author"))
    assert locked(books.exists) == ["shop_book"]
    assert locked(books.filter(author__name="Ana").exists) == ["shop_book", "shop_author"]


def test_values_lock_no_columns() -> None:
    for name in ("title", "author__name", "nothing"):
        with pytest.raises(FieldError, match=name):
            list(Book.objects.select_for_update(of=(name,)).values("pk"))


def test_parents_of_parents_are_locked() -> None:
    sagas = Saga.objects.select_for_update
    assert locked(lambda: list(sagas(of=("novel_ptr__book_ptr", "self")))) == ["shop_book", "shop_saga"]
    with pytest.raises(FieldError, match="Choices are: self, novel_ptr, novel_ptr__book_ptr"):
        list(sagas(of=("book_ptr",)))
