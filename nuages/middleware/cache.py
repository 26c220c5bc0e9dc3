"""Whole pages from the cache (topics/cache).

`UpdateCacheMiddleware` goes first in MIDDLEWARE, so that it sees the response with all headers on it;
`FetchFromCacheMiddleware` goes last. `CacheMiddleware` is both, for the decorator `cache_page`.
"""

from __future__ import annotations

from typing import Any

from nuages.conf import settings
from nuages.core.cache import DEFAULT_CACHE_ALIAS, caches
from nuages.http import HttpRequest
from nuages.utils.cache import (
    get_cache_key,
    get_max_age,
    has_vary_header,
    learn_cache_key,
    patch_response_headers,
    patch_vary_headers,
)
from nuages.utils.deprecation import MiddlewareMixin
from nuages.utils.http import parse_http_date_safe, split_directive_names

_UNCACHED = frozenset({"private", "no-cache", "no-store"})


class _CachingMiddleware(MiddlewareMixin):
    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self.cache_timeout: Any = settings.CACHE_MIDDLEWARE_SECONDS
        #: What the decorator was given; it goes before what the response says.
        self.page_timeout: Any = None
        self.key_prefix: str = settings.CACHE_MIDDLEWARE_KEY_PREFIX
        self.cache_alias: str = settings.CACHE_MIDDLEWARE_ALIAS

    @property
    def cache(self) -> Any:
        """The cache that the pages are in."""
        return caches[self.cache_alias]


class UpdateCacheMiddleware(_CachingMiddleware):
    """Puts responses into the cache."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Store the response if it may be stored."""
        if not getattr(request, "_cache_update_cache", False) or response.streaming:
            return response
        if response.status_code not in (200, 304) or self._is_somebodys(request, response):
            return response
        directives = set(split_directive_names(response.get("Cache-Control", "")))
        if directives & _UNCACHED or has_vary_header(response, "*"):
            return response
        if request.META.get("HTTP_AUTHORIZATION") and "public" not in directives:
            patch_vary_headers(response, ("Authorization",))
        timeout = self._timeout(response)
        if timeout == 0:
            return response
        patch_response_headers(response, timeout)
        # A 304 has no content to store.
        if response.status_code == 200:
            self._store(
                learn_cache_key(request, response, timeout, self.key_prefix, cache=self.cache),
                response,
                timeout,
            )
        return response

    def _is_somebodys(self, request: HttpRequest, response: Any) -> bool:
        """Say whether the response gives its visitor a cookie that nobody else may get."""
        if not has_vary_header(response, "Cookie") or not response.cookies:
            return False
        # A cookie that the visitor has already may be given a new value, which is as private as the first.
        return any(request.COOKIES.get(name) != cookie.value for name, cookie in response.cookies.items())

    def _timeout(self, response: Any) -> Any:
        if self.page_timeout is not None:
            return self.page_timeout
        stated = get_max_age(response)
        return self.cache_timeout if stated is None else stated

    def _store(self, key: str, response: Any, timeout: Any) -> None:
        cache = self.cache
        if callable(getattr(response, "render", None)):
            response.add_post_render_callback(lambda rendered: cache.set(key, rendered, timeout))
        else:
            cache.set(key, response, timeout)


class FetchFromCacheMiddleware(_CachingMiddleware):
    """Answers from the cache where the page is in it."""

    def process_request(self, request: HttpRequest) -> Any:
        """Return the page from the cache; None, and have it stored later, where it is not there."""
        if request.method not in ("GET", "HEAD"):
            request._cache_update_cache = False  # type: ignore[attr-defined]
            return None
        response = self._cached(request, "GET")
        if response is None and request.method == "HEAD":
            response = self._cached(request, "HEAD")
        request._cache_update_cache = response is None  # type: ignore[attr-defined]
        if response is not None:
            _set_age(response)
        return response

    def _cached(self, request: HttpRequest, method: str) -> Any:
        key = get_cache_key(request, self.key_prefix, method, cache=self.cache)
        return None if key is None else self.cache.get(key)


def _set_age(response: Any) -> None:
    """Say how long the response has been in the cache (RFC 9111 section 5.1)."""
    from time import time

    lifetime = get_max_age(response)
    expires = parse_http_date_safe(response["Expires"]) if response.has_header("Expires") else None
    if lifetime is not None and expires is not None:
        response.headers["Age"] = max(0, lifetime - max(0, expires - int(time())))


class CacheMiddleware(UpdateCacheMiddleware, FetchFromCacheMiddleware):
    """Both in one, for small sites and for `cache_page`, which gives its own timeout, cache and prefix."""

    def __init__(
        self, get_response: Any, cache_timeout: Any = None, page_timeout: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(get_response)
        # Given as None by the decorator, these mean no prefix and the default cache, not the settings' values.
        if "key_prefix" in kwargs:
            self.key_prefix = kwargs["key_prefix"] or ""
        if "cache_alias" in kwargs:
            self.cache_alias = kwargs["cache_alias"] or DEFAULT_CACHE_ALIAS
        if cache_timeout is not None:
            self.cache_timeout = cache_timeout
        self.page_timeout = page_timeout
