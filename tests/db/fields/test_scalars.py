"""Fields that hold values of their own: conversion, validation, columns."""

from __future__ import annotations

import copy
import datetime
import decimal
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.core.exceptions import ValidationError
from nuages.db import connection, models
from nuages.test.utils import override_settings
from tests.conftest import only_on_sqlite


@pytest.mark.parametrize(
    ("field", "given_", "wanted"),
    [
        (models.IntegerField(), "3", 3),
        (models.BooleanField(), "f", False),
        (models.BooleanField(null=True), "", None),
        (models.FloatField(), "1.5", 1.5),
        (models.DecimalField(max_digits=4, decimal_places=1), "2.5", decimal.Decimal("2.5")),
        (models.CharField(), 5, "5"),
        (models.DateField(), "2026-11-22", datetime.date(2026, 11, 22)),
        (models.DateTimeField(), "2026-11-22 10:00", datetime.datetime(2026, 11, 22, 10)),
        (models.TimeField(), "10:30", datetime.time(10, 30)),
        (models.DurationField(), "1 00:00:02", datetime.timedelta(days=1, seconds=2)),
        (models.UUIDField(), "0" * 32, uuid.UUID(int=0)),
        (models.UUIDField(), 5, uuid.UUID(int=5)),
        (models.GenericIPAddressField(), " ::1 ", "::1"),
    ],
)
def test_text_becomes_the_fields_type(field: models.Field, given_: object, wanted: object) -> None:
    assert field.to_python(given_) == wanted


