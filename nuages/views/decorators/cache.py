"""What caches, ours and others', may keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nuages.middleware.cache import CacheMiddleware
from nuages.utils.cache import add_never_cache_headers, patch_cache_control
from nuages.utils.decorators import decorator_from_middleware_with_args
from nuages.views.decorators.around import View, around


def cache_page(
    timeout: Any, *, cache: str | None = None, key_prefix: str | None = None
) -> Callable[[View], View]:
    """Keep what a view answers in the cache for `timeout` seconds, by its URL and the headers it varies on."""
    return decorator_from_middleware_with_args(CacheMiddleware)(
        page_timeout=timeout, cache_alias=cache, key_prefix=key_prefix
    )


def _insist_on_request(request: Any, decorator: str) -> None:
    # A method without method_decorator gets its instance here. Proxies of a request are requests too.
    if not hasattr(request, "META"):
        raise TypeError(
            f"{decorator} didn't receive an HttpRequest. If you are decorating a classmethod, be sure to use "
            "@method_decorator."
        )


def cache_control(**kwargs: Any) -> Callable[[View], View]:
    """Set Cache-Control: `@cache_control(private=True, max_age=3600)`."""

    def before(request: Any, *view_args: Any, **view_kwargs: Any) -> None:
        _insist_on_request(request, "cache_control")

    return lambda view: around(
        view, before=before, after=lambda request, response: patch_cache_control(response, **kwargs)
    )


def never_cache(view_func: View) -> View:
    """Have the answer kept by nobody."""

    def before(request: Any, *view_args: Any, **view_kwargs: Any) -> None:
        _insist_on_request(request, "never_cache")

    return around(view_func, before=before, after=lambda request, response: add_never_cache_headers(response))
