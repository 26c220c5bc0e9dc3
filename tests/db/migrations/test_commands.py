"""From models to migrations to tables and back."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from nuages.compat import install
from nuages.compat.alias import ENVIRONMENT_FLAG
from nuages.core import checks
from nuages.core.management import CommandError, color
from nuages.core.management.base import SystemCheckError
from nuages.db import connection
from tests.conftest import only_on_sqlite
from tests.db.migrations.conftest import Project

pytestmark = only_on_sqlite

BOOK = """
class Book(models.Model):
    title = models.CharField(max_length=20)
"""
BOOK_WITH_PAGES = BOOK + "    pages = models.IntegerField(null=True)\n"


def columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def test_models_become_a_migration_and_that_a_table(project: Project) -> None:
    project.models(BOOK)
    assert "+ Create model Book" in project.call("makemigrations", "shop_app")
    assert project.files == ["0001_initial"]
    project.call("migrate")
    assert project.tables() == ["shop_app_book"]
    assert "No changes detected" in project.call("makemigrations", "shop_app")


def test_a_new_field_becomes_a_second_migration_that_can_be_undone(project: Project) -> None:
    project.models(BOOK)
    project.call("makemigrations", "shop_app")
    project.models(BOOK_WITH_PAGES)
    project.call("makemigrations", "shop_app")
    assert project.files == ["0001_initial", "0002_book_pages"]
    project.call("migrate")
    assert columns("shop_app_book") == ["id", "title", "pages"]
    project.call("migrate", "shop_app", "0001")
    assert columns("shop_app_book") == ["id", "title"]
    project.call("migrate", "shop_app", "zero")
    assert project.tables() == []


@pytest.fixture
def alias(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`import django` means nuages."""
    monkeypatch.delenv(ENVIRONMENT_FLAG, raising=False)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    install()
    yield
    for name in [name for name in sys.modules if name.split(".")[0] == "django"]:
        del sys.modules[name]


def test_files_are_written_in_the_spelling_of_the_project(project: Project, alias: None) -> None:
    project.models(BOOK)
    project.call("makemigrations", "shop_app")
    assert "from django.db import migrations, models" in (project.migrations / "0001_initial.py").read_text()


def test_files_of_both_spellings_load_in_one_project(project: Project, alias: None) -> None:
    for number, package, operation, needs in (
        (1, "django.db", 'CreateModel("Book", [("id", models.AutoField(primary_key=True))])', []),
        (
            2,
            "nuages.db",
            'AddField("Book", "pages", models.IntegerField(null=True))',
            [("shop_app", "0001_a")],
        ),
        (3, "django.db", 'RenameField("Book", "pages", "length")', [("shop_app", "0002_a")]),
    ):
        project.write(
            f"migrations/000{number}_a.py",
            f"""
            from {package} import migrations, models

            class Migration(migrations.Migration):
                dependencies = {needs!r}
                operations = [migrations.{operation}]
            """,
        )
    project.call("migrate")
    assert columns("shop_app_book") == ["id", "length"]
    state = project.loader().project_state()
    assert list(state.models["shop_app", "book"].fields) == ["id", "length"]


def test_two_ends_of_a_history_are_a_conflict_that_says_what_to_do(project: Project) -> None:
    for name, needs in (("0001_a", []), ("0002_b", ["0001_a"]), ("0002_c", ["0001_a"])):
        project.write(
            f"migrations/{name}.py",
            f"""
            from nuages.db import migrations

            class Migration(migrations.Migration):
                dependencies = {[("shop_app", need) for need in needs]!r}
            """,
        )
    with pytest.raises(CommandError) as caught:
        project.call("migrate")
    assert "0002_b, 0002_c in shop_app" in str(caught.value)
    assert "makemigrations --merge" in str(caught.value)
    shown = project.call("makemigrations", "--merge", "--noinput", "--dry-run", "-v", "3")
    assert "Full merge migrations file '0003_merge_0002_b_0002_c.py':" in shown


def test_a_failing_migration_leaves_neither_tables_nor_a_record(project: Project) -> None:
    project.write(
        "migrations/0001_a.py",
        """
        from nuages.db import migrations, models

        def fail(apps, schema_editor):
            apps.get_model("shop_app", "Book").objects.create()
            raise ZeroDivisionError

        class Migration(migrations.Migration):
            operations = [
                migrations.CreateModel("Book", [("id", models.AutoField(primary_key=True))]),
                migrations.RunPython(fail),
            ]
        """,
    )
    with pytest.raises(ZeroDivisionError):
        project.call("migrate")
    assert project.tables() == []
    assert project.loader().applied_migrations == {}


def test_python_in_a_migration_sees_the_models_of_its_time(project: Project) -> None:
    project.models(BOOK_WITH_PAGES)
    project.write(
        "migrations/0001_a.py",
        """
        from nuages.db import migrations, models

        def fill(apps, schema_editor):
            Book = apps.get_model("shop_app", "Book")
            assert [field.name for field in Book._meta.fields] == ["id", "title"]
            Book.objects.create(title="Dawn")

        class Migration(migrations.Migration):
            operations = [
                migrations.CreateModel(
                    "Book",
                    [("id", models.BigAutoField(primary_key=True)), ("title", models.CharField(max_length=20))],
                ),
                migrations.RunPython(fill, migrations.RunPython.noop),
                migrations.AddField("Book", "pages", models.IntegerField(null=True)),
            ]
        """,
    )
    project.call("migrate")
    with connection.cursor() as cursor:
        assert cursor.execute("SELECT title, pages FROM shop_app_book").fetchall() == [("Dawn", None)]


def test_squashed_migrations_replace_those_they_are_made_of(project: Project) -> None:
    project.models(BOOK)
    project.call("makemigrations", "shop_app")
    project.models(BOOK_WITH_PAGES)
    project.call("makemigrations", "shop_app")
    project.call("squashmigrations", "shop_app", "0002", interactive=False)
    project.call("migrate")
    shown = project.call("showmigrations", "shop_app")
    assert "[X] 0001_squashed_0002_book_pages (2 squashed migrations)" in shown
    assert columns("shop_app_book") == ["id", "title", "pages"]
    assert "No changes detected" in project.call("makemigrations", "shop_app")


def test_sql_is_shown_without_being_run(project: Project) -> None:
    project.models(BOOK)
    project.call("makemigrations", "shop_app")
    shown = project.call("sqlmigrate", "shop_app", "0001")
    assert 'CREATE TABLE "shop_app_book"' in shown
    assert project.tables() == []


def test_checks_are_coloured_where_shown_sql_is_not(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(color, "supports_color", lambda: True)
    project.models(BOOK)
    project.call("makemigrations", "shop_app")
    assert "\x1b" not in project.call("sqlmigrate", "shop_app", "0001", no_color=False)
    monkeypatch.setattr(checks, "run_checks", lambda **options: [checks.Error("No.")])
    with pytest.raises(SystemCheckError, match="\x1b"):
        project.call("sqlmigrate", "shop_app", "0001", skip_checks=False, no_color=False)


def test_a_check_fails_when_models_have_changed(project: Project) -> None:
    project.models(BOOK)
    with pytest.raises(SystemExit):
        project.call("makemigrations", "shop_app", "--check")
    assert project.files == []


def test_tables_that_are_there_can_be_taken_for_the_first_migrations_work(project: Project) -> None:
    project.models(BOOK)
    project.call("makemigrations", "shop_app")
    project.call("migrate")
    project.call("migrate", "shop_app", "zero", fake=True)
    assert "FAKED" in project.call("migrate", fake_initial=True)
    assert project.tables() == ["shop_app_book"]
