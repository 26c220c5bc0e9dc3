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
