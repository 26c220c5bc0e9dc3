"""Keeps values in this process: quick, and each process has its own."""

from __future__ import annotations

import pickle
import threading
import time
from collections import OrderedDict
from typing import Any

from nuages.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

#: By name, so that caches with the same LOCATION are the same.
_caches: dict[str, OrderedDict[str, bytes]] = {}
_expire_info: dict[str, dict[str, float | None]] = {}
_locks: dict[str, Any] = {}


class LocMemCache(BaseCache):
    """Keeps the most recently used values, pickled, so that nobody changes what another one gets."""

    pickle_protocol = pickle.HIGHEST_PROTOCOL

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._cache = _caches.setdefault(name, OrderedDict())
        self._expire_info = _expire_info.setdefault(name, {})
        self._lock = _locks.setdefault(name, threading.Lock())

    def _pickled(self, value: Any) -> bytes:
        return pickle.dumps(value, self.pickle_protocol)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        name = self.make_and_validate_key(key, version=version)
        pickled = self._pickled(value)
        with self._lock:
            fresh = self._has_expired(name)
            if fresh:
                self._set(name, pickled, timeout)
        return fresh

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        name = self.make_and_validate_key(key, version=version)
        with self._lock:
            if self._has_expired(name):
                self._delete(name)
                return default
            pickled = self._cache[name]
            self._cache.move_to_end(name, last=False)
        return pickle.loads(pickled)

    def _set(self, name: str, pickled: bytes, timeout: Any = DEFAULT_TIMEOUT) -> None:
        if len(self._cache) >= self._max_entries:
            self._cull()
        self._cache[name] = pickled
        self._cache.move_to_end(name, last=False)
        self._expire_info[name] = self.get_backend_timeout(timeout)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        name = self.make_and_validate_key(key, version=version)
        pickled = self._pickled(value)
        with self._lock:
            self._set(name, pickled, timeout)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        name = self.make_and_validate_key(key, version=version)
        with self._lock:
            if self._has_expired(name):
                return False
            self._expire_info[name] = self.get_backend_timeout(timeout)
        return True

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        name = self.make_and_validate_key(key, version=version)
        with self._lock:
            if self._has_expired(name):
                self._delete(name)
                raise ValueError(f"Key '{key}' not found")
            changed = pickle.loads(self._cache[name]) + delta
            self._cache[name] = self._pickled(changed)
            self._cache.move_to_end(name, last=False)
        return changed

    def has_key(self, key: Any, version: Any = None) -> bool:
        name = self.make_and_validate_key(key, version=version)
        with self._lock:
            gone = self._has_expired(name)
            if gone:
                self._delete(name)
        return not gone

    def _has_expired(self, name: str) -> bool:
        expires = self._expire_info.get(name, -1)
        return expires is not None and expires <= time.time()

    def _cull(self) -> None:
        if self._cull_frequency == 0:
            self._cache.clear()
            self._expire_info.clear()
            return
        for _ in range(len(self._cache) // self._cull_frequency):
            name, _pickled = self._cache.popitem()
            del self._expire_info[name]

    def _delete(self, name: str) -> bool:
        self._expire_info.pop(name, None)
        return self._cache.pop(name, None) is not None

    def delete(self, key: Any, version: Any = None) -> bool:
        name = self.make_and_validate_key(key, version=version)
        with self._lock:
            return self._delete(name)

    def clear(self) -> None:
        with self._lock:
            self._cache.clear()
            self._expire_info.clear()
