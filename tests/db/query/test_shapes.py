"""Interning: one shape for one structure, whatever the values."""

from __future__ import annotations

import threading

from nuages.db import connection
from nuages.db.models import CharField, Q, Transform
from nuages.db.models.shapes import shape as shapes
from tests.conftest import only_on_sqlite
from tests.db.query.shop.models import Author, Book


def test_values_do_not_make_shapes() -> None:
    one, two = (Book.objects.filter(pk=number).order_by("title") for number in (1, 2))
    assert one.query.shape is two.query.shape
    assert repr(one.query.shape) == "Book.filter(pk=?).order_by(title)"
    assert [book.title for book in two] == ["Dusk"]


def test_none_and_truth_are_structure() -> None:
    assert Book.objects.filter(pages=None).query.shape is not Book.objects.filter(pages=1).query.shape
    by_null = [Book.objects.filter(pages__isnull=flag).query.shape for flag in (True, False)]
    assert by_null[0] is not by_null[1]


def test_long_lists_do_not_make_a_shape_for_each_length() -> None:
    made = {id(Book.objects.filter(pk__in=list(range(length))).query.shape) for length in range(65, 128)}
    assert len(made) == 1
    assert Book.objects.filter(pk__in=range(1, 100)).count() == 4


def test_nested_values_are_spliced_in_order() -> None:
    def found(name: str, pages: int) -> list[str]:
        authors = Author.objects.filter(name=name)
        return [book.title for book in Book.objects.filter(Q(author__in=authors), pages=pages)]

    assert found("Ana", 100) == ["Dawn"]
    assert found("Cy", 300) == ["Fire"]
    assert found("Cy", 100) == []


def test_a_registered_lookup_is_seen_at_once() -> None:
    class Doubled(Transform):
        lookup_name = "doubled"
        template = "(%(expressions)s || %(expressions)s)"

        def as_sql(self, compiler, connection):  # type: ignore[no-untyped-def]
            sql, params = compiler.compile(self.lhs)
            return f"({sql} || {sql})", (*params, *params)

    CharField.register_lookup(Doubled)
    try:
        assert Book.objects.filter(title__doubled="DawnDawn").count() == 1
    finally:
        CharField._unregister_lookup(Doubled)


def test_threads_may_make_the_same_shape_at_once() -> None:
    shapes.forget()
    found: list[str] = []

    def read() -> None:
        found.append(repr(Book.objects.filter(title="Dawn", author__name="Ana").query.shape))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["Book.filter(title=?, author__name=?)"] * 8


@only_on_sqlite
def test_query_is_readable() -> None:
    query = Book.objects.filter(pages__gt=5).order_by("-title")[2:5].query
    assert (query.low_mark, query.high_mark, query.order_by, query.model) == (2, 5, ("-title",), Book)
    assert query.where.children[0].lookup_name == "gt"
    sql, params = query.get_compiler("default").as_sql()
    assert params == (5,) and sql.endswith('> %s ORDER BY "shop_book"."title" DESC LIMIT 3 OFFSET 2')
    assert connection.vendor == "sqlite"
