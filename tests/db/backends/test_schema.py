"""Changing tables: SQLite builds them anew, and nothing of what was there may be lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from nuages.db import IntegrityError, connection, models
from nuages.test.utils import isolate_apps
from tests.conftest import only_on_sqlite


@pytest.fixture
def author() -> Iterator[type[models.Model]]:
    with isolate_apps("tests.db.backends", attr_name=None):

        class Author(models.Model):
            name = models.CharField(max_length=20, db_index=True)
            born = models.IntegerField(null=True)

            class Meta:
                app_label = "made"
                constraints = [models.CheckConstraint(condition=models.Q(born__gt=0), name="born_positive")]
                indexes = [models.Index(fields=["born", "name"], name="born_name")]

        with connection.schema_editor() as editor:
            editor.create_model(Author)
        yield Author
        with connection.schema_editor() as editor:
            editor.delete_model(Author)


def altered(author: Any, name: str, field: Any) -> tuple[Any, Any]:
    field.set_attributes_from_name(name)
    field.model = author
    return author._meta.get_field(name), field


def constraints() -> dict[str, Any]:
    with connection.cursor() as cursor:
        return connection.introspection.get_constraints(cursor, "made_author")


def run(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_a_new_table_has_its_indexes_and_checks(author: Any) -> None:
    found = constraints()
    assert found["born_positive"]["check"]
    assert found["born_name"]["columns"] == ["born", "name"]
    with pytest.raises(IntegrityError):
        run("INSERT INTO made_author (name, born) VALUES ('x', -1)")


@only_on_sqlite
def test_a_rebuilt_table_keeps_rows_keys_and_what_others_have_added(author: Any) -> None:
    run("INSERT INTO made_author (id, name, born) VALUES (7, 'Ana', 1900)")
    run("CREATE INDEX by_hand ON made_author (name COLLATE NOCASE DESC) WHERE born > 5")
    run(
        "CREATE TRIGGER shout AFTER INSERT ON made_author BEGIN UPDATE made_author SET name = upper(name); END"
    )
    run("ALTER TABLE made_author ADD COLUMN extra text CHECK (extra != 'no') DEFAULT 'more'")
    with connection.schema_editor() as editor:
        editor.alter_field(author, *altered(author, "born", models.BigIntegerField(default=3)))
    assert run("SELECT id, name, born, extra FROM made_author") == [(7, "Ana", 1900, "more")]
    assert {"by_hand", "born_positive", "born_name"} <= constraints().keys()
    run("INSERT INTO made_author (name, born) VALUES ('ben', 4)")
    assert run("SELECT id, name FROM made_author ORDER BY id") == [(7, "ANA"), (8, "BEN")]
    with pytest.raises(IntegrityError):
        run("INSERT INTO made_author (name, born, extra) VALUES ('cy', 4, 'no')")


@only_on_sqlite
def test_numbers_of_deleted_rows_are_not_used_again_after_a_rebuild(author: Any) -> None:
    run("INSERT INTO made_author (id, name) VALUES (50, 'x')")
    run("DELETE FROM made_author")
    with connection.schema_editor() as editor:
        editor.alter_field(author, *altered(author, "name", models.CharField(max_length=30, unique=True)))
    run("INSERT INTO made_author (name) VALUES ('y')")
    assert run("SELECT id FROM made_author") == [(51,)]


@only_on_sqlite
def test_rows_without_value_get_the_default_when_null_is_no_longer_allowed(author: Any) -> None:
    run("INSERT INTO made_author (name) VALUES ('x')")
    with connection.schema_editor() as editor:
        editor.alter_field(author, *altered(author, "born", models.IntegerField(default=5)))
    assert run("SELECT born FROM made_author") == [(5,)]


@only_on_sqlite
def test_a_field_comes_and_goes(author: Any) -> None:
    run("INSERT INTO made_author (name) VALUES ('x')")
    field = models.CharField(max_length=5, default="100%")
    field.contribute_to_class(author, "rank")
    with connection.schema_editor() as editor:
        editor.add_field(author, field)
    assert run("SELECT rank FROM made_author") == [("100%",)]
    with connection.schema_editor() as editor:
        editor.remove_field(author, field)
    assert "rank" not in [row[1] for row in run("PRAGMA table_info(made_author)")]


def test_a_failure_inside_takes_all_changes_back(author: Any) -> None:
    with pytest.raises(ZeroDivisionError), connection.schema_editor() as editor:
        editor.alter_db_table(author, "made_author", "made_writer")
        raise ZeroDivisionError
    assert run("SELECT count(*) FROM made_author") == [(0,)]


def test_statements_can_be_collected_instead_of_run(author: Any) -> None:
    with connection.schema_editor(collect_sql=True) as editor:
        editor.alter_db_table(author, "made_author", "made_writer")
    assert editor.collected_sql == ['ALTER TABLE "made_author" RENAME TO "made_writer";']
    assert run("SELECT count(*) FROM made_author") == [(0,)]


def test_collected_statements_know_what_a_renamed_table_has(author: Any) -> None:
    with connection.schema_editor(collect_sql=True) as editor:
        for before, after in [("made_author", "made_first"), ("made_first", "made_writer")]:
            author._meta.db_table = after
            editor.alter_db_table(author, before, after)
        found = editor._constraint_names(author, ["born", "name"], index=True)
    author._meta.db_table = "made_author"
    assert found == ["born_name"]
    assert len(editor.collected_sql) == 2


def test_a_check_that_always_holds_can_be_added_and_removed(author: Any) -> None:
    always = models.CheckConstraint(condition=~models.Q(born__in=[]), name="always")
    with connection.schema_editor() as editor:
        editor.add_constraint(author, always)
    author.objects.create(name="Sand", born=1804)
    with connection.schema_editor() as editor:
        editor.remove_constraint(author, always)
    assert author.objects.count() == 1


@only_on_sqlite
def test_collected_statements_that_build_a_table_anew_go_by_its_model(author: Any) -> None:
    class Moved(models.Model):
        name = models.CharField(max_length=20)
        place = models.CharField(max_length=20)

        class Meta:
            app_label = "made"
            db_table = "made_author"

    place = models.UniqueConstraint(fields=["place"], name="one_place")
    with connection.schema_editor(collect_sql=True) as editor:
        editor.add_constraint(Moved, place)
    assert any("place" in statement for statement in editor.collected_sql)
