"""Rows that `filter()` and `exclude()` find, beside a plain evaluation in Python."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nuages.core.exceptions import FieldError
from nuages.db.models import Count, F, Q
from tests.db.query.shop.models import Author, Book, Country, Reading, Tag


def titles(queryset: Any) -> list[str]:
    return sorted(queryset.values_list("title", flat=True))


def test_conditions_on_related_rows_join_once() -> None:
    query = Book.objects.filter(author__country__name="Chile", author__name="Ana").query
    assert str(query).count("JOIN") == 2


def test_key_of_relation_needs_no_join() -> None:
    assert "JOIN" not in str(Book.objects.filter(author__id=1).query)
    assert "JOIN" not in str(Book.objects.values("author__id").query)


def test_two_calls_about_many_rows_are_about_different_rows() -> None:
    assert titles(Book.objects.filter(tags__name="sea").filter(tags__name="war")) == ["Dawn"]
    assert titles(Book.objects.filter(tags__name="sea", tags__name__startswith="w")) == []


def test_exclude_counts_null_as_different() -> None:
    assert titles(Book.objects.exclude(pages=100)) == ["Dusk", "Echo", "Fire"]
    assert titles(Book.objects.exclude(author__country__name="Chile")) == ["Echo", "Fire"]


def test_exclude_about_many_rows_asks_whether_there_is_one() -> None:
    assert titles(Book.objects.exclude(tags__name="sea")) == ["Echo", "Fire"]
    assert titles(Book.objects.exclude(tags__isnull=True)) == ["Dawn", "Dusk", "Fire"]
    assert titles(Book.objects.exclude(tags=None)) == ["Dawn", "Dusk", "Fire"]


def test_or_over_a_nullable_relation_keeps_rows_without_it() -> None:
    found = Author.objects.filter(Q(country__name="Chile") | Q(name="Cy"))
    assert sorted(found.values_list("name", flat=True)) == ["Ana", "Cy"]
    assert "LEFT OUTER JOIN" in str(found.query)


def test_and_makes_the_join_inner() -> None:
    assert "INNER JOIN" in str(Author.objects.filter(country__name="Chile").query)


def test_expressions_compare_columns_of_two_tables() -> None:
    assert titles(Book.objects.filter(author__id=F("id"))) == ["Dawn"]


def test_queryset_as_value_becomes_a_subquery() -> None:
    authors = Author.objects.filter(country__name="Chile")
    query = Book.objects.filter(author__in=authors)
    assert titles(query) == ["Dawn", "Dusk"]
    assert str(query.query).count("SELECT") == 2


def test_unknown_name_says_what_was_likely_meant() -> None:
    with pytest.raises(FieldError, match=r"Cannot resolve keyword 'autor' into field") as caught:
        Book.objects.filter(autor=1)
    assert any("'author'" in note for note in caught.value.__notes__)


def test_wrong_value_is_refused_at_the_call_on_a_warm_shape_too() -> None:
    Book.objects.filter(pages=1)
    with pytest.raises(ValueError, match="expected a number"):
        Book.objects.filter(pages="many")


def test_object_of_another_model_is_refused() -> None:
    tag = Tag.objects.get(name="sea")
    with pytest.raises(ValueError, match='Must be "Author" instance'):
        Book.objects.filter(author=tag)


def test_having_and_where_are_told_apart() -> None:
    found = Author.objects.annotate(n=Count("book")).filter(n__gt=1, name="Ana")
    sql = str(found.query)
    assert "HAVING COUNT" in sql and "WHERE" in sql
    assert [author.n for author in found] == [2]


LEAVES: dict[str, Callable[[Any], Any]] = {
    "title": lambda book: book.title,
    "pages": lambda book: book.pages,
    "author__name": lambda book: book.author.name,
    "author__country__name": lambda book: book.author.country.name if book.author.country else None,
    "author__mentor__name": lambda book: book.author.mentor.name if book.author.mentor else None,
}
VALUES: dict[str, list[Any]] = {
    "title": ["Dawn", "Echo", "No"],
    "pages": [100, 200, 7, None],
    "author__name": ["Ana", "Cy"],
    "author__country__name": ["Chile", "Japan", None],
    "author__mentor__name": ["Ana", "Ben", None],
}
leaves = st.sampled_from(sorted(LEAVES)).flatmap(
    lambda name: st.tuples(st.just(name), st.sampled_from(VALUES[name]))
)
conditions = st.recursive(
    leaves.map(lambda pair: Q(pair)),
    lambda inner: st.one_of(
        st.builds(lambda a, b: a & b, inner, inner),
        st.builds(lambda a, b: a | b, inner, inner),
        st.builds(lambda a, b: a ^ b, inner, inner),
        inner.map(lambda q: ~q),
    ),
    max_leaves=6,
)


def holds(q: Any, book: Any) -> bool:
    """The condition in two-valued logic: null equals nothing but None."""
    if isinstance(q, tuple):
        return bool(LEAVES[q[0]](book) == q[1])
    each = [holds(child, book) for child in q.children]
    truth = all(each) if q.connector == "AND" else any(each) if q.connector == "OR" else sum(each) % 2 == 1
    return truth != q.negated


def changed(q: Any) -> Any:
    """The same structure with other values."""
    if isinstance(q, tuple):
        known = [value for value in VALUES[q[0]] if value is not None]
        return q if q[1] is None else (q[0], known[(known.index(q[1]) + 1) % len(known)])
    return Q.create([changed(child) for child in q.children], q.connector, q.negated)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(conditions)
def test_random_conditions_find_what_python_finds(q: Q) -> None:
    books = list(Book.objects.select_related("author__country", "author__mentor"))
    expected = sorted(book.title for book in books if holds(q, book))
    assert titles(Book.objects.filter(q)) == expected
    assert titles(Book.objects.exclude(q)) == sorted({book.title for book in books} - set(expected))
    # The second time the plan is warm; with other values it must not remember the first.
    assert titles(Book.objects.filter(q)) == expected
    other = changed(q)
    assert titles(Book.objects.filter(other)) == sorted(book.title for book in books if holds(other, book))


def test_ordering_of_a_relation_follows_its_model() -> None:
    assert [author.name for author in Author.objects.filter(country__isnull=False).order_by("country")] == [
        "Ana",
        "Ben",
    ]
    assert Country.objects.first().name == "Chile"


def test_alternatives_with_an_aggregate_group_by_what_is_compared() -> None:
    """Not by how the comparison ends: all authors that are not asked for would fall into one group."""
    counted = Author.objects.annotate(Count("book"))
    found = counted.filter(Q(book__in=Book.objects.filter(title="Echo")) | Q(book__count__gt=2))
    assert {author.name for author in found} == {"Ben"}


def test_excluding_what_is_missing_behind_any_of_many_rows() -> None:
    Book.objects.create(title="Gale", author=Author.objects.get(name="Ana"))
    for missing in ({"book__tags": None}, {"book__tags__isnull": True}):
        assert {author.name for author in Author.objects.filter(**missing)} == {"Ana", "Ben"}
        assert [author.name for author in Author.objects.exclude(**missing)] == ["Cy"]


def test_none_in_a_list_excludes_rows_without_a_value() -> None:
    assert titles(Book.objects.exclude(pages__in=[100])) == ["Dusk", "Echo", "Fire"]
    assert titles(Book.objects.exclude(pages__in=[100, None])) == ["Dusk", "Fire"]
    assert titles(Book.objects.filter(pages__in=[100, None])) == ["Dawn"]
    assert [author.name for author in Author.objects.exclude(country__name__in=["Chile", None])] == ["Ben"]
    assert Author.objects.exclude(book__pages__in=[None]).count() == 3


def test_a_condition_that_begins_with_a_bracket_stays_whole() -> None:
    odd = Q(pages__gt=150) ^ Q(title="Dawn")
    assert titles(Book.objects.filter(odd).exclude(pk__in=[])) == ["Dawn", "Dusk", "Fire"]


def test_distinct_values_are_counted_under_a_condition() -> None:
    counted = Book.objects.aggregate(total=Count("price", distinct=True, filter=Q(pages__gt=100)))
    assert counted == {"total": 2}


def test_indexes_of_arrays_in_documents_may_count_from_the_end() -> None:
    Reading.objects.create(data={"a": [1, [2, 3]]})
    Reading.objects.create(data={"a": [1]})
    assert list(Reading.objects.filter(**{"data__a__-1__-2": 2}).values_list("data__a__-2", flat=True)) == [1]


def test_days_and_moments_can_be_looked_up_by_their_text() -> None:
    Reading.objects.create(
        day=datetime.date(2026, 11, 22), moment=datetime.datetime(2026, 11, 22, 10, tzinfo=datetime.UTC)
    )
    assert Reading.objects.filter(day__startswith="2026-11", moment__contains="-22 ").count() == 1
    assert not Reading.objects.filter(day__startswith="2025").exists()


def test_one_query_set_or_the_other_is_one_condition_or_the_other() -> None:
    """Also for a book whose author has no country, of which only one of the two can be asked."""
    two = Book.objects.filter(author__country__name="Chile") ^ Book.objects.filter(pages__gt=100)
    one = Book.objects.filter(Q(author__country__name="Chile") ^ Q(pages__gt=100))
    assert titles(two) == titles(one) == ["Dawn", "Fire"]


@pytest.mark.parametrize("turn", ["cold", "warm"])
def test_texts_and_dictionaries_are_lists_of_what_they_hold(turn: str) -> None:
    Tag.objects.create(name="x")
    assert titles(Book.objects.filter(title__in={"Dawn": 1, "Dusk": 2})) == ["Dawn", "Dusk"]
    assert [tag.name for tag in Tag.objects.filter(name__in="xyz")] == ["x"]
    assert not Book.objects.filter(pages__range="12").exists()
    assert not Book.objects.filter(title__in="").exists()


@pytest.mark.parametrize("value", [3, 2.5, Tag, Tag.objects])
def test_what_is_no_list_is_refused_where_one_is_needed(value: Any) -> None:
    for name in ("pages__in", "pages__range"):
        with pytest.raises(TypeError, match="object is not iterable"):
            Book.objects.filter(**{name: value})


@pytest.mark.parametrize("keys", [{"ink", "wax"}, {"ink": 1, "wax": 2}, {"ink": 1, "wax": 2}.keys()])
def test_keys_of_a_document_are_asked_for_with_any_collection(keys: Any) -> None:
    both = Reading.objects.create(data={"ink": 1, "wax": 2})
    one = Reading.objects.create(data={"wax": 2})
    assert list(Reading.objects.filter(data__has_keys=keys)) == [both]
    assert set(Reading.objects.filter(data__has_any_keys=keys)) == {both, one}
