"""What has changed between two states."""

from __future__ import annotations

from typing import Any

import pytest

from nuages.db import migrations, models
from nuages.db.migrations.autodetector import MigrationAutodetector
from nuages.db.migrations.operations.base import Operation
from nuages.db.migrations.optimizer import MigrationOptimizer
from nuages.db.migrations.questioner import MigrationQuestioner
from nuages.db.migrations.state import ModelState, ProjectState
from nuages.test.utils import override_settings


def state(*described: ModelState) -> ProjectState:
    made = ProjectState()
    for model in described:
        made.add_model(model)
    return made


def book(name: str = "Book", app: str = "shop", /, **fields: Any) -> ModelState:
    return ModelState(app, name, [("id", models.AutoField(primary_key=True)), *fields.items()])


def found(before: ProjectState, after: ProjectState, **answers: bool) -> dict[str, list[list[Operation]]]:
    detector = MigrationAutodetector(before, after, MigrationQuestioner(answers))
    return {app: [made.operations for made in each] for app, each in detector._detect_changes().items()}


def kinds(changes: dict[str, list[list[Operation]]], app: str = "shop") -> list[str]:
    return [type(operation).__name__ for operations in changes[app] for operation in operations]


@pytest.fixture(autouse=True)
def no_apps() -> Any:
    with override_settings(INSTALLED_APPS=[]):
        yield


def test_equal_states_need_nothing() -> None:
    assert found(state(book()), state(book())) == {}


def test_a_field_that_points_to_a_new_model_comes_after_it() -> None:
    writer = book("Author")
    after = state(book(author=models.ForeignKey("shop.Author", models.CASCADE)), writer)
    assert [operation.name for operation in found(state(), after)["shop"][0]] == ["Author", "Book"]  # type: ignore[attr-defined]


def test_models_that_point_to_each_other_are_created_first_and_joined_then() -> None:
    after = state(
        book(best=models.ForeignKey("people.Person", models.CASCADE)),
        book("Person", "people", read=models.ForeignKey("shop.Book", models.CASCADE)),
    )
    changes = found(state(), after)
    assert sorted(kinds(changes) + kinds(changes, "people")) == ["AddField", "CreateModel", "CreateModel"]


def test_a_field_is_renamed_only_when_the_answer_is_yes() -> None:
    before, after = state(book(pages=models.IntegerField())), state(book(length=models.IntegerField()))
    assert kinds(found(before, after, ask_rename=True)) == ["RenameField"]
    assert sorted(kinds(found(before, after, ask_not_null_addition=True))) == ["AddField", "RemoveField"]


def test_a_model_is_renamed_with_what_points_to_it() -> None:
    def both(name: str) -> ProjectState:
        return state(book(name), book("Note", on=models.ForeignKey(f"shop.{name}", models.CASCADE)))

    assert kinds(found(both("Book"), both("Volume"), ask_rename_model=True)) == ["RenameModel"]


def test_what_is_created_and_deleted_again_vanishes() -> None:
    operations = [
        migrations.CreateModel("Book", [("id", models.AutoField(primary_key=True))]),
        migrations.AddField("Book", "pages", models.IntegerField()),
        migrations.RenameField("Book", "pages", "length"),
        migrations.DeleteModel("Book"),
    ]
    assert MigrationOptimizer().optimize(operations, "shop") == []


def test_later_changes_of_fields_become_part_of_the_creation() -> None:
    operations = [
        migrations.CreateModel("Book", [("id", models.AutoField(primary_key=True))]),
        migrations.AddField("Book", "pages", models.IntegerField()),
        migrations.AlterField("Book", "pages", models.BigIntegerField()),
        migrations.RenameModel("Book", "Volume"),
    ]
    (made,) = MigrationOptimizer().optimize(operations, "shop")
    assert isinstance(made, migrations.CreateModel)
    assert made.name == "Volume"
    assert [(name, type(field).__name__) for name, field in made.fields] == [
        ("id", "AutoField"),
        ("pages", "BigIntegerField"),
    ]
