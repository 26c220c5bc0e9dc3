"""Sessions in the database, read through a cache."""

from __future__ import annotations

import logging
from typing import Any

from nuages.conf import settings
from nuages.contrib.sessions.backends.db import SessionStore as DBStore
from nuages.core.cache import caches

#: Spelled as in Django, so that both find the same entries.
KEY_PREFIX = "django.contrib.sessions.cached_db"

logger = logging.getLogger("django.contrib.sessions")


class SessionStore(DBStore):
    """Writes to the database and the cache, reads from the cache first."""

    cache_key_prefix = KEY_PREFIX

    def __init__(self, session_key: str | None = None) -> None:
        self._cache: Any = caches[settings.SESSION_CACHE_ALIAS]
        super().__init__(session_key)

    @property
    def cache_key(self) -> str:
        """The key in the cache."""
        return self.cache_key_prefix + self._get_or_create_session_key()

    def load(self) -> dict[str, Any]:
        try:
            data = self._cache.get(self.cache_key)
        except Exception:
            data = None  # a key that the cache refuses is in the database or nowhere
        if data is not None:
            return data
        found = self._find()
        if not found:
            return {}
        data = self.decode(found.session_data)
        self._cache.set(self.cache_key, data, self.get_expiry_age(expiry=found.expire_date))
        return data

    def exists(self, session_key: str) -> bool:
        if session_key and (self.cache_key_prefix + session_key) in self._cache:
            return True
        return super().exists(session_key)

    def save(self, must_create: bool = False) -> None:
        super().save(must_create)
        try:
            self._cache.set(self.cache_key, self._session, self.get_expiry_age())
        except Exception:
            # The database has it; the cache only makes it quicker.
            logger.exception("Error saving to cache (%s)", self._cache)

    def delete(self, session_key: str | None = None) -> None:
        super().delete(session_key)
        key = session_key or self.session_key
        if key is not None:
            self._cache.delete(self.cache_key_prefix + key)

    def flush(self) -> None:
        self.clear()
        self.delete(self.session_key)
        self._session_key = None
