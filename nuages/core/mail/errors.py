"""What can be wrong with MAILERS."""

from __future__ import annotations

from nuages.core.exceptions import ImproperlyConfigured


class InvalidMailer(ImproperlyConfigured):
    """A mailer is not configured as it should be; `alias` says which one."""

    def __init__(self, message: str, *, alias: str | None = None) -> None:
        self.alias = alias
        super().__init__(message if alias is None else f"MAILERS[{alias!r}]: {message}")


class UnknownOptions(InvalidMailer):
    """A backend was given OPTIONS that it does not know; `names` lists them."""

    def __init__(self, names: list[str], *, alias: str | None) -> None:
        self.names = names
        super().__init__(f"Unknown options {', '.join(map(repr, names))}.", alias=alias)


class MailerDoesNotExist(InvalidMailer, KeyError):
    """MAILERS has no such alias. Nothing else raises it, so that it is safe to catch."""

    def __init__(self, *, alias: str) -> None:
        super().__init__(f"The mailer {alias!r} is not configured.")
        self.alias = alias

    def __str__(self) -> str:
        # A KeyError would show the sentence in quotes.
        return str(self.args[0])
