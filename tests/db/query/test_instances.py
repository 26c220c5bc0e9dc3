"""Instances as they come from rows: what they share, and what is their own."""

from __future__ import annotations

import copy
import datetime
import pickle
from typing import Any

import pytest

from nuages.db import connection, models
from nuages.db.models import FETCH_PEERS
from nuages.db.models.signals import post_init
from nuages.db.models.state import ModelState
from nuages.test.utils import CaptureQueriesContext, isolate_apps, override_settings
from nuages.utils.functional import SimpleLazyObject
from tests.db.query.shop.models import Author, Book, Country, Cover, Reading


def test_rows_have_states_of_their_own_once_they_are_asked_for() -> None:
    first, second = Author.objects.order_by("pk")[:2]
    first._state.adding = True
    assert isinstance(first._state, ModelState)
    assert first._state is first._state
    assert not second._state.adding
    assert "_state" in second.__dict__


def test_a_loaded_row_knows_its_database_and_is_not_new() -> None:
    author = Author.objects.order_by("pk")[0]
    assert (author._state.db, author._state.adding) == ("default", False)
    made = Author(name="Di")
    assert (made._state.db, made._state.adding) == (None, True)


def test_a_copied_and_a_pickled_row_do_not_share_a_state() -> None:
    author = Author.objects.order_by("pk")[0]
    for other in (copy.copy(author), pickle.loads(pickle.dumps(author))):
        other._state.db = "elsewhere"
        assert author._state.db == "default"


def test_an_instance_without_state_says_so_as_any_attribute_does() -> None:
    with pytest.raises(AttributeError, match="'Author' object has no attribute '_state'"):
        _ = Author.__new__(Author)._state


def test_a_state_is_no_keyword_of_a_model() -> None:
    with pytest.raises(TypeError, match=r"unexpected keyword arguments: '_state'"):
        Author(_state=ModelState())


def test_the_short_way_and_the_logged_way_give_the_same_instances() -> None:
    rows = Author.objects.select_related("country").order_by("pk")
    quick = [(one.__dict__.keys(), one.name, one.country) for one in rows.all()]
    with CaptureQueriesContext(connection):
        logged = [(one.__dict__.keys(), one.name, one.country) for one in rows.all()]
    assert quick == logged


def test_a_created_row_has_its_key_both_ways() -> None:
    quick = Author.objects.create(name="Di")
    with CaptureQueriesContext(connection):
        logged = Author.objects.create(name="Ed")
    assert logged.pk == quick.pk + 1
    assert Author.objects.get(pk=quick.pk).name == "Di"


def test_a_lazy_object_may_be_assigned() -> None:
    country = Country.objects.order_by("pk")[0]
    author = Author(name="Di", country=SimpleLazyObject(lambda: country))
    author.save()
    assert Author.objects.get(pk=author.pk).country == country


def test_an_object_and_its_key_may_both_be_given() -> None:
    country = Country.objects.order_by("pk")[0]
    assert Author(name="Di", country=country, country_id=country.pk).country_id == country.pk


def test_what_was_loaded_with_a_row_stays_with_it_when_it_gets_a_state_of_its_own() -> None:
    book = Book.objects.select_related("author__country").order_by("pk")[0]
    before = book.author
    book._state.adding = True
    with CaptureQueriesContext(connection) as queries:
        assert (book.author, book.author.country.name) == (before, "Chile")
        assert book.author is before
    assert not queries.captured_queries
    assert book._state.fields_cache == {"author": before}


def test_a_row_that_has_nothing_beside_it_says_so_without_asking_again() -> None:
    author = Author.objects.select_related("mentor").get(name="Ana")
    with CaptureQueriesContext(connection) as queries:
        assert author.mentor is None
    assert not queries.captured_queries


def test_a_loaded_row_with_its_relations_is_saved_and_assigned() -> None:
    book = Book.objects.select_related("author").get(title="Dawn")
    book.title = "Noon"
    book.save()
    assert Book.objects.get(pk=book.pk).title == "Noon"
    ben = Author.objects.select_related("mentor").get(name="Ben")
    book.author = ben
    assert (book.author, book.author_id, ben._state.db) == (ben, ben.pk, "default")
    made = Book(title="New", author=Author.objects.select_related("country").get(name="Ana"))
    assert made._state.db == "default"
    Author.objects.bulk_create([Author(name="Di", mentor=ben)])
    assert Author.objects.get(name="Di").mentor_id == ben.pk


@pytest.mark.parametrize("listening", [True, False])
def test_both_sides_of_a_one_to_one_are_known_whoever_listens(listening: bool) -> None:
    heard: list[Any] = []

    def hear(instance: Any, **kwargs: Any) -> None:
        heard.append(instance)

    if listening:
        post_init.connect(hear, sender=Book)
    try:
        cover = Cover.objects.select_related("book__author").get()
        book = Book.objects.select_related("cover").get(pk=cover.book_id)
    finally:
        post_init.disconnect(hear, sender=Book)
    assert heard == ([cover.book, book] if listening else [])
    with CaptureQueriesContext(connection) as queries:
        assert cover.book.cover is cover
        assert book.cover.book is book
        assert cover.book.author.name == "Ana"
    assert not queries.captured_queries


