"""What query sets change."""

from __future__ import annotations

import pytest

from nuages.core.exceptions import FieldError
from nuages.db import connection
from nuages.db.models import F
from nuages.test.utils import CaptureQueriesContext
from tests.db.query.shop.models import Author, Book, Tag


def test_update_sets_values_and_expressions_in_one_statement() -> None:
    with CaptureQueriesContext(connection) as captured:
        assert Book.objects.filter(pages__gte=200).update(pages=F("pages") + 1, title="New") == 2
    assert len(captured) == 1
    assert sorted(Book.objects.filter(title="New").values_list("pages", flat=True)) == [201, 301]


def test_update_over_relations_narrows_by_key() -> None:
    assert Book.objects.filter(author__country__name="Chile", tags__name="war").update(pages=None) == 1
    assert Book.objects.get(title="Dawn").pages is None


def test_update_refuses_what_is_no_column() -> None:
    with pytest.raises(FieldError, match="only concrete fields are permitted"):
        Book.objects.update(tags=1)
    with pytest.raises(FieldError, match="Joined field references are not permitted in this query"):
        Book.objects.update(title=F("author__name"))


def test_get_or_create_finds_before_it_makes() -> None:
    ana, made = Author.objects.get_or_create(name="Ana", defaults={"country": None})
    assert (ana.country_id, made) == (1, False)
    dot, made = Author.objects.get_or_create(name="Dot", defaults={"mentor": lambda: ana})
    assert (dot.mentor_id, made) == (ana.pk, True)


def test_update_or_create_takes_other_values_for_new_rows() -> None:
    tag, made = Tag.objects.update_or_create(name="sea", defaults={"name": "ocean"})
    assert (tag.name, made) == ("ocean", False)
    tag, made = Tag.objects.update_or_create(
        name="new", defaults={"name": "x"}, create_defaults={"name": "made"}
    )
    assert (tag.name, made) == ("made", True)


def test_bulk_update_writes_each_row_its_own_value() -> None:
    books = list(Book.objects.order_by("id"))
    for number, book in enumerate(books):
        book.pages = number
    with CaptureQueriesContext(connection) as captured:
        assert Book.objects.bulk_update(books, ["pages"]) == 4
    assert sum("UPDATE" in query["sql"] for query in captured) == 1
    assert list(Book.objects.order_by("id").values_list("pages", flat=True)) == [0, 1, 2, 3]


def test_bulk_create_gives_keys() -> None:
    tags = Tag.objects.bulk_create([Tag(name="a"), Tag(name="b")])
    assert all(tag.pk for tag in tags)
    with pytest.raises(ValueError, match="Batch size must be a positive integer"):
        Tag.objects.bulk_create([], batch_size=-1)


def test_delete_of_a_filtered_query_takes_what_depends() -> None:
    deleted, by_model = Author.objects.filter(name="Ana").delete()
    assert by_model["shop.Book"] == 2 and deleted >= 3
    assert Book.objects.count() == 2


def test_delete_of_a_slice_is_refused() -> None:
    with pytest.raises(TypeError, match="Cannot use 'limit' or 'offset' with delete"):
        Book.objects.all()[:1].delete()
