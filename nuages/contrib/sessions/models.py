"""The table of sessions: `django_session`, so a live site can move here and back."""

from __future__ import annotations

from typing import Any

from nuages.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager


class SessionManager(BaseSessionManager):
    """Writes sessions."""

    use_in_migrations = True


class Session(AbstractBaseSession):
    """A stored session; `get_decoded()` reads its data."""

    objects = SessionManager()

    class Meta(AbstractBaseSession.Meta):
        db_table = "django_session"

    @classmethod
    def get_session_store_class(cls) -> Any:
        from nuages.contrib.sessions.backends.db import SessionStore

        return SessionStore
