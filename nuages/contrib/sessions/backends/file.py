"""Sessions in files, one each."""

from __future__ import annotations

import datetime
import logging
import os
import shutil
import tempfile
from typing import Any

from nuages.conf import settings
from nuages.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError, SessionBase, UpdateError
from nuages.contrib.sessions.exceptions import InvalidSessionKey
from nuages.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from nuages.spine import offload
from nuages.utils import timezone

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class SessionStore(SessionBase):
    """Keeps sessions below SESSION_FILE_PATH, or the system's folder for temporary files."""

    _storage_path: str

    def __init__(self, session_key: str | None = None) -> None:
        self.storage_path = self._get_storage_path()
        self.file_prefix = settings.SESSION_COOKIE_NAME
        super().__init__(session_key)

    @classmethod
    def _get_storage_path(cls) -> str:
        try:
            return cls._storage_path
        except AttributeError:
            folder = settings.SESSION_FILE_PATH or tempfile.gettempdir()
        if not os.path.isdir(folder):
            raise ImproperlyConfigured(
                f"The session storage path {folder!r} doesn't exist. Please set your SESSION_FILE_PATH setting to "
                "an existing directory in which nuages can store session data."
            )
        cls._storage_path = folder
        return folder

    def _key_to_file(self, session_key: str | None = None) -> str:
        key = self._get_or_create_session_key() if session_key is None else session_key
        # The characters of our own keys only: a key comes from a cookie, and must not lead out of the folder.
        if not set(key).issubset(VALID_KEY_CHARS):
            raise InvalidSessionKey("Invalid characters in session key")
        return os.path.join(self.storage_path, self.file_prefix + key)

    def _changed_at(self) -> datetime.datetime:
        changed = datetime.datetime.fromtimestamp(os.stat(self._key_to_file()).st_mtime, tz=datetime.UTC)
        return changed if settings.USE_TZ else timezone.make_naive(changed, timezone.get_default_timezone())

    def _expires(self, data: dict[str, Any]) -> datetime.datetime:
        return self.get_expiry_date(modification=self._changed_at(), expiry=data.get("_session_expiry"))

    def load(self) -> dict[str, Any]:
        try:
            path = self._key_to_file()
            with open(path, encoding="ascii") as file:
                text = offload(file.read)
        except (OSError, UnicodeDecodeError, SuspiciousOperation):
            self._session_key = None
            return {}
        if not text:  # another process has just created it
            return {}
        try:
            data = self.decode(text)
        except (EOFError, SuspiciousOperation) as error:
            if isinstance(error, SuspiciousOperation):
                logging.getLogger(f"django.security.{type(error).__name__}").warning(str(error))
            self.create()
            return {}
        if (self._expires(data) - timezone.now()).total_seconds() <= 0:
            self.delete()
            self.create()
            return {}
        return data

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)
        path = self._key_to_file()
        if not must_create and not os.path.exists(path):
            raise UpdateError
        try:
            if must_create:
                os.close(os.open(path, _NEW, 0o600))
        except FileExistsError as error:
            raise CreateError from error
        offload(self._write, path, self.encode(data).encode("ascii"))

    def _write(self, path: str, content: bytes) -> None:
        # Written beside it and moved over it: readers see the old session or the new one, never half of one.
        descriptor, draft = tempfile.mkstemp(dir=self.storage_path, prefix=f"{os.path.basename(path)}_out_")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            shutil.move(draft, path)
        except BaseException:
            if os.path.exists(draft):
                os.unlink(draft)
            raise

    def exists(self, session_key: str) -> bool:
        return os.path.exists(self._key_to_file(session_key))

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is None:
            return
        try:
            os.unlink(self._key_to_file(key))
        except OSError:
            pass

    @classmethod
    def clear_expired(cls) -> None:
        folder, prefix = cls._get_storage_path(), settings.SESSION_COOKIE_NAME
        for name in os.listdir(folder):
            if name.startswith(prefix):
                # Loading an expired session removes it; a new one must not be made in its place.
                session = cls(name[len(prefix) :])
                session.create = lambda: None  # type: ignore[method-assign]
                session.load()
