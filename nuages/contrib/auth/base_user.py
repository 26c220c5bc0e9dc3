"""`AbstractBaseUser`: a password and a session, and nothing else; for user models of your own."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

from nuages.conf import settings
from nuages.contrib.auth import password_validation
from nuages.contrib.auth.hashers import check_password, is_password_usable, make_password
from nuages.db import models
from nuages.spine import twin
from nuages.utils.crypto import salted_hmac
from nuages.utils.translation import gettext_lazy as _

#: The salt of Django's class, so that sessions can move between both.
_SESSION_SALT = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"


# Asked for with each request of somebody who is logged in. Typed, as `1` and `True` are equal and read differently.
@lru_cache(maxsize=1024, typed=True)
def _session_hash(password: Any, secret: Any) -> str:
    return salted_hmac(_SESSION_SALT, password, secret=secret, algorithm="sha256").hexdigest()


class BaseUserManager(models.Manager):
    """What managers of users share."""

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Return the address with its domain, which does not mind case, in small letters."""
        local, at, domain = (email or "").strip().rpartition("@")
        return f"{local}@{domain.lower()}" if at else email or ""

    def get_by_natural_key(self, username: str | None) -> Any:
        """Return the user of that name."""
        return self.get(**{self.model.USERNAME_FIELD: username})

    aget_by_natural_key = twin(get_by_natural_key)


class AbstractBaseUser(models.Model):
    """A user with a password. Subclasses name their `USERNAME_FIELD` and `REQUIRED_FIELDS`."""

    password: Any = models.CharField(verbose_name=_("password"), max_length=128)
    last_login: Any = models.DateTimeField(verbose_name=_("last login"), null=True, blank=True)

    is_active = True
    REQUIRED_FIELDS: list[str] = []
    USERNAME_FIELD: str
    _password: Any = None

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.get_username()

    def save(self, **kwargs: Any) -> None:
        super().save(**kwargs)
        if self._password is not None:
            # The validators may keep a history; a password counts from when it is stored.
            password_validation.password_changed(self._password, self)
            self._password = None

    def get_username(self) -> str:
        """Return the name that the user logs in with."""
        return getattr(self, self.USERNAME_FIELD)

    def clean(self) -> None:
        setattr(self, self.USERNAME_FIELD, self.normalize_username(self.get_username()))

    def natural_key(self) -> tuple[str]:
        """Return what identifies the user in fixtures."""
        return (self.get_username(),)

    @property
    def is_anonymous(self) -> bool:
        """False, as this is somebody."""
        return False

    @property
    def is_authenticated(self) -> bool:
        """True, as this is somebody. It says nothing of permissions."""
        return True

    def set_password(self, raw_password: str | None) -> None:
        """Set the password; `save()` stores it."""
        self.password = make_password(raw_password)
        self._password = raw_password

    def check_password(self, raw_password: str) -> bool:
        """Say whether this is the password; a hash that is weaker than usual now is replaced."""

        def upgrade(raw: str) -> None:
            self.set_password(raw)
            # The password has not changed, only its hash.
            self._password = None
            self.save(update_fields=["password"])

        return check_password(raw_password, self.password, upgrade)

    acheck_password = twin(check_password)

    def set_unusable_password(self) -> None:
        """Let no password match."""
        self.password = make_password(None)

    def has_usable_password(self) -> bool:
        """Say whether a password can match."""
        return is_password_usable(self.password)

    def get_session_auth_hash(self) -> str:
        """Return what sessions of this user carry, and which changes with his password."""
        return self._get_session_auth_hash()

    def get_session_auth_fallback_hash(self) -> Any:
        """Yield the same for each secret key that is being replaced."""
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._get_session_auth_hash(secret=secret)

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        return _session_hash(self.password, settings.SECRET_KEY if secret is None else secret)

    @classmethod
    def get_email_field_name(cls) -> str:
        """Return the name of the field with the mail address."""
        return getattr(cls, "EMAIL_FIELD", "email")

    @classmethod
    def normalize_username(cls, username: Any) -> Any:
        """Return a name in the form in which two that look the same are the same."""
        return unicodedata.normalize("NFKC", username) if isinstance(username, str) else username
