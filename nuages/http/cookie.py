"""Cookies: reading the header the way browsers write it, and signed values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from http import cookies
from typing import Any

from nuages.conf import settings
from nuages.core import signing
from nuages.utils.memo import worked_out_from

SimpleCookie = cookies.SimpleCookie

__all__ = [
    "SimpleCookie",
    "cookie_attributes",
    "is_plain_cookie",
    "options_in_settings",
    "parse_cookie",
    "sign_cookie",
    "unsign_cookie",
]


def parse_cookie(cookie: str) -> dict[str, str]:
    """Return the cookies of a request header as a dict; of two with one name the last wins.

    >>> parse_cookie("sessionid=abc; theme=dark")
    {'sessionid': 'abc', 'theme': 'dark'}
    """
    found: dict[str, str] = {}
    for piece in cookie.split(";"):
        name, equals, value = piece.partition("=")
        if not equals:
            # A piece without "=" is a value without a name (what document.cookie = "x" sends).
            name, value = "", name
        name, value = name.strip(), value.strip()
        if name or value:
            found[name] = cookies._unquote(value) if value[:1] == '"' else value  # type: ignore[attr-defined]
    return found


def is_plain_cookie(key: str, value: Any) -> bool:
    """Say whether a cookie is sent as it stands: there is nothing to quote in it, and nothing wrong with its name."""
    return type(value) is str and _is_name(key) and cookies._quote(value) is value  # type: ignore[attr-defined]


@lru_cache(maxsize=64)
def _is_name(key: str) -> bool:
    try:
        cookies.Morsel().set(key, "", "")  # type: ignore[arg-type]
    except cookies.CookieError:
        return False
    return True


# A site's cookies have few sets of attributes, and those that expire are the same for a second.
@lru_cache(maxsize=256)
def cookie_attributes(items: tuple[tuple[str, Any], ...]) -> str:
    """Return what stands after the value of a cookie in its Set-Cookie line, given the items of its morsel."""
    morsel: cookies.Morsel[str] = cookies.Morsel()
    morsel.set("name", "", "")
    dict.update(morsel, items)
    return morsel.OutputString().removeprefix("name=")


_OPTIONS = {
    "AGE": "max_age",
    "DOMAIN": "domain",
    "HTTPONLY": "httponly",
    "PATH": "path",
    "SAMESITE": "samesite",
    "SECURE": "secure",
}
_GROUPS = ("CSRF_COOKIE", "SESSION_COOKIE", "LANGUAGE_COOKIE")


@worked_out_from(*(f"{group}_{name}" for group in _GROUPS for name in _OPTIONS))
def options_in_settings(prefix: str) -> Mapping[str, Any]:
    """Return the arguments for `set_cookie` that a group of settings holds: `options_in_settings("CSRF_COOKIE")`."""
    # As a mapping to read, which is a dictionary because those are quick to pass on.
    return {argument: getattr(settings, f"{prefix}_{name}") for name, argument in _OPTIONS.items()}


def _salt(key: str, salt: str) -> str:
    # The length keeps ("a", "bc") and ("ab", "c") apart.
    return f"{len(key)}:{key}{salt}"


def sign_cookie(key: str, value: str, salt: str) -> str:
    """Return what `HttpResponse.set_signed_cookie` stores for a value."""
    return signing.get_cookie_signer(salt=_salt(key, salt)).sign(value)


def unsign_cookie(key: str, signed: str, salt: str, max_age: int | timedelta | None) -> str:
    """Return the value of a signed cookie or raise `BadSignature`."""
    try:
        return signing.get_cookie_signer(salt=_salt(key, salt)).unsign(signed, max_age=max_age)
    except signing.SignatureExpired:
        raise
    except signing.BadSignature:
        if not settings.SIGNED_COOKIE_LEGACY_SALT_FALLBACK:
            raise
        return signing.get_cookie_signer(salt=key + salt).unsign(signed, max_age=max_age)
