"""`mailers`: the ways of sending that MAILERS names."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nuages.conf import settings
from nuages.conf.deprecated import DEPRECATED_EMAIL_SETTINGS
from nuages.core.mail.deprecation import NO_DEFAULT_MAILER_WARNING
from nuages.core.mail.errors import InvalidMailer, MailerDoesNotExist
from nuages.utils.deprecation import RemovedInDjango2028Warning
from nuages.utils.module_loading import import_string

DEFAULT_MAILER_ALIAS = "default"
SMTP = "django.core.mail.backends.smtp.EmailBackend"


class MailersHandler:
    """Makes a backend for each alias: `mailers["notifications"].send_messages([...])`."""

    def __getitem__(self, alias: str) -> Any:
        return self.create_connection(alias)

    def get(self, alias: str, default: Any = None) -> Any:
        """Return the mailer of that name, or `default` where there is none."""
        try:
            return self[alias]
        except MailerDoesNotExist:
            return default

    @property
    def default(self) -> Any:
        """The default mailer."""
        return self[DEFAULT_MAILER_ALIAS]

    @property
    def settings(self) -> dict[str, Any]:
        """The configured mailers. Without MAILERS there is the default one, made from the old settings."""
        return settings.MAILERS if self._is_configured else {DEFAULT_MAILER_ALIAS: {}}

    @property
    def _is_configured(self) -> bool:
        return hasattr(settings, "MAILERS")

    def __iter__(self) -> Iterator[str]:
        return iter(self.settings)

    def __contains__(self, alias: object) -> bool:
        return alias in self.settings

    def create_connection(self, alias: str, **overrides: Any) -> Any:
        """Return a new backend; `overrides` lie over its OPTIONS. Raises `MailerDoesNotExist`, `InvalidMailer`."""
        configured = self.settings
        if alias not in configured:
            error = MailerDoesNotExist(alias=alias)
            error.add_note(f"MAILERS has: {', '.join(configured) or 'nothing'}.")
            raise error
        if not self._is_configured:
            return self._from_old_settings(overrides)
        path = configured[alias].get("BACKEND", SMTP)
        options = {**configured[alias].get("OPTIONS", {}), **overrides}
        if "alias" in options:
            raise InvalidMailer("OPTIONS must not define 'alias'.", alias=alias)
        try:
            backend = import_string(path)
        except ImportError as error:
            raise InvalidMailer(f"Could not find BACKEND {path!r}: {error}", alias=alias) from error
        return backend(alias=alias, **options)

    def _from_old_settings(self, options: dict[str, Any]) -> Any:
        if not any(settings.is_overridden(name) for name in DEPRECATED_EMAIL_SETTINGS):
            warnings.warn(NO_DEFAULT_MAILER_WARNING, RemovedInDjango2028Warning, stacklevel=4)
        backend = import_string(old_setting("EMAIL_BACKEND"))
        with _unwarned():
            return backend(**options)


@contextmanager
def _unwarned() -> Iterator[None]:
    """Say nothing of old ways in which it is the framework that goes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RemovedInDjango2028Warning)
        yield


def old_setting(name: str, default: Any = None) -> Any:
    """Return a deprecated setting. Whoever defines it is warned there; reading it here says nothing new."""
    with _unwarned():
        return getattr(settings, name, default) if default is not None else getattr(settings, name)


mailers = MailersHandler()
