"""What a context may know about a request: functions named in the `context_processors` option."""

from __future__ import annotations

import itertools
from typing import Any

from nuages.conf import settings
from nuages.utils.functional import SimpleLazyObject, lazy


def csrf(request: Any) -> dict[str, Any]:
    """The token that forms need, made when it is asked for."""

    def token() -> str:
        from nuages.middleware.csrf import get_token

        found = get_token(request)
        # A request without one still gets a word that the tag knows.
        return "NOTPROVIDED" if found is None else str(found)

    return {"csrf_token": SimpleLazyObject(token)}


def debug(request: Any) -> dict[str, Any]:
    """`debug` and `sql_queries`, in debug mode and for internal addresses."""
    if not settings.DEBUG or request.META.get("REMOTE_ADDR") not in settings.INTERNAL_IPS:
        return {}

    def queries() -> list[Any]:
        from nuages.db import connections

        return list(itertools.chain.from_iterable(connections[alias].queries for alias in connections))

    # Lazy, so that the queries made while rendering are among them.
    return {"debug": True, "sql_queries": lazy(queries, list)()}


def i18n(request: Any) -> dict[str, Any]:
    """The languages, the current one and its direction."""
    from nuages.utils import translation

    return {
        "LANGUAGES": settings.LANGUAGES,
        "LANGUAGE_CODE": translation.get_language(),
        "LANGUAGE_BIDI": translation.get_language_bidi(),
    }


def tz(request: Any) -> dict[str, Any]:
    """The name of the current time zone."""
    from nuages.utils import timezone

    return {"TIME_ZONE": timezone.get_current_timezone_name()}


def static(request: Any) -> dict[str, Any]:
    """The URL of static files."""
    return {"STATIC_URL": settings.STATIC_URL}


def media(request: Any) -> dict[str, Any]:
    """The URL of uploaded files."""
    return {"MEDIA_URL": settings.MEDIA_URL}


def request(request: Any) -> dict[str, Any]:
    """The request itself."""
    return {"request": request}


def csp(request: Any) -> dict[str, Any]:
    """The nonce of the content security policy."""
    from nuages.middleware.csp import get_nonce

    return {"csp_nonce": get_nonce(request)}