@pytest.mark.parametrize(
    ("field", "wrong", "message"),
    [
        (models.IntegerField(), "x", "“x” value must be an integer."),
        (models.BooleanField(), [], "value must be either True or False."),
        (models.FloatField(), "x", "value must be a float."),
        (models.DecimalField(), float("nan"), "value must be a decimal number."),
        (models.DecimalField(), decimal.Decimal("Infinity"), "value must be a decimal number."),
        (models.DateField(), "2026-13-01", "correct format \\(YYYY-MM-DD\\) but it is an invalid date"),
        (models.DateField(), "soon", "invalid date format"),
        (models.TimeField(), "25:00", "but it is an invalid time"),
        (models.DurationField(), "long", "invalid format"),
        (models.UUIDField(), "x", "is not a valid UUID"),
        (models.BinaryField(), "!", "is not a valid binary value"),
    ],
)
def test_what_cannot_be_converted_is_refused(field: models.Field, wrong: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        field.to_python(wrong)


def test_what_is_no_truth_has_one_error_code_in_either_wording() -> None:
    for field in (models.BooleanField(), models.BooleanField(null=True)):
        with pytest.raises(ValidationError) as caught:
            field.to_python("maybe")
        assert caught.value.code == "invalid"


def test_a_number_in_a_query_names_its_field() -> None:
    field = models.IntegerField(name="pages")
    with pytest.raises(ValueError, match="Field 'pages' expected a number but got 'x'"):
        field.get_prep_value("x")


def test_integers_know_the_range_of_their_column() -> None:
    with pytest.raises(ValidationError, match="less than or equal to 9223372036854775807"):
        models.BigIntegerField().clean(2**63, None)
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        models.PositiveIntegerField().clean(-1, None)


def test_options_are_checked_in_their_order() -> None:
    field = models.CharField(choices=[("a", "A"), ("Group", [("b", "B")])], max_length=1)
    assert field.clean("b", None) == "b"
    with pytest.raises(ValidationError, match="Value 'c' is not a valid choice"):
        field.clean("c", None)
    with pytest.raises(ValidationError, match="cannot be blank"):
        models.CharField().clean("", None)
    with pytest.raises(ValidationError, match="cannot be null"):
        models.CharField().clean(None, None)


def test_a_fields_own_message_wins_over_a_validators() -> None:
    field = models.CharField(max_length=1, error_messages={"max_length": "Short, please."})
    with pytest.raises(ValidationError, match="Short, please"):
        field.clean("long", None)


@override_settings(USE_TZ=True)
def test_a_naive_moment_is_taken_as_local_with_a_warning() -> None:
    field = models.DateTimeField(name="seen")
    with pytest.warns(RuntimeWarning, match="received a naive datetime"):
        value = field.get_prep_value(datetime.datetime(2026, 1, 1))
    assert value.tzinfo is not None


@pytest.mark.parametrize(
    ("field", "path", "kwargs"),
    [
        (models.CharField(max_length=3), "CharField", {"max_length": 3}),
        (models.EmailField(), "EmailField", {"max_length": 254}),
        (models.SlugField(), "SlugField", {}),
        (models.SlugField(db_index=False), "SlugField", {"db_index": False}),
        (models.DateField(auto_now=True), "DateField", {"auto_now": True}),
        (models.AutoField(primary_key=True), "AutoField", {"primary_key": True}),
        (models.BinaryField(editable=True), "BinaryField", {"editable": True}),
        (models.IntegerField(default=0, null=True), "IntegerField", {"default": 0, "null": True}),
        (models.UUIDField(), "UUIDField", {}),
        (
            models.ForeignKey("x.Y", models.CASCADE, related_name="z"),
            "ForeignKey",
            {"to": "x.y", "on_delete": models.CASCADE, "related_name": "z"},
        ),
        (
            models.ManyToManyField("x.Y", db_table="t"),
            "ManyToManyField",
            {"to": "x.y", "db_table": "t"},
        ),
    ],
)
def test_deconstruct_says_what_differs_from_the_defaults(
    field: models.Field, path: str, kwargs: dict[str, object]
) -> None:
    _name, found, args, found_kwargs = field.deconstruct()
    assert (found, args, found_kwargs) == (f"nuages.db.models.{path}", [], kwargs)


@given(
    null=st.booleans(),
    blank=st.booleans(),
    unique=st.booleans(),
    default=st.one_of(st.integers(0, 9), st.just(models.NOT_PROVIDED)),
    help_text=st.text(max_size=3),
    db_column=st.one_of(st.none(), st.text("abc", min_size=1, max_size=3)),
)
def test_a_clone_says_the_same_of_itself(**options: object) -> None:
    field = models.IntegerField(**options)  # type: ignore[arg-type]
    assert field.clone().deconstruct() == field.deconstruct()


def test_fields_are_ordered_by_creation_with_made_ones_first() -> None:
    first, made, last = models.Field(), models.Field(auto_created=True), models.Field()
    assert sorted([last, first, made]) == [made, first, last]


@only_on_sqlite
def test_columns_come_from_the_connection() -> None:
    assert models.CharField(max_length=3).db_type(connection) == "varchar(3)"
    positive = models.PositiveIntegerField()
    positive.set_attributes_from_name("n")
    assert positive.db_check(connection) == '"n" >= 0'
    assert models.CharField().cast_db_type(connection) == "text"


def test_composite_keys_refuse_what_cannot_be() -> None:
    with pytest.raises(ValueError, match="args must be unique strings"):
        models.CompositePrimaryKey("a", "a")
    with pytest.raises(ValueError, match="at least two fields"):
        models.CompositePrimaryKey("a")
    with pytest.raises(ValueError, match="cannot have a default"):
        models.CompositePrimaryKey("a", "b", default=1)


def test_labels_of_choices_are_taken_off_the_values() -> None:
    class Moon(models.IntegerChoices):
        IO = 1, "Io!"
        EUROPA = 2

        __empty__ = "none"

    assert Moon.choices == [(None, "none"), (1, "Io!"), (2, "Europa")]
    assert (str(Moon.IO), Moon.IO.label, 2 in Moon, 3 in Moon) == ("1", "Io!", True, False)


def test_a_copied_field_can_be_told_not_to_be_unique() -> None:
    for field in (models.IntegerField(primary_key=True), models.IntegerField(unique=True)):
        copied = copy.copy(field)
        copied.primary_key = False
        copied.unique = False
        assert (field.unique, copied.unique) == (True, False)
