"""The town's tables and rows, made once; nothing here changes them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nuages.apps import apps
from nuages.db import connection
from nuages.test.utils import override_settings
from tests.db.oracle import people

APP = "tests.db.oracle.town"


@pytest.fixture(scope="package", autouse=True)
def town() -> Iterator[None]:
    with override_settings(INSTALLED_APPS=[APP]):
        models = [model for model in apps.get_app_config("town").get_models() if not model._meta.auto_created]
        with connection.schema_editor() as editor:
            for model in models:
                editor.create_model(model)
        people.save()
        yield
        with connection.schema_editor() as editor:
            for model in reversed(models):
                editor.delete_model(model)
