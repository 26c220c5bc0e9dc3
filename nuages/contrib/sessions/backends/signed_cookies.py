"""Sessions in the cookie itself, signed: nothing is stored here, and everybody can read their own."""

from __future__ import annotations

from typing import Any

from nuages.contrib.sessions.backends.base import SessionBase
from nuages.core import signing

#: Spelled as in Django, so that both accept the same cookies.
SALT = "django.contrib.sessions.backends.signed_cookies"


class SessionStore(SessionBase):
    """The session's key is its data."""

    def load(self) -> dict[str, Any]:
        try:
            return signing.loads(
                self.session_key,  # type: ignore[arg-type]
                serializer=self.serializer,
                max_age=self.get_session_cookie_age(),
                salt=SALT,
            )
        except Exception:
            # Whatever is wrong with a cookie, the visitor gets a new session.
            self.create()
        return {}

    def create(self) -> None:
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        self._session_key = self._get_session_key()
        self.modified = True

    def exists(self, session_key: str | None = None) -> bool:
        return False

    def delete(self, session_key: str | None = None) -> None:
        self._session_key = ""
        self._session_cache = {}
        self.modified = True

    def cycle_key(self) -> None:
        self.save()

    def _get_session_key(self) -> str:
        return signing.dumps(self._session, compress=True, salt=SALT, serializer=self.serializer)

    @classmethod
    def clear_expired(cls) -> None:
        """Nothing to do: cookies expire by themselves."""
