"""Values that a column cannot take: refused at the call where Python can tell, by a database error otherwise."""

from __future__ import annotations

import datetime
import math
import os
from typing import Any

import pytest

from nuages.core.exceptions import FieldError, ValidationError
from nuages.db import DatabaseError, DataError, IntegrityError, connection, transaction
from nuages.test.utils import CaptureQueriesContext, override_settings
from nuages.utils import timezone
from tests.db.query.shop.models import Author, Book, Reading

on_postgresql = pytest.mark.skipif(
    os.environ.get("NUAGES_TEST_DATABASE") != "postgresql", reason="SQLite's columns take any text and size"
)
on_sqlite = pytest.mark.skipif(
    os.environ.get("NUAGES_TEST_DATABASE", "sqlite") != "sqlite", reason="PostgreSQL has types with zones"
)

OF_THE_WRONG_TYPE = [
    ("small", "many", ValueError),
    ("whole", [1], TypeError),
    ("big", object(), TypeError),
    ("big", math.nan, ValueError),
    ("ratio", "much", ValueError),
    ("amount", "much", ValidationError),
    ("flag", "perhaps", ValidationError),
    ("day", "tomorrow", ValidationError),
    ("day", 5, TypeError),
    ("moment", "2026-13-01", ValidationError),
    ("clock", "25:00", ValidationError),
    ("span", "long", ValidationError),
    ("uid", "not-a-uuid", ValidationError),
    ("uid", 1.5, (TypeError, ValidationError)),
]


@pytest.mark.parametrize(("name", "value", "error"), OF_THE_WRONG_TYPE)
def test_a_wrong_type_is_refused_when_filtering(name: str, value: Any, error: Any) -> None:
    for _ in ("cold", "warm"):
        with pytest.raises(error):
            Reading.objects.filter(**{name: value})
    with pytest.raises(error):
        Reading.objects.filter(**{f"{name}__in": [value]})


@pytest.mark.parametrize(("name", "value", "error"), OF_THE_WRONG_TYPE)
def test_a_wrong_type_is_refused_when_writing(name: str, value: Any, error: Any) -> None:
    with pytest.raises(error), transaction.atomic():
        Reading.objects.create(**{name: value})
    with pytest.raises(error), transaction.atomic():
        Reading.objects.bulk_create([Reading(**{name: value})])
    with pytest.raises(error), transaction.atomic():
        Reading.objects.update(**{name: value})
    assert Reading.objects.count() == 0


def test_the_field_is_named_beside_a_wrong_number() -> None:
    with pytest.raises(ValueError, match="Field 'whole' expected a number but got 'many'"):
        Reading.objects.filter(whole="many")


@pytest.mark.parametrize("value", [2**63, 2**64, -(2**63) - 1, 10**40])
def test_comparing_with_what_no_column_holds_asks_nobody(value: int) -> None:
    Reading.objects.create(small=1, whole=1, big=1)
    more = value > 0
    with CaptureQueriesContext(connection) as captured:
        for name in ("small", "whole", "big"):
            assert not Reading.objects.filter(**{name: value}).exists()
            assert not Reading.objects.filter(**{f"{name}__{'gt' if more else 'lt'}": value}).exists()
    assert len(captured) == 0
    assert Reading.objects.filter(**{f"big__{'lt' if more else 'gt'}": value}).count() == 1


@on_postgresql
@pytest.mark.parametrize(
    ("name", "value"), [("small", 2**15), ("whole", 2**31), ("big", 2**63), ("big", 10**30)]
)
def test_numbers_beyond_the_column_are_data_errors_and_the_block_lives_on(name: str, value: int) -> None:
    for write in (
        lambda: Reading.objects.create(**{name: value}),
        lambda: Reading.objects.bulk_create([Reading(**{name: value})]),
        lambda: Reading.objects.update(**{name: value}),
    ):
        Reading.objects.create(**{name: 1})
        with pytest.raises(DataError), transaction.atomic():
            write()
        assert Reading.objects.filter(**{name: 1}).exists()


@on_postgresql
def test_texts_that_are_too_long_or_hold_nul_are_data_errors() -> None:
    for text in ("x" * 51, "a\x00b"):
        with pytest.raises(DataError), transaction.atomic():
            Reading.objects.create(text=text)
    with pytest.raises(DataError), transaction.atomic():
        Reading.objects.filter(text="a\x00b").count()
    with pytest.raises(DataError), transaction.atomic():
        Reading.objects.create(data={"a": "\x00"})


def test_forms_of_text_that_no_database_takes_are_refused() -> None:
    with pytest.raises(UnicodeEncodeError), transaction.atomic():
        Reading.objects.create(text="\ud800")


def test_naive_moments_are_taken_for_local_ones_with_a_warning() -> None:
    naive = datetime.datetime(2026, 5, 4, 12)
    aware = timezone.make_aware(naive)
    Reading.objects.create(moment=aware)
    with pytest.warns(RuntimeWarning, match="received a naive datetime"):
        assert Reading.objects.filter(moment=naive).count() == 1
    with pytest.warns(RuntimeWarning, match="Reading.moment received a naive datetime"):
        Reading.objects.create(moment=naive)
    assert Reading.objects.filter(moment=aware).count() == 2


@on_sqlite
def test_times_have_no_zone() -> None:
    with pytest.raises(ValueError, match="does not support timezone-aware times"):
        Reading.objects.create(clock=datetime.time(1, tzinfo=datetime.UTC))


@on_sqlite
def test_aware_moments_need_zones_to_be_in_use() -> None:
    with override_settings(USE_TZ=False), pytest.raises(ValueError, match="timezone-aware datetimes"):
        Reading.objects.create(moment=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError, match="not JSON serializable"), transaction.atomic():
        Reading.objects.create(data={"when": object()})
    with pytest.raises(TypeError, match="not JSON serializable"):
        Reading.objects.filter(data={"when": {1, 2}}).exists()
    # Python's NaN is no JSON; the database says so.
    with pytest.raises((DataError, IntegrityError)), transaction.atomic():
        Reading.objects.create(data={"ratio": math.nan})
    assert Reading.objects.count() == 0


def test_unsaved_and_foreign_objects_are_refused() -> None:
    with pytest.raises(ValueError, match=r"Must be .Author. instance"):
        Book.objects.filter(author=Book(pk=1))
    with pytest.raises(ValueError, match="unsaved related object"):
        Book.objects.create(title="x", author=Author(name="new"))
    with pytest.raises(ValueError, match=r"must be a .Author. instance"):
        Book(author=Reading(pk=1))  # type: ignore[misc]
    with pytest.raises((FieldError, TypeError, ValueError)):
        Book.objects.filter(author="Ana")


def test_dead_references_are_integrity_errors_and_the_block_lives_on() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Book.objects.create(title="x", author_id=10**6)
        connection.check_constraints()
    assert Book.objects.count() == 4
    assert issubclass(IntegrityError, DatabaseError)
