"""full_clean() and its steps."""

from __future__ import annotations

import pytest

from nuages.core.exceptions import ValidationError
from nuages.db import models
from nuages.db.models import F, Q
from nuages.db.models.plain_conditions import holds
from nuages.test.utils import isolate_apps
from tests.db.models.library.models import Volume, Writer


def test_all_errors_come_together() -> None:
    with pytest.raises(ValidationError) as caught:
        Volume(title="", kind="x", pages=0).full_clean()
    assert set(caught.value.message_dict) == {"title", "kind", "writer", "__all__"}


def test_fields_can_be_left_out() -> None:
    Volume(title="", writer=Writer.objects.create(name="A")).full_clean(exclude={"title"})


def test_a_foreign_key_has_to_lead_somewhere() -> None:
    with pytest.raises(ValidationError, match="writer instance with id 99 is not a valid choice"):
        Volume(writer_id=99).clean_fields()


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"condition": F("a")}, "must be a Q instance or boolean expression"),
    ],
)
def test_a_check_needs_a_condition(option: dict[str, object], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        models.CheckConstraint(name="x", **option)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"fields": ["a"], "name": ""}, ValueError, "must be named"),
        ({"name": "x"}, ValueError, "At least one field or expression"),
        ({"fields": ["a"], "name": "x", "condition": 1}, ValueError, "condition must be a Q"),
        ({"fields": ["a"], "name": "x", "nulls_distinct": "no"}, TypeError, "nulls_distinct must be a bool"),
        (
            {"fields": ["a"], "name": "x", "condition": Q(a=1), "deferrable": models.Deferrable.DEFERRED},
            ValueError,
            "conditions cannot be deferred",
        ),
    ],
)
def test_a_unique_constraint_refuses_what_makes_no_sense(
    options: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        models.UniqueConstraint(**options)  # type: ignore[arg-type]


def test_constraints_can_be_written_down_and_made_again() -> None:
    constraint = models.UniqueConstraint(
        fields=["title"], name="one_title", condition=Q(pages__gt=3), violation_error_message="Taken."
    )
    path, args, kwargs = constraint.deconstruct()
    assert path == "nuages.db.models.UniqueConstraint"
    assert models.UniqueConstraint(*args, **kwargs) == constraint
    assert "violation_error_message='Taken.'" in repr(constraint)


def test_a_conditional_unique_constraint_looks_only_at_rows_that_meet_it() -> None:
    ada = Writer.objects.create(name="Ada")
    Volume.objects.create(writer=ada, title="Same", pages=2)
    constraint = models.UniqueConstraint(fields=["title"], name="u", condition=Q(pages__gt=3))
    constraint.validate(Volume, Volume(writer=ada, title="Same", pages=9))
    Volume.objects.create(writer=ada, title="Same", pages=9)
    with pytest.raises(ValidationError, match="Constraint “u” is violated"):
        constraint.validate(Volume, Volume(writer=ada, title="Same", pages=9))


@isolate_apps("tests.db.models.library")
def test_checks_name_what_is_wrong_with_a_model() -> None:
    class Bad(models.Model):
        ends_ = models.IntegerField(max_length=3)
        far = models.ForeignKey("Nowhere", models.SET_NULL)

        class Meta:
            app_label = "library"
            ordering = ["missing"]
            unique_together = [["gone"]]

    found = {message.id for message in Bad.check()}
    assert found == {
        "fields.E001",
        "fields.W122",
        "fields.E300",
        "fields.E320",
        "models.E012",
        "models.E015",
    }


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        (Q(pages__gt=3), True),
        (Q(pages__lt=3), False),
        (~Q(pages=5), False),
        (Q(pages=5) & Q(title="T"), True),
        (Q(pages=1) | Q(title__in=["S", "T"]), True),
        (Q(pages__range=(6, 9)), False),
        (Q(shelf__isnull=True), True),
        (Q(shelf=3), None),
        (~Q(shelf=3), None),
        (Q(title__gt="A"), None),
        (Q(title="t"), None),
        (Q(title__startswith="T"), None),
        (Q(pages__gt=F("pages")), False),
        (Q(writer__name="x"), None),
        (Q(pages=1) & Q(title__startswith="x"), False),
    ],
)
def test_conditions_are_told_from_values_where_that_is_sure(condition: Q, wanted: bool | None) -> None:
    assert holds(condition, Volume(title="T", pages=5, writer_id=1)) is wanted


def test_an_unknown_condition_is_left_to_the_database() -> None:
    constraint = models.CheckConstraint(condition=Q(title__startswith="x"), name="c")
    constraint.validate_without_query(Volume, Volume(title="y"), ())
