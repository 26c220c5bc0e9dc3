"""What rows are sorted by, where names and constants could be taken for something else."""

from __future__ import annotations

import os

import pytest

from nuages.contrib.postgres.expressions import ArraySubquery
from nuages.db.models import Case, Exists, F, OrderBy, OuterRef, Subquery, Value, When
from nuages.db.models.functions import Upper
from tests.db.query.shop.models import Author, Book


@pytest.mark.parametrize(
    "constant",
    [
        Value(2),
        Value("1"),
        Value(1).desc(nulls_last=True),
        Case(When(pk__in=[], then=Value(1)), default=Value(0)).desc(),
    ],
)
def test_a_constant_sorts_nothing(constant: object) -> None:
    found = Book.objects.order_by(constant, "-title")
    assert [book.title for book in found] == ["Fire", "Echo", "Dusk", "Dawn"]


@pytest.mark.parametrize("order", ["name", OrderBy(F("name"))])
def test_an_annotation_is_not_taken_for_a_column_of_its_name(order: object) -> None:
    found = Book.objects.select_related("author").annotate(name=Upper("title")).order_by(order)
    assert [book.name for book in found] == ["DAWN", "DUSK", "ECHO", "FIRE"]  # type: ignore[attr-defined]


@pytest.mark.skipif(
    os.environ.get("NUAGES_TEST_DATABASE", "sqlite") == "sqlite", reason="SQLite slices no parts of unions"
)
def test_a_part_of_a_union_that_stays_alone_can_be_sliced_again() -> None:
    first = Author.objects.order_by("name").values_list("name")[:2]
    union = first.union(Author.objects.none().values_list("name"))
    assert list(union) == [("Ana",), ("Ben",)]
    assert list(union[:1]) == [("Ana",)]
    assert list(union.order_by("-name")[:1]) == [("Ben",)]


@pytest.mark.skipif(os.environ.get("NUAGES_TEST_DATABASE") != "postgresql", reason="SQLite has no arrays")
def test_an_array_of_a_subquery_keeps_its_order() -> None:
    titles = Book.objects.filter(author=OuterRef("pk")).order_by("-title").values("title")
    found = Author.objects.annotate(titles=ArraySubquery(titles)).order_by("name")
    assert [author.titles for author in found] == [["Dusk", "Dawn"], ["Echo"], ["Fire"]]  # type: ignore[attr-defined]


def test_a_subquery_is_sorted_unless_only_asked_what_it_holds() -> None:
    titles = Book.objects.filter(author=OuterRef("pk")).order_by("-title").values("title")
    assert "ORDER BY" in str(Author.objects.annotate(title=Subquery(titles)).query)
    assert "ORDER BY" not in str(Author.objects.filter(Exists(titles)).query)
    assert "ORDER BY" not in str(Author.objects.filter(name__in=titles.filter(author=1)).query)
