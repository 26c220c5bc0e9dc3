"""The project that the tests share: settings with a SQLite database in memory, no contrib apps but those named here."""

from __future__ import annotations

import os
import warnings

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
        DATABASES={"default": {"ENGINE": "nuages.db.backends.sqlite3", "NAME": ":memory:"}},
        TEMPLATES=[{"BACKEND": "nuages.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        PASSWORD_HASHERS=["nuages.contrib.auth.hashers.MD5PasswordHasher"],
        DEFAULT_AUTO_FIELD="nuages.db.models.BigAutoField",
        STATIC_URL="/static/",
    )
    nuages.setup()


def require(condition: bool, reason: str) -> None:
    """Skip where a service is absent; fail instead where CI demands the services."""
    if condition:
        return
    if REQUIRE_SERVICES:
        pytest.fail(reason)
    pytest.skip(reason)
