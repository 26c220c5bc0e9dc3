"""Which backend sends: chosen by alias, by a connection, or the default with a few options laid over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nuages.core.mail.deprecation import (
    AUTH_ARGS_WARNING,
    CONNECTION_ARG_WARNING,
    FAIL_SILENTLY_ARG_WARNING,
    warn_caller,
)
from nuages.core.mail.errors import UnknownOptions
from nuages.core.mail.handler import DEFAULT_MAILER_ALIAS, mailers


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """The ways in which the functions of mail let their caller choose a backend."""

    using: str | None = None
    connection: Any = None
    fail_silently: bool | None = False
    auth_user: str | None = None
    auth_password: str | None = None

    @property
    def signs_in(self) -> bool:
        """Whether a user or password was given."""
        return self.auth_user is not None or self.auth_password is not None

    def refuse_conflicts(self) -> None:
        """Raise `TypeError` for choices that exclude each other."""
        if self.using is not None:
            if self.connection is not None:
                raise TypeError("'connection' is not compatible with 'using'.")
            if self.fail_silently:
                raise TypeError("'fail_silently' is not compatible with 'using'.")
            if self.signs_in:
                raise TypeError(
                    "'auth_user' and 'auth_password' are not compatible with 'using'. Set 'username' and "
                    "'password' OPTIONS in MAILERS instead."
                )
        elif self.connection is not None:
            names = "fail_silently" if self.fail_silently else "auth_user and auth_password"
            if self.fail_silently or self.signs_in:
                raise TypeError(
                    f"{names} cannot be used with a connection. Pass {names} to get_connection() instead."
                )

    def warn(self) -> None:
        """Say which of the choices will go away."""
        if self.connection is not None:
            warn_caller(CONNECTION_ARG_WARNING)
        if self.fail_silently:
            warn_caller(FAIL_SILENTLY_ARG_WARNING)
        if self.signs_in:
            warn_caller(AUTH_ARGS_WARNING)

    def backend(self) -> Any:
        """Return what sends."""
        if self.connection is not None:
            return self.connection
        if self.using is not None:
            return mailers[self.using]
        over = {"username": self.auth_user, "password": self.auth_password}
        options = {name: value for name, value in over.items() if value is not None}
        if self.fail_silently:
            try:
                return mailers.create_connection(DEFAULT_MAILER_ALIAS, **options, fail_silently=True)
            except UnknownOptions as error:
                # Not every backend has failures to be silent about.
                if error.names != ["fail_silently"]:
                    raise
        return mailers.create_connection(DEFAULT_MAILER_ALIAS, **options)
