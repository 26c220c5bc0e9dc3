"""`python -m nuages.db show`: every stage of a query, and help where the expression is wrong."""

from __future__ import annotations

import pytest

from nuages.core.exceptions import FieldError
from nuages.db import connection
from nuages.db.__main__ import main, shown
from nuages.db.models.shapes import shape as shapes
from tests.db.query.shop.models import Book


def text(expression: str) -> str:
    return "\n".join(shown(expression))


def test_every_stage_is_printed_for_every_database() -> None:
    found = text("Book.objects.filter(title__startswith='D', pk__in=[1, 2])")
    assert found.startswith("shape    Book.filter(title__startswith=?, pk__in=?)\nvalues   ('D', 1, 2)")
    assert "-- sqlite (" in found and "-- postgresql (" in found
    assert found.count("(not used by this project)") == 1
    assert found.count("WHERE") == found.count("def bind") == found.count("def load") == 2
    assert found.count("-- parameters ('D%', 1, 2)") == 2


def test_what_is_shown_is_not_kept_for_queries_to_come() -> None:
    shapes.forget()
    text("Book.objects.filter(pages=5)")
    assert not Book.objects.filter(pages=5).query.shape.plans


def test_a_manager_and_a_model_are_query_sets_too() -> None:
    assert text("Book.objects") == text("Book") == text("shop.Book.objects.all()")


def test_other_rows_than_instances_have_their_own_loader() -> None:
    assert "'title': c0" in text("Book.objects.values('title')")
    assert "return [c0 for" in text("Book.objects.values_list('title', flat=True)")


def test_what_a_database_cannot_do_is_said_for_that_one() -> None:
    found = text("Book.objects.order_by('title').distinct('title')")
    assert "cannot be asked here: NotSupportedError: DISTINCT ON fields is not supported" in found
    assert "SELECT DISTINCT ON" in found


def test_a_query_that_can_find_nothing_says_so() -> None:
    assert "nothing is asked: no row can match" in text("Book.objects.none()")


def test_a_query_whose_values_may_be_structure_says_so() -> None:
    found = text("Book.objects.filter(pk__in=models.expressions.RawSQL('SELECT %s', [1]))")
    assert "planned anew for each execution" in found
    assert "planned anew" not in text("Book.objects.filter(pk=1)")


def test_the_database_explains() -> None:
    found = text("Book.objects.filter(pk=1).explain()")
    assert "def load" in found
    plan = found.partition(f"-- {connection.alias} explains\n")[2]
    assert "shop_book" in plan


@pytest.mark.parametrize(
    ("expression", "kind", "message", "note"),
    [
        ("Bok.objects.all()", NameError, "name 'Bok' is not defined", "Did you mean Book"),
        ("Book.objects.filter(titel='x')", FieldError, "Cannot resolve keyword 'titel'", None),
        (
            "Book.objects.count()",
            TypeError,
            "gives int, not a query set",
            r"Leave the last call, .count\(\), away",
        ),
        ("1 + 1", TypeError, "gives int, not a query set", None),
        ("Book.objects.filter(", SyntaxError, "was never closed", r"\^"),
    ],
)
def test_a_wrong_expression_gets_help(
    expression: str, kind: type[Exception], message: str, note: str | None
) -> None:
    with pytest.raises(kind, match=message) as caught:
        text(expression)
    if note is not None:
        with pytest.raises(kind, match=note):
            raise kind("\n".join(caught.value.__notes__))


def test_the_command_prints_errors_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "Book.objects.filter(titel=1)"]) == 1
    assert capsys.readouterr().err.startswith("FieldError: Cannot resolve keyword 'titel'")
    assert main(["show", "Book.objects.all()"]) == 0
    assert capsys.readouterr().out.startswith("shape    Book\n")
