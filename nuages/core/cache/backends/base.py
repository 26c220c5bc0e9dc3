"""`BaseCache`: what all caches do, in terms of a few things each does its own way."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from nuages.core.exceptions import ImproperlyConfigured
from nuages.spine import twin
from nuages.utils.module_loading import import_string
from nuages.utils.regex_helper import _lazy_re_compile

#: Stands for "use the cache's own timeout", as None means for ever.
DEFAULT_TIMEOUT = object()
MEMCACHE_MAX_KEY_LENGTH = 250

_UNFIT_FOR_MEMCACHED = _lazy_re_compile(r"[\x00-\x20\x7f]")


class InvalidCacheBackendError(ImproperlyConfigured):
    """There is no such cache, or its backend cannot be had."""


class CacheKeyWarning(RuntimeWarning):
    """A key would not do with memcached."""


class InvalidCacheKey(ValueError):
    """The key does not do with this cache."""


def default_key_func(key: Any, key_prefix: str, version: Any) -> str:
    """Return the key as the cache sees it."""
    return f"{key_prefix}:{version}:{key}"


def get_key_func(key_func: Any) -> Callable[[Any, str, Any], str]:
    """Return KEY_FUNCTION, which may be a function, its dotted path, or nothing."""
    if key_func is None:
        return default_key_func
    return key_func if callable(key_func) else import_string(key_func)


class BaseCache:
    """A cache. Backends give `add`, `get`, `set`, `touch`, `delete` and `clear`."""

    _missing_key = object()

    def __init__(self, params: dict[str, Any]) -> None:
        options = params.get("OPTIONS", {})

        def chosen(name: str, default: Any) -> Any:
            return params.get(name, options.get(name.upper(), default))

        timeout = params.get("timeout", params.get("TIMEOUT", 300))
        self.default_timeout = _whole(timeout, 300) if timeout is not None else None
        self._max_entries = _whole(chosen("max_entries", 300), 300)
        self._cull_frequency = _whole(chosen("cull_frequency", 3), 3)
        self.key_prefix = params.get("KEY_PREFIX", "")
        self.version = params.get("VERSION", 1)
        self.key_func = get_key_func(params.get("KEY_FUNCTION"))

    def get_backend_timeout(self, timeout: Any = DEFAULT_TIMEOUT) -> float | None:
        """Return the moment at which a value set now expires; None for never."""
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        if seconds == 0:
            seconds = -1  # expired already, whatever the clock's resolution
        return None if seconds is None else time.time() + seconds

    def make_key(self, key: Any, version: Any = None) -> str:
        """Return the key as the cache sees it, with prefix and version."""
        return self.key_func(key, self.key_prefix, self.version if version is None else version)

    def validate_key(self, key: str) -> None:
        """Warn of keys that would not do with memcached, so that code can move to it."""
        for warning in memcache_key_warnings(key):
            warnings.warn(warning, CacheKeyWarning, stacklevel=2)

    def make_and_validate_key(self, key: Any, version: Any = None) -> str:
        """Return the checked key."""
        made = self.make_key(key, version=version)
        self.validate_key(made)
        return made

    # -- what backends do

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Set a value where there is none; say whether it was set."""
        raise NotImplementedError("subclasses of BaseCache must provide an add() method")

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """Return a value, or `default`."""
        raise NotImplementedError("subclasses of BaseCache must provide a get() method")

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        """Set a value for `timeout` seconds (None: for ever)."""
        raise NotImplementedError("subclasses of BaseCache must provide a set() method")

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Give a value another timeout; say whether there was one."""
        raise NotImplementedError("subclasses of BaseCache must provide a touch() method")

    def delete(self, key: Any, version: Any = None) -> bool:
        """Remove a value; say whether there was one."""
        raise NotImplementedError("subclasses of BaseCache must provide a delete() method")

    def clear(self) -> None:
        """Remove everything."""
        raise NotImplementedError("subclasses of BaseCache must provide a clear() method")

    def close(self, **kwargs: Any) -> None:
        """Give connections back."""

    # -- what follows from that

    def get_many(self, keys: Iterable[Any], version: Any = None) -> dict[Any, Any]:
        """Return those of the values that are there."""
        found = {}
        for key in keys:
            value = self.get(key, self._missing_key, version=version)
            if value is not self._missing_key:
                found[key] = value
        return found

    def get_or_set(self, key: Any, default: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> Any:
        """Return a value; where there is none, set `default`, which may be a function of either colour."""
        present = self.get(key, self._missing_key, version=version)
        if present is not self._missing_key:
            return present
        if callable(default):
            from nuages.spine import call

            default = call(default)
        self.add(key, default, timeout=timeout, version=version)
        # Asked for again: another process may have been quicker.
        return self.get(key, default, version=version)

    def has_key(self, key: Any, version: Any = None) -> bool:
        """Say whether there is a value."""
        return self.get(key, self._missing_key, version=version) is not self._missing_key

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        """Add to a number and return it. Raises `ValueError` where there is none."""
        value = self.get(key, self._missing_key, version=version)
        if value is self._missing_key:
            raise ValueError(f"Key '{key}' not found")
        changed = value + delta
        self.set(key, changed, version=version)
        return changed

    def decr(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        """Take from a number and return it. Raises `ValueError` where there is none."""
        return self.incr(key, -delta, version=version)

    def __contains__(self, key: object) -> bool:
        return self.has_key(key)

    def set_many(
        self, data: dict[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> list[Any]:
        """Set several values; return the keys for which that failed."""
        for key, value in data.items():
            self.set(key, value, timeout=timeout, version=version)
        return []

    def delete_many(self, keys: Iterable[Any], version: Any = None) -> None:
        """Remove several values."""
        for key in keys:
            self.delete(key, version=version)

    def incr_version(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        """Move a value to a later version and return that. Raises `ValueError` where there is none."""
        before = self.version if version is None else version
        value = self.get(key, self._missing_key, version=before)
        if value is self._missing_key:
            raise ValueError(f"Key '{key}' not found")
        self.set(key, value, version=before + delta)
        self.delete(key, version=before)
        return before + delta

    def decr_version(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        """Move a value to an earlier version and return that."""
        return self.incr_version(key, -delta, version)

    aadd = twin(add)
    aget = twin(get)
    aset = twin(set)
    atouch = twin(touch)
    adelete = twin(delete)
    aclear = twin(clear)
    aclose = twin(close)
    aget_many = twin(get_many)
    aget_or_set = twin(get_or_set)
    ahas_key = twin(has_key)
    aincr = twin(incr)
    adecr = twin(decr)
    aset_many = twin(set_many)
    adelete_many = twin(delete_many)
    aincr_version = twin(incr_version)
    adecr_version = twin(decr_version)


def memcache_key_warnings(key: str) -> Iterator[str]:
    """Yield what is wrong with a key for memcached."""
    if len(key) > MEMCACHE_MAX_KEY_LENGTH:
        yield (
            f"Cache key will cause errors if used with memcached: {key!r} "
            f"(longer than {MEMCACHE_MAX_KEY_LENGTH})"
        )
    if _UNFIT_FOR_MEMCACHED.search(key):
        yield f"Cache key contains characters that will cause errors if used with memcached: {key!r}"


def _whole(value: Any, default: int) -> int:
    try:
        return int(value)
    except (ValueError, TypeError):
        return default
