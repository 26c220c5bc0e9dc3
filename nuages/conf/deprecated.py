"""Settings that Django 6.1 deprecates, and what is said when a project defines one."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

from nuages.core.exceptions import ImproperlyConfigured

DEPRECATED_EMAIL_SETTINGS = frozenset(
    "EMAIL_" + part
    for part in [
        "BACKEND",
        "FILE_PATH",
        "HOST",
        "HOST_PASSWORD",
        "HOST_USER",
        "PORT",
        "SSL_CERTFILE",
        "SSL_KEYFILE",
        "TIMEOUT",
        "USE_SSL",
        "USE_TLS",
    ]
)

EMAIL_SETTING_DEPRECATED_MSG = "The {name} setting is deprecated. Migrate to MAILERS before Django 2028."
SIGNED_COOKIE_LEGACY_SALT_DEPRECATED_MSG = (
    "The SIGNED_COOKIE_LEGACY_SALT_FALLBACK transitional setting is deprecated and will be removed in "
    "Django 2028, when cookies signed with the legacy salt are no longer accepted."
)
USE_BLANK_CHOICE_DASH_DEPRECATED_MSG = (
    "The USE_BLANK_CHOICE_DASH transitional setting is deprecated and will be removed in Django 2028. To use "
    "a label of your own, override BLANK_CHOICE_LABEL in the app's ready() method."
)

_MESSAGES = {
    "SIGNED_COOKIE_LEGACY_SALT_FALLBACK": SIGNED_COOKIE_LEGACY_SALT_DEPRECATED_MSG,
    "USE_BLANK_CHOICE_DASH": USE_BLANK_CHOICE_DASH_DEPRECATED_MSG,
    **{name: EMAIL_SETTING_DEPRECATED_MSG.format(name=name) for name in DEPRECATED_EMAIL_SETTINGS},
}


def warn_if_deprecated(name: str, stacklevel: int = 3) -> None:
    """Warn when this setting is deprecated; `stacklevel` as `warnings.warn` counts it from here."""
    if name in _MESSAGES:
        from nuages.utils.deprecation import RemovedInDjango2028Warning

        warnings.warn(_MESSAGES[name], RemovedInDjango2028Warning, stacklevel=stacklevel)


def refuse_both_ways_of_mail(defined: Iterable[str]) -> None:
    """Raise `ImproperlyConfigured` where a project defines MAILERS and settings that MAILERS replaces."""
    names = set(defined)
    conflicting = sorted(names & DEPRECATED_EMAIL_SETTINGS)
    if "MAILERS" in names and conflicting:
        raise ImproperlyConfigured(
            f"Deprecated email settings are not allowed when MAILERS is defined: {', '.join(conflicting)}."
        )
