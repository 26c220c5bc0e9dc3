"""`distinct()` by some fields, where the database can do it."""

from __future__ import annotations

import os

import pytest

from nuages.core.exceptions import FieldError
from nuages.db.models import Count, F
from tests.db.query.shop.models import Author, Book

pytestmark = pytest.mark.skipif(
    os.environ.get("NUAGES_TEST_DATABASE") != "postgresql", reason="DISTINCT ON is PostgreSQL's"
)


def test_an_annotation_is_named_as_it_is_in_the_order() -> None:
    found = Book.objects.annotate(Cost=F("price")).order_by("Cost", "title").distinct("Cost")
    assert [book.title for book in found] == ["Dawn", "Dusk", "Fire"]


def test_a_relation_counts_by_its_key_and_not_by_the_order_of_its_model() -> None:
    found = Author.objects.order_by("country_id", "name").distinct("country")
    assert [author.name for author in found] == ["Ana", "Ben", "Cy"]


def test_an_alias_is_no_field() -> None:
    with pytest.raises(FieldError, match="Cannot resolve keyword 'cost' into field"):
        Book.objects.alias(cost=F("price")).distinct("cost").first()


def test_groups_are_refused_until_the_fields_are_taken_back() -> None:
    grouped = Author.objects.distinct("name").annotate(Count("book"))
    with pytest.raises(NotImplementedError, match=r"annotate\(\) \+ distinct\(fields\) is not implemented"):
        grouped.first()
    assert len(grouped.distinct()) == 3


def test_a_key_deep_in_a_document_is_one_parameter() -> None:
    from tests.db.query.shop.models import Reading

    Reading.objects.bulk_create(Reading(data={"a": {"b": {"c": number // 2}}}) for number in range(4))
    found = (
        Reading.objects.distinct("data__a__b").order_by("data__a__b").values_list("data__a__b__c", flat=True)
    )
    assert list(found) == [0, 1]


def test_a_combination_of_which_one_part_is_left_has_each_row_once() -> None:
    twice = Author.objects.filter(book__title__startswith="D")
    nobody = Author.objects.filter(pk__in=[])
    assert [author.name for author in twice] == ["Ana", "Ana"]
    assert [author.name for author in twice.union(nobody)] == ["Ana"]
    assert [author.name for author in nobody.union(twice)] == ["Ana"]
    assert [author.name for author in twice.difference(nobody)] == ["Ana"]
    assert twice.union(nobody).count() == 1
    assert [author.name for author in twice.union(nobody, all=True)] == ["Ana", "Ana"]
