"""`mailers`: the ways of sending that MAILERS names."""

from __future__ import annotations

from typing import Any

from nuages.conf import settings
from nuages.core.exceptions import ImproperlyConfigured
from nuages.utils.module_loading import import_string

DEFAULT_MAILER_ALIAS = "default"
SMTP = "nuages.core.mail.backends.smtp.EmailBackend"


class InvalidMailer(ImproperlyConfigured):
    """A mailer is not configured as it should be."""


class MailerDoesNotExist(InvalidMailer):
    """There is no mailer of that name."""


class MailersHandler:
    """Makes a backend for each alias: `mailers["notifications"].send_messages([...])`."""

    def __getitem__(self, alias: str) -> Any:
        return self.create_connection(alias)

    @property
    def default(self) -> Any:
        """The default mailer."""
        return self[DEFAULT_MAILER_ALIAS]

    @property
    def settings(self) -> dict[str, Any]:
        """The configured mailers."""
        return getattr(settings, "MAILERS", None) or {}

    def __iter__(self) -> Any:
        return iter(self.settings)

    def __contains__(self, alias: object) -> bool:
        return alias in self.settings

    def create_connection(self, alias: str, **overrides: Any) -> Any:
        """Return a new backend. Raises `MailerDoesNotExist`, `InvalidMailer`."""
        if not hasattr(settings, "MAILERS"):
            return import_string(settings.EMAIL_BACKEND)(**overrides)
        try:
            chosen = self.settings[alias]
        except KeyError:
            error = MailerDoesNotExist(f"The mailer '{alias}' is not configured.")
            error.add_note(f"MAILERS has: {', '.join(self.settings) or 'none'}.")
            raise error from None
        path = chosen.get("BACKEND", SMTP)
        try:
            backend = import_string(path)
        except ImportError as error:
            raise InvalidMailer(f"Could not find backend {path!r}: {error}") from error
        return backend(alias=alias, **(chosen.get("OPTIONS") or {}), **overrides)


mailers = MailersHandler()
