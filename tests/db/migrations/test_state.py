"""Models as data, and the classes made of them."""

from __future__ import annotations

import typing

from nuages.db import models
from nuages.db.migrations.operations.base import OperationCategory
from nuages.db.migrations.state import ModelState, ProjectState


def test_a_generic_model_becomes_a_plain_class() -> None:
    state = ProjectState()
    for name, bases in (("First", (typing.Generic, models.Model)), ("Last", (models.Model, typing.Generic))):
        state.add_model(ModelState("shop", name, [("id", models.AutoField(primary_key=True))], bases=bases))
    assert issubclass(state.apps.get_model("shop", "first"), models.Model)
    assert issubclass(state.apps.get_model("shop", "last"), models.Model)


def test_the_category_of_an_operation_prints_as_its_sign() -> None:
    assert f"{OperationCategory.SQL}" == str(OperationCategory.SQL) == "s"


def chain() -> ProjectState:
    """Four models, each with a relation to the one before it, and one that inherits from the second."""
    state = ProjectState()
    for name, fields, bases in (
        ("A", {}, (models.Model,)),
        ("B", {"a": models.ForeignKey("shop.A", models.CASCADE)}, (models.Model,)),
        ("Heir", {}, ("shop.B",)),
        ("C", {"b": models.ForeignKey("shop.B", models.CASCADE)}, (models.Model,)),
        ("D", {"cs": models.ManyToManyField("shop.C")}, (models.Model,)),
    ):
        own = [] if name == "Heir" else [("id", models.AutoField(primary_key=True))]
        state.add_model(ModelState("shop", name, [*own, *fields.items()], bases=bases))
    return state


def classes(state: ProjectState) -> dict[str, typing.Any]:
    return {name: state.apps.get_model("shop", name) for name in ("A", "B", "Heir", "C", "D")}


def test_only_neighbours_of_a_changed_model_and_what_inherits_from_them_are_made_anew() -> None:
    state = chain()
    before = classes(state)
    state.add_field("shop", "a", "n", models.IntegerField(null=True), True)
    after = classes(state)
    assert {name for name in before if before[name] is after[name]} == {"C", "D"}
    assert issubclass(after["Heir"], after["B"])
    assert after["B"]._meta.get_field("a").related_model is after["A"]
    assert state.is_delayed


def test_what_was_put_off_is_made_good_for_who_works_with_the_classes() -> None:
    state = chain()
    former = classes(state)
    state.add_field("shop", "a", "n", models.IntegerField(null=True), True)
    classes(state)
    copy = state.clone()
    copy.clear_delayed_apps_cache()
    made = classes(copy)
    assert not copy.is_delayed
    assert not set(made.values()) & set(former.values())
    assert made["C"]._meta.get_field("b").related_model is made["B"]
    assert [each.related_model for each in made["C"]._meta.related_objects] == [made["D"]]


def test_a_step_that_reaches_far_is_taken_from_whole_classes() -> None:
    before = chain()
    classes(before)
    before.add_field("shop", "a", "n", models.IntegerField(null=True), True)
    classes(before)
    after = before.clone()
    after.rename_model("shop", "B", "Bee")
    before.settle_with(after)
    made = classes(before)
    assert [each.related_model for each in made["B"]._meta.related_objects] == [made["Heir"], made["C"]]
