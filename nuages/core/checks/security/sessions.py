"""Checks of the session cookie."""

from __future__ import annotations

from typing import Any

from nuages.core.checks.messages import Warning
from nuages.core.checks.registry import Tags, register
from nuages.core.checks.security.base import has_middleware
from nuages.utils.module_loading import home_path

_APP = "You have 'django.contrib.sessions' in your INSTALLED_APPS"
_MIDDLEWARE = "You have 'django.contrib.sessions.middleware.SessionMiddleware' in your MIDDLEWARE"
_SECURE = " Using a secure-only session cookie makes it more difficult for network traffic sniffers to hijack user sessions."
_HTTPONLY = " Using an HttpOnly session cookie makes it more difficult for cross-site scripting attacks to hijack user sessions."

W010 = Warning(f"{_APP}, but you have not set SESSION_COOKIE_SECURE to True.{_SECURE}", id="security.W010")
W011 = Warning(
    f"{_MIDDLEWARE}, but you have not set SESSION_COOKIE_SECURE to True.{_SECURE}", id="security.W011"
)
W012 = Warning(f"SESSION_COOKIE_SECURE is not set to True.{_SECURE}", id="security.W012")
W013 = Warning(
    f"{_APP}, but you have not set SESSION_COOKIE_HTTPONLY to True.{_HTTPONLY}", id="security.W013"
)
W014 = Warning(
    f"{_MIDDLEWARE}, but you have not set SESSION_COOKIE_HTTPONLY to True.{_HTTPONLY}", id="security.W014"
)
W015 = Warning(f"SESSION_COOKIE_HTTPONLY is not set to True.{_HTTPONLY}", id="security.W015")


def _found(app: Warning, middleware: Warning, both: Warning) -> list[Warning]:
    """Return the warning that goes with where sessions are in use."""
    from nuages.conf import settings

    installed = "nuages.contrib.sessions" in map(home_path, settings.INSTALLED_APPS)
    running = has_middleware("nuages.contrib.sessions.middleware.SessionMiddleware")
    if installed and running:
        return [both]
    return [app] if installed else [middleware] if running else []


@register(Tags.security, deploy=True)
def check_session_cookie_secure(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Warn when the cookie goes over plain HTTP too."""
    from nuages.conf import settings

    return [] if settings.SESSION_COOKIE_SECURE is True else _found(W010, W011, W012)


@register(Tags.security, deploy=True)
def check_session_cookie_httponly(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Warn when scripts can read the cookie."""
    from nuages.conf import settings

    return [] if settings.SESSION_COOKIE_HTTPONLY is True else _found(W013, W014, W015)
