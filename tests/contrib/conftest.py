"""A site with the contrib apps, for tests that use them; its tables are made once, and each test's rows rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nuages.test.utils import override_settings

CORE = ("contenttypes", "auth", "sessions", "sites", "messages", "staticfiles", "admin")
APPS = [f"nuages.contrib.{name}" for name in (*CORE, "redirects", "flatpages", "sitemaps", "syndication")]
_made: list[bool] = []


@pytest.fixture(scope="module")
def installed() -> Iterator[None]:
    """The contrib apps, installed for the tests of a module."""
    with override_settings(INSTALLED_APPS=APPS, SITE_ID=1):
        yield


def make_tables() -> None:
    """Make the tables of the contrib apps, if no test of this process has.

    Whether it has is not to be asked of the database: tests of migrations take their record of them away.
    """
    from nuages.core.management import call_command

    if not _made:
        call_command("migrate", verbosity=0)
        _made.append(True)


@pytest.fixture
def site(installed: None) -> Iterator[None]:
    """The apps with their tables; what the test writes is taken back."""
    from nuages.contrib.contenttypes.models import ContentType
    from nuages.db import transaction

    make_tables()
    ContentType.objects.clear_cache()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    ContentType.objects.clear_cache()
