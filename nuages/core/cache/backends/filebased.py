"""Keeps values in files, one each."""

from __future__ import annotations

import glob
import os
import pickle
import random
import tempfile
import time
import zlib
from hashlib import md5
from typing import Any, BinaryIO

from nuages.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from nuages.core.files import locks
from nuages.core.files.move import file_move_safe
from nuages.spine import offload


class FileBasedCache(BaseCache):
    """A file holds the pickled moment of expiry, then the value, compressed. Read only what you have written:

    whoever can write to the folder can make pickle run what he likes.
    """

    cache_suffix = ".djcache"
    pickle_protocol = pickle.HIGHEST_PROTOCOL

    def __init__(self, dir: Any, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._dir = os.path.abspath(dir)
        self._createdir()

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        if self.has_key(key, version):
            return False
        self.set(key, value, timeout, version)
        return True

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return offload(self._read, self._key_to_file(key, version), default)

    def _read(self, path: str, default: Any) -> Any:
        try:
            with open(path, "rb") as file:
                if not self._is_expired(file):
                    return pickle.loads(zlib.decompress(file.read()))
        except FileNotFoundError:
            pass
        return default

    def _write_content(self, file: BinaryIO, timeout: Any, value: Any) -> None:
        expires = self.get_backend_timeout(timeout)
        file.write(pickle.dumps(expires, self.pickle_protocol))
        file.write(zlib.compress(pickle.dumps(value, self.pickle_protocol)))

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        path = self._key_to_file(key, version)  # checks the key before anything is written
        offload(self._write, path, value, timeout)

    def _write(self, path: str, value: Any, timeout: Any) -> None:
        self._createdir()
        self._cull()
        descriptor, draft = tempfile.mkstemp(dir=self._dir)
        moved = False
        try:
            with open(descriptor, "wb") as file:
                self._write_content(file, timeout, value)
            file_move_safe(draft, path, allow_overwrite=True)
            moved = True
        finally:
            if not moved:
                os.remove(draft)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        path = self._key_to_file(key, version)
        try:
            with open(path, "r+b") as file:
                locks.lock(file, locks.LOCK_EX)
                try:
                    if self._is_expired(file):
                        return False
                    value = pickle.loads(zlib.decompress(file.read()))
                    file.seek(0)
                    file.truncate()
                    self._write_content(file, timeout, value)
                finally:
                    locks.unlock(file)
        except FileNotFoundError:
            return False
        return True

    def delete(self, key: Any, version: Any = None) -> bool:
        return self._delete(self._key_to_file(key, version))

    def _delete(self, path: str) -> bool:
        if not path.startswith(self._dir) or not os.path.exists(path):
            return False
        try:
            os.remove(path)
        except FileNotFoundError:
            return False  # somebody else was quicker
        return True

    def has_key(self, key: Any, version: Any = None) -> bool:
        try:
            with open(self._key_to_file(key, version), "rb") as file:
                return not self._is_expired(file)
        except FileNotFoundError:
            return False

    def _cull(self) -> None:
        paths = self._list_cache_files()
        if len(paths) < self._max_entries:
            return
        if self._cull_frequency == 0:
            self.clear()
            return
        for path in random.sample(paths, len(paths) // self._cull_frequency):
            self._delete(path)

    def _createdir(self) -> None:
        # For us alone, all new folders on the way too, whatever the process's mask says.
        before = os.umask(0o077)
        try:
            os.makedirs(self._dir, 0o700, exist_ok=True)
        finally:
            os.umask(before)

    def _key_to_file(self, key: Any, version: Any = None) -> str:
        name = md5(
            self.make_and_validate_key(key, version=version).encode(), usedforsecurity=False
        ).hexdigest()
        return os.path.join(self._dir, f"{name}{self.cache_suffix}")

    def clear(self) -> None:
        for path in self._list_cache_files():
            self._delete(path)

    def _is_expired(self, file: BinaryIO) -> bool:
        try:
            expires = pickle.load(file)
        except EOFError:
            expires = 0  # empty: as good as expired
        if expires is None or expires >= time.time():
            return False
        file.close()
        self._delete(file.name)
        return True

    def _list_cache_files(self) -> list[str]:
        return [
            os.path.join(self._dir, name) for name in glob.glob(f"*{self.cache_suffix}", root_dir=self._dir)
        ]
