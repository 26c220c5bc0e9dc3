"""Keeps values in memcached, through pymemcache or pylibmc (neither is required)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from nuages.core.cache.backends.base import (
    DEFAULT_TIMEOUT,
    BaseCache,
    InvalidCacheKey,
    memcache_key_warnings,
)
from nuages.spine import offload
from nuages.utils.functional import cached_property

#: memcached takes more seconds than this for a moment in time.
_MONTH = 30 * 24 * 60 * 60


class BaseMemcachedCache(BaseCache):
    """What both libraries share."""

    def __init__(
        self, server: Any, params: dict[str, Any], library: Any, value_not_found_exception: Any
    ) -> None:
        super().__init__(params)
        self._servers = re.split("[;,]", server) if isinstance(server, str) else server
        self._lib = library
        self.LibraryValueNotFoundException = value_not_found_exception
        self._class: Any = library.Client
        self._options = params.get("OPTIONS") or {}

    @property
    def client_servers(self) -> list[str]:
        """The servers as the library takes them."""
        return self._servers

    @cached_property
    def _cache(self) -> Any:
        return self._class(self.client_servers, **self._options)

    def get_backend_timeout(self, timeout: Any = DEFAULT_TIMEOUT) -> int:
        """Return what memcached is told: seconds, a moment in time for long ones, 0 for ever."""
        chosen = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        if chosen is None:
            return 0
        seconds = int(chosen)
        if seconds == 0:
            return -1
        return seconds + int(time.time()) if seconds > _MONTH else seconds

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        name = self.make_and_validate_key(key, version=version)
        return offload(self._cache.add, name, value, self.get_backend_timeout(timeout))

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return offload(self._cache.get, self.make_and_validate_key(key, version=version), default)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        name = self.make_and_validate_key(key, version=version)
        if not offload(self._cache.set, name, value, self.get_backend_timeout(timeout)):
            # An old value must not outlive one that could not be stored.
            offload(self._cache.delete, name)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        name = self.make_and_validate_key(key, version=version)
        return bool(offload(self._cache.touch, name, self.get_backend_timeout(timeout)))

    def delete(self, key: Any, version: Any = None) -> bool:
        return bool(offload(self._cache.delete, self.make_and_validate_key(key, version=version)))

    def get_many(self, keys: Iterable[Any], version: Any = None) -> dict[Any, Any]:
        wanted = {self.make_and_validate_key(key, version=version): key for key in keys}
        return {wanted[name]: value for name, value in offload(self._cache.get_multi, list(wanted)).items()}

    def close(self, **kwargs: Any) -> None:
        self._cache.disconnect_all()

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        name = self.make_and_validate_key(key, version=version)
        change = self._cache.incr if delta >= 0 else self._cache.decr
        try:
            changed = offload(change, name, abs(delta))
        except self.LibraryValueNotFoundException:
            changed = None
        if changed is None:
            raise ValueError(f"Key '{key}' not found")
        return changed

    def set_many(
        self, data: dict[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> list[Any]:
        names = {self.make_and_validate_key(key, version=version): key for key in data}
        named = {name: data[key] for name, key in names.items()}
        return [
            names[name] for name in offload(self._cache.set_multi, named, self.get_backend_timeout(timeout))
        ]

    def delete_many(self, keys: Iterable[Any], version: Any = None) -> None:
        offload(self._cache.delete_multi, [self.make_and_validate_key(key, version=version) for key in keys])

    def clear(self) -> None:
        offload(self._cache.flush_all)

    def validate_key(self, key: str) -> None:
        for warning in memcache_key_warnings(key):
            raise InvalidCacheKey(warning)


class PyLibMCCache(BaseMemcachedCache):
    """Through pylibmc, which keeps its own connections."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        library = import_module("pylibmc")
        super().__init__(server, params, library, library.NotFound)

    @property
    def client_servers(self) -> list[str]:
        return [server.removeprefix("unix:") for server in self._servers]

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        name = self.make_and_validate_key(key, version=version)
        if timeout == 0:
            return bool(offload(self._cache.delete, name))
        return bool(offload(self._cache.touch, name, self.get_backend_timeout(timeout)))

    def close(self, **kwargs: Any) -> None:
        """libmemcached looks after its connections."""


class PyMemcacheCache(BaseMemcachedCache):
    """Through pymemcache."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        library, serde = import_module("pymemcache"), import_module("pymemcache.serde")
        super().__init__(server, params, library, KeyError)
        self._class = library.HashClient
        defaults = {
            "allow_unicode_keys": True,
            "default_noreply": False,
            "serde": serde.pickle_serde,
            "use_pooling": True,
        }
        self._options = {**defaults, **self._options}
