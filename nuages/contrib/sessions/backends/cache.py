"""Sessions in a cache: quick, and gone when the cache is."""

from __future__ import annotations

from typing import Any

from nuages.conf import settings
from nuages.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from nuages.core.cache import caches

#: Spelled as in Django, so that both find the same entries.
KEY_PREFIX = "django.contrib.sessions.cache"

#: Keys are long and random: when these fail one after the other it is the cache that does not work.
TRIES = 10000


class SessionStore(SessionBase):
    """Keeps sessions in the cache that SESSION_CACHE_ALIAS names."""

    cache_key_prefix = KEY_PREFIX

    def __init__(self, session_key: str | None = None) -> None:
        self._cache: Any = caches[settings.SESSION_CACHE_ALIAS]
        super().__init__(session_key)

    @property
    def cache_key(self) -> str:
        """The key in the cache."""
        return self.cache_key_prefix + self._get_or_create_session_key()

    async def acache_key(self) -> str:
        """The same for callers that await."""
        return self.cache_key

    def load(self) -> dict[str, Any]:
        try:
            data = self._cache.get(self.cache_key)
        except Exception:
            # Some caches refuse keys that are too long or have odd characters; there is no such session.
            data = None
        if data is not None:
            return data
        self._session_key = None
        return {}

    def create(self) -> None:
        for _ in range(TRIES):
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return
        raise RuntimeError("Unable to create a new session key. It is likely that the cache is unavailable.")

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        if must_create:
            put = self._cache.add
        elif self._cache.get(self.cache_key) is not None:
            put = self._cache.set
        else:
            raise UpdateError
        stored = put(self.cache_key, self._get_session(no_load=must_create), self.get_expiry_age())
        if must_create and not stored:
            raise CreateError

    def exists(self, session_key: str) -> bool:
        return bool(session_key) and (self.cache_key_prefix + session_key) in self._cache

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            self._cache.delete(self.cache_key_prefix + key)

    @classmethod
    def clear_expired(cls) -> None:
        """Nothing to do: caches forget by themselves."""
