"""Checks of the protection against forged requests."""

from __future__ import annotations

from typing import Any

from nuages.core.checks.messages import Error, Warning
from nuages.core.checks.registry import Tags, register
from nuages.core.checks.security.base import has_middleware
from nuages.utils.inspect import signature

W003 = Warning(
    "You don't appear to be using Django's built-in cross-site request forgery protection via the middleware "
    "('django.middleware.csrf.CsrfViewMiddleware' is not in your MIDDLEWARE). Enabling the middleware is the safest "
    "approach to ensure you don't leave any holes.",
    id="security.W003",
)
W016 = Warning(
    "You have 'django.middleware.csrf.CsrfViewMiddleware' in your MIDDLEWARE, but you have not set CSRF_COOKIE_SECURE to "
    "True. Using a secure-only CSRF cookie makes it more difficult for network traffic sniffers to steal the CSRF token.",
    id="security.W016",
)


def _protected() -> bool:
    return has_middleware("nuages.middleware.csrf.CsrfViewMiddleware")


@register(Tags.security, deploy=True)
def check_csrf_middleware(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Warn when the middleware is missing."""
    return [] if _protected() else [W003]


@register(Tags.security, deploy=True)
def check_csrf_cookie_secure(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Warn when the cookie goes over plain HTTP too."""
    from nuages.conf import settings

    safe = settings.CSRF_USE_SESSIONS or settings.CSRF_COOKIE_SECURE is True
    return [] if safe or not _protected() else [W016]


@register(Tags.security)
def check_csrf_failure_view(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Complain about a failure view that cannot be imported or takes other arguments."""
    from nuages.conf import settings
    from nuages.utils.module_loading import import_string

    path = settings.CSRF_FAILURE_VIEW
    try:
        view = import_string(path)
    except ImportError:
        return [Error(f"The CSRF failure view '{path}' could not be imported.", id="security.E102")]
    try:
        signature(view).bind(None, reason=None)
    except TypeError:
        message = f"The CSRF failure view '{path}' does not take the correct number of arguments."
        return [Error(message, id="security.E101")]
    return []
