"""`SessionBase`: a dictionary that loads itself when first used. Stores derive from it."""

from __future__ import annotations

import logging
import string
from collections.abc import ItemsView, KeysView, ValuesView
from datetime import datetime, timedelta
from typing import Any

from nuages.conf import settings
from nuages.contrib.sessions.exceptions import SuspiciousSession
from nuages.core import signing
from nuages.spine import twin
from nuages.utils import timezone
from nuages.utils.crypto import get_random_string
from nuages.utils.memo import worked_out_from
from nuages.utils.module_loading import import_string

#: Digits and small letters: safe in URLs, cookies and file names on any system.
VALID_KEY_CHARS = string.ascii_lowercase + string.digits
KEY_LENGTH = 32
_EXPIRY = "_session_expiry"
_MISSING = object()


@worked_out_from("SESSION_SERIALIZER")
def _serializer() -> Any:
    return import_string(settings.SESSION_SERIALIZER)


class CreateError(Exception):
    """Raised by stores when a new session's key is taken. Not seen outside of them."""


class UpdateError(Exception):
    """Raised when a session that should be saved is gone."""


class SessionBase:
    """The session of one visitor. `accessed` and `modified` tell the middleware what happened to it."""

    TEST_COOKIE_NAME = "testcookie"
    TEST_COOKIE_VALUE = "worked"

    def __init__(self, session_key: str | None = None) -> None:
        self._session_key = session_key
        self.accessed = False
        self.modified = False
        self.serializer = _serializer()

    # -- the data, loaded when first asked for

    def _get_session(self, no_load: bool = False) -> dict[str, Any]:
        self.accessed = True
        try:
            return self._session_cache
        except AttributeError:
            self._session_cache: dict[str, Any] = {} if self._session_key is None or no_load else self.load()
        return self._session_cache

    _aget_session = twin(_get_session)
    _session = property(_get_session)

    def __contains__(self, key: object) -> bool:
        return key in self._session

    def __getitem__(self, key: str) -> Any:
        return self._session[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._session[key] = value
        self.modified = True

    def __delitem__(self, key: str) -> None:
        del self._session[key]
        self.modified = True

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of `key`, or `default`."""
        return self._session.get(key, default)

    def set(self, key: str, value: Any) -> None:
        """Set a value; the plain face of `aset`."""
        self[key] = value

    def pop(self, key: str, default: Any = _MISSING) -> Any:
        """Remove `key` and return its value. Raises `KeyError` without a default."""
        self.modified = self.modified or key in self._session
        return self._session.pop(key) if default is _MISSING else self._session.pop(key, default)

    def setdefault(self, key: str, value: Any) -> Any:
        """Return the value of `key`, which is set to `value` where it has none."""
        if key not in self._session:
            self[key] = value
        return self._session[key]

    def update(self, dict_: Any) -> None:
        """Set several values."""
        self._session.update(dict_)
        self.modified = True

    def has_key(self, key: str) -> bool:
        """Say whether `key` has a value."""
        return key in self._session

    def keys(self) -> KeysView[str]:
        """Return the keys."""
        return self._session.keys()

    def values(self) -> ValuesView[Any]:
        """Return the values."""
        return self._session.values()

    def items(self) -> ItemsView[str, Any]:
        """Return keys and values."""
        return self._session.items()

    def clear(self) -> None:
        """Empty the session without touching the store, so nothing is loaded for it either."""
        self._session_cache = {}
        self.accessed = self.modified = True

    def __bool__(self) -> bool:
        return not self.is_empty()

    def is_empty(self) -> bool:
        """Say whether there is neither a key nor data."""
        return not self._session_key and not getattr(self, "_session_cache", None)

    # -- the test cookie

    def set_test_cookie(self) -> None:
        """Set a value that comes back if the browser takes cookies."""
        self[self.TEST_COOKIE_NAME] = self.TEST_COOKIE_VALUE

    def test_cookie_worked(self) -> bool:
        """Say whether it came back."""
        return self.get(self.TEST_COOKIE_NAME) == self.TEST_COOKIE_VALUE

    def delete_test_cookie(self) -> None:
        """Remove it."""
        del self[self.TEST_COOKIE_NAME]

    # -- encoding

    @property
    def key_salt(self) -> str:
        """The salt that data is signed with: that of Django's class, so sessions can move between both."""
        return f"django.contrib.sessions.{type(self).__qualname__}"

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return session data as a signed string."""
        return signing.dumps(session_dict, salt=self.key_salt, serializer=self.serializer, compress=True)

    def decode(self, session_data: str) -> dict[str, Any]:
        """Return the data of a signed string; what is not genuine is logged and counts as empty."""
        try:
            return signing.loads(session_data, salt=self.key_salt, serializer=self.serializer)
        except signing.BadSignature:
            logging.getLogger(f"django.security.{SuspiciousSession.__name__}").warning(
                "Session data corrupted"
            )
        except Exception:
            # A serializer of the project's own may raise anything.
            pass
        return {}

    # -- keys

    def _validate_session_key(self, key: Any) -> bool:
        return bool(key) and len(key) >= 8

    def _get_session_key(self) -> str | None:
        return self.__session_key

    def _set_session_key(self, value: str | None) -> None:
        self.__session_key = value if self._validate_session_key(value) else None

    session_key = property(_get_session_key)
    _session_key = property(_get_session_key, _set_session_key)

    def _get_new_session_key(self) -> str:
        while True:
            key = get_random_string(KEY_LENGTH, VALID_KEY_CHARS)
            if not self.exists(key):
                return key

    _aget_new_session_key = twin(_get_new_session_key)

    def _get_or_create_session_key(self) -> str:
        if self._session_key is None:
            self._session_key = self._get_new_session_key()
        return self._session_key

    _aget_or_create_session_key = twin(_get_or_create_session_key)

    def flush(self) -> None:
        """Forget data and key, in the store too: a new visitor from here on."""
        self.clear()
        self.delete()
        self._session_key = None

    def cycle_key(self) -> None:
        """Give the data a new key, so that an old one somebody else may know is worth nothing."""
        data, old_key = self._session, self.session_key
        self.create()
        self._session_cache = data
        if old_key:
            self.delete(old_key)

    # -- expiry

    def get_session_cookie_age(self) -> int:
        """Return how many seconds sessions last; override it for an age of your own."""
        return settings.SESSION_COOKIE_AGE

    def _age(self, expiry: Any) -> float:
        # None means the usual age, and 0 the end of the browser's session, which the store cannot know.
        return expiry or self.get_session_cookie_age()

    def get_expiry_age(self, *, modification: datetime | None = None, expiry: Any = _MISSING) -> float:
        """Return the seconds until the session expires, from `modification` (now, if not given)."""
        chosen = self.get(_EXPIRY) if expiry is _MISSING else expiry
        if isinstance(chosen, str):
            chosen = datetime.fromisoformat(chosen)
        if not isinstance(chosen, datetime):
            return self._age(chosen)
        left = chosen - (modification or timezone.now())
        return left.days * 86400 + left.seconds

    def get_expiry_date(self, *, modification: datetime | None = None, expiry: Any = _MISSING) -> datetime:
        """Return when the session expires."""
        chosen = self.get(_EXPIRY) if expiry is _MISSING else expiry
        if isinstance(chosen, datetime):
            return chosen
        if isinstance(chosen, str):
            return datetime.fromisoformat(chosen)
        return (modification or timezone.now()) + timedelta(seconds=self._age(chosen))

    def set_expiry(self, value: Any) -> None:
        """Let the session expire after seconds or a timedelta of inactivity, at a date, or (0) with the browser.

        None brings back the site's own rule.
        """
        if value is None:
            # What was not set is not changed.
            self.pop(_EXPIRY, None)
            return
        if isinstance(value, timedelta):
            value = timezone.now() + value
        self[_EXPIRY] = value.isoformat() if isinstance(value, datetime) else value

    def get_expire_at_browser_close(self) -> bool:
        """Say whether the session ends with the browser."""
        chosen = self.get(_EXPIRY)
        return settings.SESSION_EXPIRE_AT_BROWSER_CLOSE if chosen is None else chosen == 0

    # -- what stores do

    def exists(self, session_key: str) -> bool:
        """Say whether the store has the key."""
        raise NotImplementedError("subclasses of SessionBase must provide an exists() method")

    def create(self) -> None:
        """Store a new, empty session under a new key."""
        raise NotImplementedError("subclasses of SessionBase must provide a create() method")

    def save(self, must_create: bool = False) -> None:
        """Store the data. Raises `UpdateError` when the session is gone, `CreateError` when it must not be there."""
        raise NotImplementedError("subclasses of SessionBase must provide a save() method")

    def delete(self, session_key: str | None = None) -> None:
        """Remove a session, this one if no key is given."""
        raise NotImplementedError("subclasses of SessionBase must provide a delete() method")

    def load(self) -> dict[str, Any]:
        """Return the stored data; none, and no key any more, where the store does not know the key."""
        raise NotImplementedError("subclasses of SessionBase must provide a load() method")

    @classmethod
    def clear_expired(cls) -> None:
        """Remove expired sessions from the store."""
        raise NotImplementedError("This backend does not support clear_expired().")

    aget = twin(get)
    aset = twin(set)
    apop = twin(pop)
    asetdefault = twin(setdefault)
    aupdate = twin(update)
    ahas_key = twin(has_key)
    akeys = twin(keys)
    avalues = twin(values)
    aitems = twin(items)
    aset_test_cookie = twin(set_test_cookie)
    atest_cookie_worked = twin(test_cookie_worked)
    adelete_test_cookie = twin(delete_test_cookie)
    aflush = twin(flush)
    acycle_key = twin(cycle_key)
    aget_expiry_age = twin(get_expiry_age)
    aget_expiry_date = twin(get_expiry_date)
    aset_expiry = twin(set_expiry)
    aget_expire_at_browser_close = twin(get_expire_at_browser_close)
    aexists = twin(exists)
    acreate = twin(create)
    asave = twin(save)
    adelete = twin(delete)
    aload = twin(load)

    async def aclear_expired(self) -> None:
        """Remove expired sessions from the store."""
        await _aclear(self)


def clear(session: SessionBase) -> None:
    """Remove expired sessions; the plain face behind `aclear_expired`."""
    session.clear_expired()


_aclear = twin(clear)
