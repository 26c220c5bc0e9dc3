"""What a query set gives: instances, values, numbers, related objects; and how many statements that takes."""

from __future__ import annotations

import asyncio
import copy
import pickle
from decimal import Decimal

import pytest

from nuages.core.exceptions import FieldError
from nuages.db import NotSupportedError, connection
from nuages.db.models import (
    Avg,
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Sum,
    Value,
    Window,
)
from nuages.db.models.functions import Lower, RowNumber
from nuages.db.models.shapes import shape as shapes
from nuages.test.utils import CaptureQueriesContext
from tests.conftest import only_on_sqlite
from tests.db.query.shop.models import Author, Book, Cover, Novel, Tag


def test_get_raises_for_none_and_for_many() -> None:
    assert Book.objects.get(title="Dawn").pages == 100
    with pytest.raises(Book.DoesNotExist, match="Book matching query does not exist"):
        Book.objects.get(title="No")
    with pytest.raises(Book.MultipleObjectsReturned, match="it returned 2!"):
        Book.objects.get(price="7.50")


def test_slices_of_slices() -> None:
    ordered = Book.objects.order_by("title")
    assert [book.title for book in ordered[1:][:2]] == ["Dusk", "Echo"]
    assert ordered[1:3][1].title == "Echo"
    assert list(ordered[2:2]) == []
    with pytest.raises(ValueError, match="Negative indexing is not supported"):
        ordered[-1]


@pytest.mark.parametrize("number", [2**63 - 1, 2**63, 10**20])
def test_limits_beyond_what_a_database_counts_limit_nothing(number: int) -> None:
    books = Book.objects.order_by("pk")
    assert list(books.all()[:number]) == list(books)
    assert list(books.all()[number:]) == list(books.all()[number : number + 5]) == []
    assert list(books.all()[1:][:number]) == list(books)[1:]
    assert books.all()[:number].exists()
    assert books.all()[1:number].count() == len(books) - 1
    with pytest.raises(IndexError):
        books.all()[number]
    assert list(Book.objects.filter(pk__in=books.all()[:number]).order_by("pk")) == list(books)


def test_pages_of_a_list_share_one_shape() -> None:
    ordered = Book.objects.order_by("title")
    assert ordered[10:20].query.shape is ordered[20:30].query.shape
    assert ordered[:2].query.shape is ordered[0:3].query.shape is ordered[:3].query.shape


@only_on_sqlite
def test_columns_are_selected_as_they_are_stored_but_for_those_that_rows_are_sorted_or_told_apart_by() -> (
    None
):
    def selected(queryset: QuerySet[Tag]) -> str:
        assert len(queryset) == 3
        (plan,) = queryset.query.shape.plans.values()
        columns: str = plan.statement.qmark.partition(" FROM ")[0].replace('"shop_tag".', "")
        return columns

    tags: QuerySet[Tag] = Tag.objects.filter(name__gt="a")
    assert selected(tags) == 'SELECT +"id", +"name"'
    assert selected(tags.order_by("-name")) == 'SELECT +"id", "name"'
    assert selected(tags.distinct()) == 'SELECT DISTINCT "id", "name"'
    assert selected(tags.annotate(books=Count("book"))).startswith('SELECT "id", "name", COUNT(')


def test_a_copy_fetches_anew_with_what_is_prefetched() -> None:
    books = Book.objects.prefetch_related("tags").order_by("pk")
    assert len(books) == 4
    for again in (books.all(), copy.deepcopy(books)):
        with CaptureQueriesContext(connection) as seen:
            assert [len(book.tags.all()) for book in again] == [2, 1, 0, 2]
        assert len(seen) == 2


def test_get_after_a_slice_or_a_combination_says_what_it_says_when_warm() -> None:
    assert Book.objects.get(title="Dawn") == Book.objects.filter(title="Dawn").get()
    first = Book.objects.order_by("title")[:1]
    assert first.get().title == first.get().title == "Dawn"
    with pytest.raises(TypeError, match="Cannot filter a query once a slice has been taken"):
        first.get(title="Dawn")
    both = Book.objects.filter(title="Dawn").union(Book.objects.filter(title="Dawn"))
    with pytest.raises(NotSupportedError, match=r"Calling QuerySet.get\(...\) with filters after union\(\)"):
        both.get(title="Dawn")
    assert both.get().title == "Dawn"


def test_first_and_last_order_by_key_when_nothing_else_is_said() -> None:
    assert Book.objects.first().title == "Dawn"
    assert Book.objects.last().title == "Fire"
    assert Book.objects.filter(pk=0).first() is None


def test_values_follow_the_order_asked_for() -> None:
    assert list(Book.objects.filter(pk=1).values_list("pages", "title")) == [(100, "Dawn")]
    row = Book.objects.values_list("title", "author__name", named=True).get(pk=1)
    assert (row.title, row.author__name) == ("Dawn", "Ana")
    assert Book.objects.values("title", lower=Lower("title")).get(pk=1) == {"title": "Dawn", "lower": "dawn"}


def test_values_before_annotate_group() -> None:
    grouped = Book.objects.values("author__name").annotate(n=Count("id")).order_by("author__name")
    assert list(grouped) == [
        {"author__name": "Ana", "n": 2},
        {"author__name": "Ben", "n": 1},
        {"author__name": "Cy", "n": 1},
    ]


def test_aggregates_over_slices_and_over_annotations() -> None:
    assert Book.objects.order_by("id")[:2].aggregate(total=Sum("pages")) == {"total": 300}
    assert Author.objects.annotate(n=Count("book")).aggregate(Avg("n"))["n__avg"] == pytest.approx(4 / 3)
    assert Book.objects.none().aggregate(n=Count("*"), total=Sum("pages")) == {"n": 0, "total": None}


