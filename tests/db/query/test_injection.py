"""Text that wants to become SQL: refused where it would be a name, a value everywhere else.

The names follow what Django's security releases were about: aliases, orders, explain options, parts of dates, keys of
documents, delimiters, collations, connectors.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nuages.core.exceptions import FieldDoesNotExist, FieldError
from nuages.db import DataError, ProgrammingError, connection, transaction
from nuages.db.models import (
    Count,
    Exists,
    F,
    FilteredRelation,
    JSONField,
    OuterRef,
    Q,
    StringAgg,
    Value,
    Window,
)
from nuages.db.models.functions import Collate, Extract, JSONObject, RowNumber, Trunc
from nuages.utils.deprecation import RemovedInDjango2028Warning
from tests.db.query.shop.models import Author, Book, Reading

BREAKING = [
    'a"b',
    "a'b",
    "a`b",
    "a]b",
    "a[b",
    "a b",
    "a;b",
    "a--b",
    "a/*b",
    "a*/b",
    "a#b",
    "a\nb",
    "a\x00b",
    "a\x85b",
    "a\xa0b",
    'x" FROM shop_author; --',
]
REFUSED = "Column aliases cannot contain whitespace characters, hashes, control characters, quotation marks"

ALIASED: dict[str, Callable[[str], Any]] = {
    "annotate": lambda name: Book.objects.annotate(**{name: Value(1)}),
    "annotate, grouped": lambda name: Book.objects.annotate(**{name: Count("tags")}),
    "annotate, a window": lambda name: Book.objects.annotate(**{name: Window(RowNumber())}),
    "alias": lambda name: Book.objects.alias(**{name: F("pages")}),
    "values": lambda name: Book.objects.values(**{name: F("pages")}),
    "values, a key of a document": lambda name: Reading.objects.values(f"data__{name}"),
    "values_list, a key of a document": lambda name: Reading.objects.values_list(f"data__{name}"),
    "aggregate": lambda name: Book.objects.aggregate(**{name: Count("pages")}),
    "extra": lambda name: Book.objects.extra(select={name: "1"}),
    "filtered relation": lambda name: Book.objects.annotate(**{name: FilteredRelation("author")}),
}


@pytest.mark.parametrize("name", BREAKING)
@pytest.mark.parametrize("way", ALIASED)
def test_an_alias_cannot_end_its_quotes(way: str, name: str) -> None:
    with pytest.raises(ValueError, match=REFUSED):
        ALIASED[way](name)


@pytest.mark.parametrize("way", [way for way in ALIASED if "document" not in way])
def test_a_percent_sign_in_an_alias_is_deprecated_and_harmless(way: str) -> None:
    with pytest.warns(RemovedInDjango2028Warning, match="percent signs in a column alias"):
        try:
            with transaction.atomic():
                assert len(ALIASED[way]("a%sb"))
        except ProgrammingError as error:
            # psycopg counts it among the placeholders.
            assert "placeholders" in str(error)


def test_a_filtered_relation_has_no_periods_in_its_name() -> None:
    with pytest.raises(ValueError, match="doesn't support aliases with periods"):
        Book.objects.annotate(**{"shop_author.name": FilteredRelation("author")})


def test_an_alias_with_a_period_is_one_name() -> None:
    found = Book.objects.annotate(**{"shop_book.title": F("pages")}).order_by("-shop_book.title")
    assert '"shop_book.title" DESC' in str(found.query)
    assert len(found) == 4


NAMED: dict[str, Callable[[str], Any]] = {
    "order_by": lambda name: Book.objects.order_by(name),
    "order_by, backwards": lambda name: Book.objects.order_by(f"-{name}"),
    "order_by, with a table": lambda name: Book.objects.order_by(f"shop_book.{name}"),
    "values": lambda name: Book.objects.values(name),
    "filter": lambda name: Book.objects.filter(**{name: 1}),
    "a reference": lambda name: Book.objects.filter(pages=F(name)),
    "an outer reference": lambda name: list(
        Book.objects.filter(Exists(Author.objects.filter(pk=OuterRef(name))))
    ),
    "select_related": lambda name: list(Book.objects.select_related(name)),
    "defer": lambda name: list(Book.objects.defer(name)),
    "only": lambda name: list(Book.objects.only(name)),
    "update": lambda name: Book.objects.update(**{name: 1}),
    "create": lambda name: Book.objects.create(**{name: 1}),
    "dates": lambda name: Reading.objects.dates(name, "day"),
    "in_bulk": lambda name: Book.objects.in_bulk(field_name=name),
}


@pytest.mark.parametrize("name", [*BREAKING, "a.b", "a%sb", "(select 1)", "1"])
@pytest.mark.parametrize("way", NAMED)
def test_only_names_of_the_model_are_names(way: str, name: str) -> None:
    with pytest.raises((FieldError, FieldDoesNotExist, TypeError, ValueError)):
        NAMED[way](name)


@pytest.mark.parametrize("name", [*BREAKING, "year) --", "a-b", "year\n", ""])
def test_parts_of_dates_are_words(name: str) -> None:
    with pytest.raises((DataError, ValueError)), transaction.atomic():
        list(Reading.objects.annotate(part=Trunc("moment", name)))
    if connection.vendor == "postgresql":
        # Elsewhere the part is a parameter.
        with pytest.raises(ValueError, match=r"Invalid lookup_name|Invalid lookup type"):
            list(Reading.objects.annotate(part=Extract("moment", name)))
    for kinds in (Reading.objects.dates, Reading.objects.datetimes):
        with pytest.raises(ValueError, match=r"'order'|'kind'"):
            kinds("day" if kinds == Reading.objects.dates else "moment", name)


@pytest.mark.parametrize("name", [*(name for name in BREAKING if name != "a--b"), ""])
def test_collations_are_names(name: str) -> None:
    with pytest.raises(ValueError, match=r"Invalid collation name"):
        Book.objects.order_by(Collate("title", name))


@pytest.mark.parametrize("name", [*BREAKING, "analyze) select 1; --", "analyze true, costs"])
def test_explain_takes_known_words_only(name: str) -> None:
    with pytest.raises(ValueError, match=r"Unknown options|Unknown option|Invalid option name"):
        Book.objects.explain(**{name: True})
    with pytest.raises(ValueError, match=r"not a recognized format|not support any formats"):
        Book.objects.explain(format=name)


@pytest.mark.parametrize("name", ["OR 1=1 OR", "AND NOT", "and", " OR "])
def test_connectors_cannot_be_brought_along(name: str) -> None:
    with pytest.raises(ValueError, match="_connector must be one of"):
        Q(title="Dawn", _connector=name)
    for method in (Book.objects.filter, Book.objects.exclude, Book.objects.get):
        with pytest.raises((TypeError, FieldError), match="_connector"):
            method(title="Dawn", _connector=name)


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has no row locks")
@pytest.mark.parametrize("name", BREAKING)
def test_only_relations_of_the_query_are_locked(name: str) -> None:
    with pytest.raises(FieldError, match="Invalid field name"):
        list(Book.objects.select_for_update(of=(name,)))


# What is a value ----------------------------------------------------------------------------------------------

hostile = st.one_of(
    st.sampled_from(BREAKING),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=12),
).filter(lambda text: "\x00" not in text)

one_by_one = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(text=hostile)
@one_by_one
def test_text_is_found_as_it_is(text: str) -> None:
    with transaction.atomic():
        Reading.objects.create(text=text)
        for lookup in ("exact", "contains", "startswith", "endswith", "in"):
            value = [text] if lookup == "in" else text
            assert Reading.objects.filter(**{f"text__{lookup}": value}).count() == 1
        assert Reading.objects.filter(text__contains=f"{text}?").count() == 0
        assert Reading.objects.values_list(Value(text), flat=True).first() == text
        transaction.set_rollback(True)


@given(key=hostile)
@one_by_one
def test_keys_of_documents_are_found_as_they_are(key: str) -> None:
    with transaction.atomic():
        Reading.objects.create(data={key: [1, 2]})
        Reading.objects.create(data={f"{key}?": [1, 2]})
        assert Reading.objects.filter(data__has_key=key).count() == 1
        assert Reading.objects.filter(data__has_any_keys=[key, f"{key}!"]).count() == 1
        # Numbers are indexes, two underscores begin the next key (one at the end makes them three), some keys are lookups.
        if (
            "__" not in f"{key}_"
            and not re.fullmatch(r"[ +-]*\d[\d_]*\s*", key)
            and key not in JSONField.get_lookups()
        ):
            assert Reading.objects.filter(**{f"data__{key}": [1, 2]}).count() == 1
            assert Reading.objects.filter(**{f"data__{key}__0": 1}).count() == 1
            assert Reading.objects.filter(**{f"data__{key}__isnull": True}).count() == 1
        transaction.set_rollback(True)


@given(text=hostile)
@one_by_one
def test_delimiters_and_names_in_documents_are_values(text: str) -> None:
    joined = Book.objects.filter(author__name="Ana").aggregate(all=StringAgg("title", Value(text)))["all"]
    assert sorted([joined[:4], joined[-4:]]) == ["Dawn", "Dusk"] and joined[4:-4] == text
    made = Book.objects.values_list(JSONObject(**{text: "title"}), flat=True).get(title="Dawn")
    assert made == {text: "Dawn"}
