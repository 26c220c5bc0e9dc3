"""The shop's tables with a few rows, made once; what a test changes is rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nuages.apps import apps
from nuages.db import connection, transaction
from nuages.test.utils import override_settings


@pytest.fixture(scope="session")
def shop_tables() -> Iterator[None]:
    with override_settings(INSTALLED_APPS=["tests.db.query.shop"]):
        models = list(apps.get_app_config("shop").get_models())
        with connection.schema_editor() as editor:
            for model in models:
                editor.create_model(model)
        _fill()
        yield
        with connection.schema_editor() as editor:
            for model in reversed(models):
                editor.delete_model(model)


@pytest.fixture(autouse=True)
def shop(request: pytest.FixtureRequest, shop_tables: None) -> Iterator[None]:
    """Each test in a transaction of its own, with the shop's app installed."""
    with override_settings(INSTALLED_APPS=["tests.db.query.shop"]), transaction.atomic():
        yield
        transaction.set_rollback(True)


def _fill() -> None:
    from tests.db.query.shop.models import Author, Book, Country, Cover, Tag

    chile = Country.objects.create(name="Chile")
    japan = Country.objects.create(name="Japan")
    ana = Author.objects.create(name="Ana", country=chile)
    ben = Author.objects.create(name="Ben", country=japan, mentor=ana)
    cy = Author.objects.create(name="Cy", mentor=ben)
    sea, war, odd = (Tag.objects.create(name=name) for name in ("sea", "war", "odd"))
    rows = [
        ("Dawn", 100, "5.00", ana, [sea, war]),
        ("Dusk", 200, "7.50", ana, [sea]),
        ("Echo", None, "7.50", ben, []),
        ("Fire", 300, "9.00", cy, [war, odd]),
    ]
    for title, pages, price, author, tags in rows:
        book = Book.objects.create(title=title, pages=pages, price=price, author=author)
        book.tags.set(tags)
    Cover.objects.create(book=Book.objects.get(title="Dawn"), colour="red")