def test_subqueries_and_windows() -> None:
    newest = Book.objects.filter(author=OuterRef("pk")).order_by("-id").values("title")[:1]
    assert list(Author.objects.annotate(last=Subquery(newest)).values_list("last", flat=True)) == [
        "Dusk",
        "Echo",
        "Fire",
    ]
    has_red = Exists(Cover.objects.filter(book__author=OuterRef("pk"), colour="red"))
    assert [author.name for author in Author.objects.filter(has_red)] == ["Ana"]
    ranked = Book.objects.annotate(rank=Window(RowNumber(), partition_by="author", order_by="-pages"))
    assert sorted(ranked.filter(rank=1).values_list("title", flat=True)) == ["Dusk", "Echo", "Fire"]


@pytest.mark.parametrize("several", [Author.objects.values("pk", "name"), Author.objects.all()])
def test_a_subquery_of_several_columns_is_no_value(several: QuerySet[Author]) -> None:
    for one in (several, Subquery(several), Subquery(several[:1])):
        for step in (Book.objects.annotate, Book.objects.alias, Book.objects.values):
            with pytest.raises(FieldError, match=r"^Cannot resolve expression type, unknown output_field$"):
                step(found=one)
    assert all(Book.objects.annotate(found=Exists(several)).values_list("found", flat=True))
    key = Subquery(Author.objects.only("pk").order_by("pk")[:1])
    assert (
        Book.objects.annotate(found=key).values_list("found", flat=True)[0]
        == Author.objects.earliest("pk").pk
    )


def test_the_columns_of_a_row_stay_as_they_are_where_a_statement_names_them() -> None:
    plain = str(Book.objects.order_by("pk").query)
    assert Book.objects.order_by("title", "pk").distinct()[:2].count() == 2
    ranked = Book.objects.annotate(place=Window(RowNumber(), order_by="pk")).filter(place__lte=2)
    assert len(ranked) == 2
    shapes.forget()
    assert str(Book.objects.order_by("pk").query) == plain


def test_combined_queries_are_ordered_and_sliced_as_one() -> None:
    both = Book.objects.filter(pages=100).union(Book.objects.filter(pages=300))
    assert [book.title for book in both.order_by("-title")] == ["Fire", "Dawn"]
    assert both.count() == 2
    assert both.order_by("title").values_list("title", flat=True)[0] == "Dawn"


def test_select_related_takes_one_statement() -> None:
    with CaptureQueriesContext(connection) as captured:
        books = list(Book.objects.select_related("author__country", "cover").order_by("id"))
        assert [book.author.country and book.author.country.name for book in books] == [
            "Chile",
            "Chile",
            "Japan",
            None,
        ]
        assert books[0].cover.colour == "red"
        assert books[0].cover.book is books[0]
    assert len(captured) == 1


def test_prefetch_takes_one_statement_a_relation() -> None:
    dear = Prefetch("book_set", Book.objects.filter(price__gt=6).order_by("title"), to_attr="dear")
    with CaptureQueriesContext(connection) as captured:
        authors = list(Author.objects.prefetch_related("book_set__tags", dear).order_by("id"))
        assert [tag.name for tag in authors[0].book_set.all()[0].tags.all()] == ["sea", "war"]
        assert [book.title for book in authors[0].dear] == ["Dusk"]
    assert len(captured) == 4


def test_deferred_columns_come_when_they_are_read() -> None:
    book = Book.objects.only("title").get(pk=1)
    assert book.get_deferred_fields() == {"pages", "price", "author_id"}
    assert book.price == Decimal("5.00")


def test_inherited_columns_are_joined_and_updated() -> None:
    novel = Novel.objects.create(title="Glow", author_id=1, genre="sf", pages=5)
    assert Novel.objects.filter(title="Glow").values_list("genre", flat=True).get() == "sf"
    assert Novel.objects.filter(genre="sf").update(genre="noir", pages=6) == 1
    novel.refresh_from_db()
    assert (novel.genre, novel.pages) == ("noir", 6)


def test_iterator_reads_in_chunks() -> None:
    with CaptureQueriesContext(connection) as captured:
        assert len(list(Book.objects.prefetch_related("tags").iterator(chunk_size=3))) == 4
    assert len(captured) == 3


def test_pickled_query_sets_keep_rows_and_pickled_queries_run() -> None:
    books = Book.objects.filter(author__name="Ana", pages__gt=100).annotate(one=Value(1), up=F("pages") + 1)
    assert [book.title for book in pickle.loads(pickle.dumps(books))] == ["Dusk"]
    again = Book.objects.all()
    again.query = pickle.loads(pickle.dumps(books.query))
    assert [book.title for book in again] == ["Dusk"]


def test_async_faces_do_the_same() -> None:
    async def read() -> tuple[int, list[str], str]:
        ordered = Book.objects.order_by("title")
        return await ordered.acount(), [book.title async for book in ordered], (await ordered.afirst()).title

    assert asyncio.run(read()) == (4, ["Dawn", "Dusk", "Echo", "Fire"], "Dawn")


def test_raw_rows_become_instances_with_extra_columns() -> None:
    (book,) = Book.objects.raw("SELECT id, title, 7 AS lucky FROM shop_book WHERE title = %s", ["Dawn"])
    assert (book.title, book.lucky, book.pages) == ("Dawn", 7, 100)


def test_a_new_object_reads_its_relations() -> None:
    author = Author.objects.get(name="Ana")
    assert Book.objects.create(title="New", author_id=author.pk).author == author
    assert Book(author_id=author.pk).author == author
