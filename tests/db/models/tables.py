"""Fixtures that give the library's tables, to be imported by conftest modules."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nuages.apps import apps
from nuages.db import connection, transaction
from nuages.test.utils import override_settings

APP = "tests.db.models.library"


@pytest.fixture(scope="package")
def library_tables() -> Iterator[None]:
    with override_settings(INSTALLED_APPS=[APP]):
        models = list(apps.get_app_config("library").get_models())
        with connection.schema_editor() as editor:
            for model in models:
                editor.create_model(model)
        yield
        with connection.schema_editor() as editor:
            for model in reversed(models):
                editor.delete_model(model)


@pytest.fixture(autouse=True)
def library(library_tables: None) -> Iterator[None]:
    """Each test in a transaction of its own, with the library installed."""
    with override_settings(INSTALLED_APPS=[APP]), transaction.atomic():
        yield
        transaction.set_rollback(True)
