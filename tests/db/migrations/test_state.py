"""Models as data, and the classes made of them."""

from __future__ import annotations

import typing

from nuages.db import models
from nuages.db.migrations.state import ModelState, ProjectState


def test_a_generic_model_becomes_a_plain_class() -> None:
    state = ProjectState()
    for name, bases in (("First", (typing.Generic, models.Model)), ("Last", (models.Model, typing.Generic))):
        state.add_model(ModelState("shop", name, [("id", models.AutoField(primary_key=True))], bases=bases))
    assert issubclass(state.apps.get_model("shop", "first"), models.Model)
    assert issubclass(state.apps.get_model("shop", "last"), models.Model)
