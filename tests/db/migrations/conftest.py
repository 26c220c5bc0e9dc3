"""A project in a folder of its own, with an app whose models and migrations a test writes."""

from __future__ import annotations

import importlib
import io
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nuages.apps import apps
from nuages.core.management import call_command
from nuages.db import connection
from nuages.db.migrations.loader import MigrationLoader
from nuages.test.utils import override_settings


class Project:
    """The app `shop_app`: its files, and commands run on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "shop_app"
        self.migrations = self.folder / "migrations"
        self.migrations.mkdir(parents=True)
        (self.folder / "__init__.py").touch()
        (self.migrations / "__init__.py").touch()
        (self.folder / "models.py").touch()

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(textwrap.dedent(text))
        for module in [name for name in sys.modules if name.split(".")[0] == "shop_app"]:
            del sys.modules[module]
        importlib.invalidate_caches()

    def models(self, text: str) -> None:
        """Write models and make them those of the app."""
        self.write("models.py", "from nuages.db import models\n" + textwrap.dedent(text))
        apps.all_models["shop_app"].clear()
        config = apps.get_app_config("shop_app")
        config.module = importlib.import_module("shop_app")
        config.models_module = None
        config.import_models()
        apps.clear_cache()

    def call(self, *command: str, **options: Any) -> str:
        """Run a command; return what it has written."""
        out = io.StringIO()
        call_command(*command, stdout=out, stderr=out, **{"no_color": True, **options})
        importlib.invalidate_caches()
        return out.getvalue()

    @property
    def files(self) -> list[str]:
        return sorted(path.stem for path in self.migrations.glob("0*.py"))

    def tables(self) -> list[str]:
        return sorted(name for name in connection.introspection.table_names() if name.startswith("shop_app"))

    def loader(self) -> MigrationLoader:
        return MigrationLoader(connection)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    monkeypatch.syspath_prepend(str(tmp_path))
    made = Project(tmp_path)
    importlib.invalidate_caches()
    with override_settings(INSTALLED_APPS=["shop_app"]):
        try:
            yield made
        finally:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA foreign_keys = OFF")
                for name in [*made.tables(), "django_migrations"]:
                    cursor.execute(f'DROP TABLE IF EXISTS "{name}"')
                cursor.execute("PRAGMA foreign_keys = ON")
            for module in [name for name in sys.modules if name.split(".")[0] == "shop_app"]:
                del sys.modules[module]
            apps.all_models.pop("shop_app", None)
