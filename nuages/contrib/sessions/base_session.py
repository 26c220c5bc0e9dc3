"""The model of a stored session, without its table: to derive models with more columns from."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from nuages.db import models
from nuages.utils.translation import gettext_lazy as _


class BaseSessionManager(models.Manager):
    """Writes sessions."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return session data as the signed string that is stored."""
        return self.model.get_session_store_class()().encode(session_dict)

    def save(
        self, session_key: str, session_dict: dict[str, Any], expire_date: datetime
    ) -> AbstractBaseSession:
        """Store data under a key, or remove the session where there is none."""
        session = self.model(session_key, self.encode(session_dict), expire_date)
        if session_dict:
            session.save()
        else:
            session.delete()
        return session


class AbstractBaseSession(models.Model):
    """A session's key, its signed data, and when it expires."""

    session_key = models.CharField(primary_key=True, max_length=40, verbose_name=_("session key"))
    session_data = models.TextField(verbose_name=_("session data"))
    expire_date = models.DateTimeField(db_index=True, verbose_name=_("expire date"))

    objects = BaseSessionManager()

    class Meta:
        abstract = True
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return str(self.session_key)

    @classmethod
    def get_session_store_class(cls) -> Any:
        """Return the store that keeps sessions in this model."""
        raise NotImplementedError

    def get_decoded(self: Self) -> dict[str, Any]:
        """Return the session's data."""
        return self.get_session_store_class()().decode(self.session_data)
