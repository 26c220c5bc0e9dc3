"""Checks of models that depend on the database."""

from __future__ import annotations

import pytest

from nuages.db import connection, models
from nuages.test.utils import isolate_apps


@pytest.fixture
def longest(monkeypatch: pytest.MonkeyPatch) -> int:
    """The database takes names of so many characters, and cuts none."""
    monkeypatch.setattr(connection.ops, "max_name_length", lambda: 20)
    return 20


@isolate_apps("tests.db.models.library")
def test_columns_of_a_model_between_two_are_as_long_as_the_database_takes(longest: int) -> None:
    class Reader(models.Model):
        class Meta:
            app_label = "library"

    class Shelf(models.Model):
        readers: models.ManyToManyField[Reader] = models.ManyToManyField(Reader, through="Lending")

        class Meta:
            app_label = "library"

    class Lending(models.Model):
        shelf = models.ForeignKey(Shelf, models.CASCADE)
        reader_for_some_weeks = models.ForeignKey(Reader, models.CASCADE)

        class Meta:
            app_label = "library"

    (error,) = [one for one in Shelf.check(databases=["default"]) if one.id == "models.E019"]
    assert '"reader_for_some_weeks_id". Maximum length is "20" for database "default"' in error.msg
    assert Shelf.check(databases=[]) == []


@isolate_apps("tests.db.models.library")
def test_an_order_over_a_relation_to_no_model_is_told_beside_the_relation() -> None:
    class Loan(models.Model):
        reader = models.ForeignKey("library.Raeder", models.CASCADE)

        class Meta:
            app_label = "library"
            ordering = ["reader__name"]

    assert [one.id for one in Loan.check(databases=[])] == ["fields.E300", "models.E015"]


@isolate_apps("tests.db.models.library")
def test_a_field_may_be_called_id_beside_a_key_of_another_name() -> None:
    class Past(models.Model):
        id = models.IntegerField()
        key = models.AutoField(primary_key=True)

        class Meta:
            app_label = "library"

    class Present(models.Model):
        id = models.IntegerField()

        class Meta:
            app_label = "library"

    assert Past.check() == []
    assert [error.id for error in Present.check()] == ["models.E004"]
