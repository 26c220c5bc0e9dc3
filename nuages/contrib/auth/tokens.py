"""Tokens that allow to set a new password once, for a while."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from nuages.conf import settings
from nuages.utils.crypto import constant_time_compare, salted_hmac
from nuages.utils.http import base36_to_int, int_to_base36

_EPOCH = datetime(2001, 1, 1)


class PasswordResetTokenGenerator:
    """Makes and checks tokens: the time, and a keyed hash of it with what changes when the token has been used."""

    key_salt = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
    algorithm = "sha256"
    _secret: Any = None
    _secret_fallbacks: Any = None

    def _get_secret(self) -> Any:
        return self._secret or settings.SECRET_KEY

    def _set_secret(self, secret: Any) -> None:
        self._secret = secret

    secret = property(_get_secret, _set_secret)

    def _get_fallbacks(self) -> Any:
        return settings.SECRET_KEY_FALLBACKS if self._secret_fallbacks is None else self._secret_fallbacks

    def _set_fallbacks(self, fallbacks: Any) -> None:
        self._secret_fallbacks = fallbacks

    secret_fallbacks = property(_get_fallbacks, _set_fallbacks)

    def make_token(self, user: Any) -> str:
        """Return a token for `user`."""
        return self._make_token_with_timestamp(user, self._num_seconds(self._now()), self.secret)

    def check_token(self, user: Any, token: str | None) -> bool:
        """Say whether the token is for `user`, unused and not too old."""
        stamp, dash, _ = (token or "").partition("-")
        if not user or not dash:
            return False
        try:
            made = base36_to_int(stamp)
        except ValueError:
            return False
        genuine = any(
            constant_time_compare(self._make_token_with_timestamp(user, made, secret), token)
            for secret in (self.secret, *self.secret_fallbacks)
        )
        return genuine and self._num_seconds(self._now()) - made <= settings.PASSWORD_RESET_TIMEOUT

    def _make_token_with_timestamp(self, user: Any, timestamp: int, secret: Any) -> str:
        value = self._make_hash_value(user, timestamp)
        digest = salted_hmac(self.key_salt, value, secret=secret, algorithm=self.algorithm).hexdigest()
        # Every second digit: short enough for a link, and still 128 bits.
        return f"{int_to_base36(timestamp)}-{digest[::2]}"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        """Return what changes once the token was used: password and last log-in, and the address it was sent to."""
        last_login = user.last_login and user.last_login.replace(microsecond=0, tzinfo=None)
        email = getattr(user, user.get_email_field_name(), "") or ""
        return f"{user.pk}{user.password}{'' if last_login is None else last_login}{timestamp}{email}"

    def _num_seconds(self, moment: datetime) -> int:
        return int((moment - _EPOCH).total_seconds())

    def _now(self) -> datetime:
        # Replaced by tests.
        return datetime.now()


default_token_generator = PasswordResetTokenGenerator()
