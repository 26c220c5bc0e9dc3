"""Headers that control caching, and the keys under which responses are cached; specified in ref/utils."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from hashlib import md5
from typing import Any

from nuages.utils.http import http_date, parse_etags, parse_http_date_safe, quote_etag, split_header_value

# Whether a directive says the opposite of another.
_OPPOSITES = {"private": "public", "public": "private"}


_KEPT_WHEN_NOT_MODIFIED = (
    "ETag",
    "Vary",
    "Date",
    "Expires",
    "Last-Modified",
    "Cache-Control",
    "Content-Location",
)


def _directives(response: Any) -> dict[str, list[Any]]:
    """Return the directives of a response's Cache-Control header; True stands for one without a value."""
    directives: dict[str, list[Any]] = defaultdict(list)
    for part in split_header_value(response.headers.get("Cache-Control", "")):
        name, equals, value = part.partition("=")
        directives[name.strip().lower()].append(value.strip() if equals else True)
    return directives


def patch_cache_control(response: Any, **kwargs: Any) -> None:
    """Add directives to the Cache-Control header: `max_age=60`, `private=True`, `no_cache="Set-Cookie"`.

    A shorter max-age that is there already stays; `no-cache` may name several headers.
    """
    directives = _directives(response)
    # What the header says is outdone by its opposite; what one call asks for stays together.
    for name in [name.replace("_", "-").lower() for name in kwargs]:
        directives.pop(_OPPOSITES.get(name, ""), None)
    for name, value in kwargs.items():
        name = name.replace("_", "-").lower()
        if name == "max-age" and directives.get(name):
            try:
                value = min(int(directives[name][0]), value)
            except (TypeError, ValueError):
                pass
        known = directives.get(name, [])
        # `no-cache` by itself says more than with names of headers.
        adds = name == "no-cache" and value is not True and True not in known
        if name == "no-cache" and True in known:
            continue
        directives[name] = [*dict.fromkeys([*known, value])] if adds else [value]
    response.headers["Cache-Control"] = ", ".join(
        name if value is True else f"{name}={value}"
        for name, values in directives.items()
        for value in values
    )


def get_max_age(response: Any) -> int | None:
    """Return the max-age of the Cache-Control header; None where there is none, or no number."""
    if not response.has_header("Cache-Control"):
        return None
    values = _directives(response).get("max-age")
    try:
        return int(values[-1]) if values and values[-1] is not True else None
    except ValueError:
        return None


def set_response_etag(response: Any) -> Any:
    """Give a response with content an ETag made of it."""
    if not response.streaming and response.content:
        response.headers["ETag"] = quote_etag(md5(response.content, usedforsecurity=False).hexdigest())
    return response


# --- conditional requests (RFC 9110 section 13) ---


def get_conditional_response(
    request: Any, etag: str | None = None, last_modified: int | None = None, response: Any = None
) -> Any:
    """Return the response, or 304 or 412 in its place, as the conditions of the request have it."""
    # Only what succeeded can be left out.
    if response is not None and not 200 <= response.status_code < 300:
        return response
    if_match = parse_etags(request.META.get("HTTP_IF_MATCH", ""))
    unmodified_since = parse_http_date_safe(request.META.get("HTTP_IF_UNMODIFIED_SINCE", ""))
    if_none_match = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    modified_since = parse_http_date_safe(request.META.get("HTTP_IF_MODIFIED_SINCE", ""))
    reading = request.method in ("GET", "HEAD")

    # The order of section 13.2.2: what must hold first, then what need not be sent again.
    if if_match and not _strongly_matches(etag, if_match):
        return _precondition_failed(request)
    if not if_match and unmodified_since and last_modified and last_modified > unmodified_since:
        return _precondition_failed(request)
    if if_none_match:
        if _weakly_matches(etag, if_none_match):
            return _not_modified(request, response) if reading else _precondition_failed(request)
        return response
    if modified_since and last_modified and last_modified <= modified_since and reading:
        return _not_modified(request, response)
    return response


def _strongly_matches(etag: str | None, wanted: list[str]) -> bool:
    if not etag:
        return False
    return wanted == ["*"] or (not etag.startswith("W/") and etag in wanted)


def _weakly_matches(etag: str | None, wanted: list[str]) -> bool:
    if not etag:
        return False
    return wanted == ["*"] or etag.removeprefix("W/") in {tag.removeprefix("W/") for tag in wanted}


def _precondition_failed(request: Any) -> Any:
    from nuages.http import HttpResponse
    from nuages.utils.log import log_response

    response = HttpResponse(status=412)
    log_response("Precondition Failed: %s", request.path, response=response, request=request)
    return response


def _not_modified(request: Any, response: Any = None) -> Any:
    from nuages.http import HttpResponseNotModified

    answer = HttpResponseNotModified()
    if response is not None:
        # Section 15.4.5: the headers that a cache would use to update what it has.
        for header in _KEPT_WHEN_NOT_MODIFIED:
            if header in response.headers:
                answer.headers[header] = response.headers[header]
        # Cookies may be set although nothing else has changed.
        answer.cookies = response.cookies
    return answer


# --- marking responses ---


