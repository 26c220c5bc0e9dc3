"""The second time that a step is taken with values of the same types, it is known where that leads."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from nuages.db import connection, models
from nuages.db.models.lookups.binding import kept_by
from nuages.db.models.shapes import shape as shapes
from nuages.test.utils import CaptureQueriesContext, isolate_apps, override_settings
from tests.db.query.shop.models import Author, Book, Reading, Tag

UTC = datetime.UTC
NOON = datetime.datetime(2026, 5, 4, 12, tzinfo=UTC)


def titles(**conditions: Any) -> list[str]:
    return sorted(Book.objects.filter(**conditions).values_list("title", flat=True))


@pytest.fixture(autouse=True)
def cold() -> None:
    shapes.forget()


def test_values_of_all_types_lead_to_one_shape() -> None:
    made = {
        id(Book.objects.filter(pages=pages, title="Dawn").query.shape) for pages in (100, "100", 100.0) * 2
    }
    assert len(made) == 1
    assert titles(pages=100) == titles(pages="100") == titles(pages="100") == titles(pages=100.0) == ["Dawn"]


def test_what_makes_structure_of_its_value_does_so_again() -> None:
    for _ in range(2):
        assert titles(pages__isnull=True, author__name="Ben") == ["Echo"]
        assert titles(pages__isnull=False, author__name="Ana") == ["Dawn", "Dusk"]
        with pytest.raises(ValueError, match="must be True or False"):
            titles(pages__isnull=1, author__name="Ana")
        assert titles(pages=None) == ["Echo"]
        assert titles(pages__in=[100, 200], author__isnull=False) == ["Dawn", "Dusk"]
        assert titles(pages__in=[100, 200, 300], author__isnull=False) == ["Dawn", "Dusk", "Fire"]
        assert titles(pages__range=(100, 200)) == ["Dawn", "Dusk"]


def test_filter_and_exclude_are_told_apart() -> None:
    for _ in range(2):
        assert titles(title="Dawn") == ["Dawn"]
        assert Book.objects.exclude(title="Dawn").count() == 3


def test_numbers_that_no_column_holds_ask_nobody() -> None:
    for number in (5, 2**70, 5, -(2**70)):
        with CaptureQueriesContext(connection) as seen:
            assert not Book.objects.filter(pages=number).exists()
        assert len(seen) == (number == 5)


def test_a_key_and_an_object_are_as_good() -> None:
    ana = Author.objects.get(name="Ana")
    for _ in range(2):
        assert titles(author=ana) == titles(author=ana.pk) == titles(author=str(ana.pk)) == ["Dawn", "Dusk"]
        assert titles(author_id=ana.pk) == titles(author__in=[ana.pk]) == ["Dawn", "Dusk"]
        with pytest.raises(ValueError, match='Must be "Author" instance'):
            titles(author=Tag.objects.get(name="sea"))
        with pytest.raises(ValueError, match="expected a number"):
            titles(author="Ana")


def test_moments_of_all_zones_are_compared_as_moments() -> None:
    Reading.objects.create(moment=NOON)
    berlin = NOON.astimezone(ZoneInfo("Europe/Berlin"))
    for moment in (NOON, berlin, NOON, berlin):
        assert Reading.objects.filter(moment=moment, moment__gte=moment).count() == 1
        assert not Reading.objects.filter(moment__gt=moment).exists()
    for _ in range(2):
        with pytest.warns(RuntimeWarning, match="received a naive datetime"):
            assert not Reading.objects.filter(moment__gt=datetime.datetime(2026, 5, 6)).exists()


def test_moments_follow_a_change_of_settings() -> None:
    def found() -> int:
        return Reading.objects.filter(moment__gte=datetime.datetime(2026, 5, 4, 12, tzinfo=UTC)).count()

    Reading.objects.create(moment=NOON)
    assert found() == found() == 1
    if connection.vendor == "sqlite":
        with override_settings(USE_TZ=False), pytest.raises(ValueError, match="timezone-aware datetimes"):
            found()
    assert found() == 1


@isolate_apps("tests.db.query.shop")
def test_what_a_field_of_ones_own_makes_of_values_counts_each_time() -> None:
    class Small(models.CharField):
        def get_prep_value(self, value: Any) -> Any:
            return super().get_prep_value(value).lower()

    class Short(models.CharField):
        def to_python(self, value: Any) -> Any:
            return value[:4]

    class Half(models.IntegerField):
        number = staticmethod(lambda value: int(value) // 2)

    class Theirs(models.Model):
        small = Small(max_length=9)
        short = Short(max_length=9)
        half = Half()

        class Meta:
            app_label = "shop"

    for _ in range(2):
        assert Theirs.objects.filter(small="DAWN").query.values == ("dawn",)
        assert Theirs.objects.filter(short__gt="Dawning").query.values == ("Dawn",)
        assert Theirs.objects.filter(half=20, half__lt=8).query.values == (10, 4)


def test_only_values_that_a_field_leaves_alone_are_let_through() -> None:
    kinds = {field.name: kept_by(field.get_prep_value) for field in Reading._meta.fields}
    assert kinds["small"] is int
    assert kinds["text"] is str
    assert kinds["moment"] is None
    assert kept_by(len) is None


def test_a_way_that_has_been_forgotten_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "NEXT_LIMIT", 8)
    root = shapes.root_of(Book)
    for number in range(20):
        assert titles(title="Dawn") == ["Dawn"]
        root.then(("step", number), "", lambda draft: None)
        assert len(root.next) + len(root.older) <= 8
