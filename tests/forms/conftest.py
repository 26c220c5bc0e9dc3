"""Property tests here build whole forms: they may take their time on a busy machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from nuages.test.utils import override_settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="module")
def library_tables() -> Iterator[None]:
    """The library's app, installed and with its tables."""
    from nuages.db import connection

    with override_settings(INSTALLED_APPS=["tests.forms.library"]):
        from tests.forms.library.models import Author, Book

        with connection.schema_editor() as editor:
            for model in (Author, Book):
                editor.create_model(model)
        yield
        with connection.schema_editor() as editor:
            for model in (Book, Author):
                editor.delete_model(model)


@pytest.fixture
def library(library_tables: None) -> Iterator[None]:
    """The library's tables, empty."""
    from nuages.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)