def patch_response_headers(response: Any, cache_timeout: int | None = None) -> None:
    """Say for how long the response may be cached: Expires and Cache-Control, where they are not set.

    The default is CACHE_MIDDLEWARE_SECONDS.
    """
    if cache_timeout is None:
        from nuages.conf import settings

        cache_timeout = settings.CACHE_MIDDLEWARE_SECONDS
    seconds = max(0, cache_timeout or 0)
    if not response.has_header("Expires"):
        response.headers["Expires"] = http_date(time.time() + seconds)
    patch_cache_control(response, max_age=seconds)


def add_never_cache_headers(response: Any) -> None:
    """Say that the response must never be cached."""
    patch_response_headers(response, cache_timeout=-1)
    patch_cache_control(response, no_cache=True, no_store=True, must_revalidate=True, private=True)


def patch_vary_headers(response: Any, newheaders: Iterable[str]) -> None:
    """Say on which request headers the response depends; an asterisk swallows all names."""
    headers = response.headers
    stated = headers.get("Vary", "")
    vary = _vary(stated, tuple(newheaders))
    if vary != stated:
        headers["Vary"] = vary


@lru_cache(maxsize=256)
def _vary(stated: str, newheaders: tuple[str, ...]) -> str:
    present = list(split_header_value(stated)) if stated else []
    named = {name.lower() for name in present}
    for name in (header.strip() for header in newheaders):
        if name.lower() not in named:
            present.append(name)
            named.add(name.lower())
    return "*" if "*" in present else ", ".join(present)


def has_vary_header(response: Any, header_query: str) -> bool:
    """Return whether the response says that it depends on this request header."""
    if not response.has_header("Vary"):
        return False
    return header_query.lower() in {name.lower() for name in split_header_value(response.headers["Vary"])}


# --- cache keys ---


def _i18n_part(key: str, language: str | None = None) -> str:
    """Return the key with the language and the time zone in which the response was made."""
    from nuages.conf import settings
    from nuages.utils.timezone import get_current_timezone_name
    from nuages.utils.translation import get_language

    if settings.USE_I18N:
        key = f"{key}.{language or get_language()}"
    if settings.USE_TZ:
        key = f"{key}.{get_current_timezone_name()}"
    return key


def _digest(text: str) -> str:
    return md5(text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()


def _headers_digest(request: Any, headers: Iterable[str]) -> str:
    """Return a digest of the values of these headers, as netstrings; a header that is missing counts too."""
    hashed = md5(usedforsecurity=False)
    for header in headers:
        value = request.META.get(header)
        if value is None:
            hashed.update(b"-,")
        else:
            data = value.encode()
            hashed.update(b"%d:%s," % (len(data), data))
    return hashed.hexdigest()


def _generate_cache_key(request: Any, method: str, headers: Iterable[str], key_prefix: str) -> str:
    address = _digest(request.build_absolute_uri())
    key = f"views.decorators.cache.cache_page.{key_prefix}.{method}.{address}.{_headers_digest(request, headers)}"
    return _i18n_part(key, getattr(request, "LANGUAGE_CODE", None))


def _generate_cache_header_key(key_prefix: str, request: Any) -> str:
    key = f"views.decorators.cache.cache_header.{key_prefix}.{_digest(request.build_absolute_uri())}"
    return _i18n_part(key, getattr(request, "LANGUAGE_CODE", None))


def _defaults(key_prefix: str | None, cache: Any) -> tuple[str, Any]:
    from nuages.conf import settings
    from nuages.core.cache import caches

    return (
        settings.CACHE_MIDDLEWARE_KEY_PREFIX if key_prefix is None else key_prefix,
        caches[settings.CACHE_MIDDLEWARE_ALIAS] if cache is None else cache,
    )


def get_cache_key(
    request: Any, key_prefix: str | None = None, method: str = "GET", cache: Any = None
) -> str | None:
    """Return the key under which the response to this request is cached; None when that is not known yet."""
    key_prefix, cache = _defaults(key_prefix, cache)
    headers = cache.get(_generate_cache_header_key(key_prefix, request))
    return None if headers is None else _generate_cache_key(request, method, headers, key_prefix)


def learn_cache_key(
    request: Any,
    response: Any,
    cache_timeout: int | None = None,
    key_prefix: str | None = None,
    cache: Any = None,
) -> str:
    """Remember on which headers responses at this address depend, and return the key for this one."""
    from nuages.conf import settings

    key_prefix, cache = _defaults(key_prefix, cache)
    if cache_timeout is None:
        cache_timeout = settings.CACHE_MIDDLEWARE_SECONDS
    headers: list[str] = []
    if response.has_header("Vary"):
        # The language is in the key already; browsers word the same wish in too many ways.
        ignored = {"HTTP_ACCEPT_LANGUAGE"} if settings.USE_I18N else set()
        names = {name.upper().replace("-", "_") for name in split_header_value(response.headers["Vary"])}
        headers = sorted({f"HTTP_{name}" for name in names} - ignored)
    cache.set(_generate_cache_header_key(key_prefix, request), headers, cache_timeout)
    return _generate_cache_key(
        request, request.method if request.method != "HEAD" else "GET", headers, key_prefix
    )
