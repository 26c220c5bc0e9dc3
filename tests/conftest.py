"""The project that the tests share: settings with a SQLite database in memory, and no apps but those a test installs.

With `NUAGES_TEST_DATABASE=postgresql` the default database is one made for this run on PostgreSQL (`make test-postgres`).
"""

from __future__ import annotations

import os
import warnings
from typing import Any

import hypothesis
import pytest

import nuages
from nuages.conf import settings

# The machines that run the suite are shared: how long one example takes says nothing.
hypothesis.settings.register_profile(
    "nuages", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("nuages")

REQUIRE_SERVICES = bool(os.environ.get("NUAGES_REQUIRE_SERVICES"))
#: For tests of what SQLite does by itself, or of how this suite sets it up.
only_on_sqlite = pytest.mark.skipif(
    os.environ.get("NUAGES_TEST_DATABASE", "sqlite") != "sqlite", reason="about SQLite"
)
POSTGRESQL = {
    "host": os.environ.get("PGHOST", "127.0.0.1"),
    "port": os.environ.get("PGPORT", "5432"),
    "user": os.environ.get("PGUSER", "postgres"),
}


def _database() -> dict[str, Any]:
    """Return the settings of the default database."""
    match os.environ.get("NUAGES_TEST_DATABASE", "sqlite"):
        case "sqlite":
            return {"ENGINE": "nuages.db.backends.sqlite3", "NAME": ":memory:"}
        case "postgresql":
            name = f"nuages_tests_{os.getpid()}"
            _on_postgresql(f"CREATE DATABASE {name}")
            options = {key.upper(): value for key, value in POSTGRESQL.items()}
            return {"ENGINE": "nuages.db.backends.postgresql", "NAME": name, **options}
        case other:
            raise pytest.UsageError(f"NUAGES_TEST_DATABASE is {other!r}; it may be sqlite or postgresql")


def _on_postgresql(statement: str) -> None:
    import psycopg

    with psycopg.connect(dbname="postgres", autocommit=True, **POSTGRESQL) as connection:
        connection.execute(statement)


def pytest_configure(config: pytest.Config) -> None:
    """Configure the project once, before any test module is imported."""
    warnings.filterwarnings("error", category=RuntimeWarning)
    if settings.configured:
        return
    settings.configure(
        SECRET_KEY="a key for tests",
        DEBUG=False,
        USE_TZ=True,
        ALLOWED_HOSTS=["testserver"],
        ROOT_URLCONF="tests.urls",
        INSTALLED_APPS=[],
        DATABASES={"default": _database()},
        TEMPLATES=[{"BACKEND": "nuages.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        PASSWORD_HASHERS=["nuages.contrib.auth.hashers.MD5PasswordHasher"],
        DEFAULT_AUTO_FIELD="nuages.db.models.BigAutoField",
        STATIC_URL="/static/",
        # Tests leave nothing in the home of who runs them.
        TEMPLATE_CODE_CACHE=False,
    )
    nuages.setup()


def pytest_unconfigure() -> None:
    """Drop the database that was made for this run."""
    default = settings.DATABASES["default"] if settings.configured else {}
    if str(default.get("NAME")).startswith("nuages_tests_"):
        _on_postgresql(f"DROP DATABASE {default['NAME']} WITH (FORCE)")


def require(condition: bool, reason: str) -> None:
    """Skip where a service is absent; fail instead where CI demands the services."""
    if condition:
        return
    if REQUIRE_SERVICES:
        pytest.fail(reason)
    pytest.skip(reason)
