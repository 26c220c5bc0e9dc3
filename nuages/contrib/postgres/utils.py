"""Errors inside of containers, and the check that the app is installed."""

from __future__ import annotations

from typing import Any

from nuages.apps import apps
from nuages.core import checks
from nuages.core.exceptions import ValidationError
from nuages.utils.functional import SimpleLazyObject
from nuages.utils.text import format_lazy


def prefix_validation_error(error: Any, prefix: Any, code: Any, params: dict[str, Any]) -> ValidationError:
    """The error of an item, told with where the item is."""
    if error.error_list == [error]:
        own = error.params or {}
        return ValidationError(
            # The message is only put together once it is shown, in the language of then.
            message=format_lazy(
                "{}{}",
                SimpleLazyObject(lambda: prefix % params),
                SimpleLazyObject(lambda: error.message % own),
            ),
            code=code,
            params={**own, **params},
        )
    return ValidationError(
        [prefix_validation_error(inner, prefix, code, params) for inner in error.error_list]
    )


class CheckPostgresInstalledMixin:
    """A field that only works while this app is installed."""

    def check(self, **kwargs: Any) -> list[Any]:
        """System checks."""
        return [*super().check(**kwargs), *check_installed(self, type(self).__name__, kwargs)]  # type: ignore[misc]


def check_installed(subject: Any, name: str, options: dict[str, Any]) -> list[Any]:
    """The error for `subject` when the app is not installed; only where databases are checked."""
    if not options.get("databases") or apps.is_installed("django.contrib.postgres"):
        return []
    if apps.is_installed("nuages.contrib.postgres"):
        return []
    return [
        checks.Error(
            f"'django.contrib.postgres' must be in INSTALLED_APPS in order to use {name}.",
            obj=subject,
            id="postgres.E005",
        )
    ]