@pytest.mark.parametrize("listening", [True, False])
def test_rows_loaded_beside_others_have_peers_among_themselves(listening: bool) -> None:
    def hear(**kwargs: Any) -> None:
        pass

    if listening:
        post_init.connect(hear, sender=Author)
    try:
        books = list(Book.objects.select_related("author").fetch_mode(FETCH_PEERS).order_by("pk"))
    finally:
        post_init.disconnect(hear, sender=Author)
    for group in (books, [book.author for book in books]):
        assert [peer() for peer in group[0]._state.peers] == group
    with CaptureQueriesContext(connection) as queries:
        assert [book.author.country_id and book.author.country.name for book in books] == [
            "Chile",
            "Chile",
            "Japan",
            None,
        ]
    assert len(queries.captured_queries) == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="other databases refuse such values")
@pytest.mark.parametrize("use_tz", [True, False])
def test_moments_and_days_are_read_however_they_are_written(use_tz: bool) -> None:
    """Not only as we write them: as any program may that writes to the file."""
    zone = datetime.UTC if use_tz else None
    two = datetime.timezone(datetime.timedelta(hours=2))
    written = [
        ("2026-11-22 10:00:00.5", datetime.datetime(2026, 11, 22, 10, 0, 0, 500_000, zone)),
        ("2026-11-22T10:00", datetime.datetime(2026, 11, 22, 10, tzinfo=zone)),
        ("2026-11-22", datetime.datetime(2026, 11, 22, tzinfo=zone)),
        ("2026-11-22 10:00:00+02:00", datetime.datetime(2026, 11, 22, 10, tzinfo=two)),
        ("2026-11-22 9:05", datetime.datetime(2026, 11, 22, 9, 5, tzinfo=zone)),
        (None, None),
    ]
    with connection.cursor() as cursor:
        for text, _ in written:
            cursor.execute(
                "INSERT INTO shop_reading (moment, day, clock) VALUES (%s, %s, %s)",
                (text, "2026-1-2", "9:05"),
            )
    with override_settings(USE_TZ=use_tz):
        rows = Reading.objects.order_by("pk")
        expected = [moment for _, moment in written]
        assert [one.moment for one in rows] == expected
        assert [one.moment and one.moment.tzinfo for one in rows] == [one and one.tzinfo for one in expected]
        assert list(rows.values_list("moment", flat=True)) == expected
        assert rows.values("day", "clock").first() == {
            "day": datetime.date(2026, 1, 2),
            "clock": datetime.time(9, 5),
        }
        assert (rows[0].day, rows[0].clock) == (datetime.date(2026, 1, 2), datetime.time(9, 5))


@isolate_apps("tests.db.query.shop")
def test_a_row_may_lack_what_its_model_says_is_always_there() -> None:
    class Strict(models.Model):
        day = models.DateField()
        moment = models.DateTimeField()
        clock = models.TimeField()
        flag = models.BooleanField()

        class Meta:
            app_label = "shop"
            db_table = Reading._meta.db_table

    full = Reading.objects.create(
        day=datetime.date(2026, 5, 4),
        moment=datetime.datetime(2026, 5, 4, 12, tzinfo=datetime.UTC),
        clock=datetime.time(12),
        flag=True,
    )
    Reading.objects.create()
    one, two = Strict.objects.order_by("pk")
    assert (one.day, one.moment, one.clock, one.flag) == (full.day, full.moment, full.clock, True)
    assert (two.day, two.moment, two.clock, two.flag) == (None, None, None, None)


def test_rows_that_know_each_other_and_rows_that_do_not_come_from_one_query() -> None:
    authors = Author.objects.select_related("country").order_by("pk")
    for mode in (models.FETCH_ONE, models.FETCH_PEERS, models.FETCH_ONE):
        found = list(authors.fetch_mode(mode))
        known = 3 if mode is models.FETCH_PEERS else 0
        assert [len(one._state.peers) for one in found] == [known] * 3
        assert {one._state.db for one in found} == {"default"}
        assert not any(one._state.adding for one in found)


def test_what_one_row_is_told_no_other_row_hears() -> None:
    first, second = Author.objects.get(name="Ana"), Author.objects.get(name="Ana")
    first._state.db = "elsewhere"
    first._state.adding = True
    first._state.fields_cache["country"] = None
    assert (second._state.db, second._state.adding, second._state.fields_cache) == ("default", False, {})
    third = Author.objects.get(name="Ana")
    assert (third._state.db, third._state.adding) == ("default", False)
