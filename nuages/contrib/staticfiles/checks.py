"""System checks of finders and storage."""

from __future__ import annotations

from typing import Any

from nuages.conf import STATICFILES_STORAGE_ALIAS, settings
from nuages.contrib.staticfiles.finders import get_finders
from nuages.core.checks import CheckMessage, Error

E005 = Error(
    f"The STORAGES setting must define a '{STATICFILES_STORAGE_ALIAS}' storage.", id="staticfiles.E005"
)


def check_finders(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Let the finders say what is wrong with their settings."""
    found: list[CheckMessage] = []
    for finder in get_finders():
        try:
            found += finder.check()
        except NotImplementedError:
            continue  # it has nothing to check
    return found


def check_storages(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse settings without a storage for static files."""
    return [] if STATICFILES_STORAGE_ALIAS in settings.STORAGES else [E005]
