"""Caches: `cache` is the default one, `caches["alias"]` any. Documented in topics/cache."""

from __future__ import annotations

from typing import Any

from nuages.core import signals
from nuages.core.cache.backends.base import (
    BaseCache,
    CacheKeyWarning,
    InvalidCacheBackendError,
    InvalidCacheKey,
)
from nuages.core.signals import setting_changed
from nuages.utils.connection import BaseConnectionHandler, ConnectionProxy
from nuages.utils.module_loading import import_string

__all__ = [
    "DEFAULT_CACHE_ALIAS",
    "BaseCache",
    "CacheHandler",
    "CacheKeyWarning",
    "InvalidCacheBackendError",
    "InvalidCacheKey",
    "cache",
    "caches",
    "close_caches",
]

DEFAULT_CACHE_ALIAS = "default"


class CacheHandler(BaseConnectionHandler):
    """Makes the caches that CACHES names, one object for each piece of work."""

    settings_name = "CACHES"
    exception_class = InvalidCacheBackendError

    def create_connection(self, alias: str) -> Any:
        """Make a cache. Raises `InvalidCacheBackendError`."""
        options = dict(self.settings[alias])
        path = options.pop("BACKEND")
        location = options.pop("LOCATION", "")
        try:
            backend = import_string(path)
        except ImportError as error:
            shown = str(error).replace("nuages.", "django.", 1) if path.startswith("django.") else error
            raise InvalidCacheBackendError(f"Could not find backend '{path}': {shown}") from error
        return backend(location, options)

    def forget(self) -> None:
        """Read the settings anew, and make new caches in this piece of work."""
        self._connections.here().clear()
        self._settings = None
        self.__dict__.pop("settings", None)


caches = CacheHandler()
cache: Any = ConnectionProxy(caches, DEFAULT_CACHE_ALIAS)


def close_caches(**kwargs: Any) -> None:
    """Let caches give their connections back at the end of a request."""
    for backend in caches.all(initialized_only=True):
        backend.close()


signals.request_finished.connect(close_caches)


def forget_caches(*, setting: str, **kwargs: Any) -> None:
    """Make the caches anew when a test changes their settings."""
    if setting == "CACHES":
        close_caches()
        caches.forget()


setting_changed.connect(forget_caches)
