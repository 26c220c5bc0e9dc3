"""`SessionMiddleware`: gives requests their session, saves it, and keeps the cookie up to date."""

from __future__ import annotations

import time
from importlib import import_module
from typing import Any

from nuages.compat import resolved
from nuages.conf import settings
from nuages.contrib.sessions.backends.base import UpdateError
from nuages.contrib.sessions.exceptions import SessionInterrupted
from nuages.utils.cache import patch_vary_headers
from nuages.utils.deprecation import MiddlewareMixin
from nuages.utils.http import http_date
from nuages.utils.module_loading import named_by


class SessionMiddleware(MiddlewareMixin):
    """Sets `request.session`. A session that was only read costs no write; one that was emptied loses its cookie."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        with named_by("SESSION_ENGINE", settings.SESSION_ENGINE):
            self.SessionStore = import_module(resolved(settings.SESSION_ENGINE)).SessionStore

    def process_request(self, request: Any) -> None:
        """Attach the session; it loads when it is used."""
        request.session = self.SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))

    def process_response(self, request: Any, response: Any) -> Any:
        """Save the session if it changed, and set or delete the cookie."""
        session = getattr(request, "session", None)
        if session is None:  # a middleware before this one answered
            return response
        accessed, modified, empty = session.accessed, session.modified, session.is_empty()
        if empty and settings.SESSION_COOKIE_NAME in request.COOKIES:
            where = {name: getattr(settings, f"SESSION_COOKIE_{name.upper()}") for name in _COOKIE_PLACE}
            response.delete_cookie(settings.SESSION_COOKIE_NAME, **where)
            patch_vary_headers(response, ("Cookie",))
            return response
        if accessed or (settings.SESSION_SAVE_EVERY_REQUEST and not empty):
            patch_vary_headers(response, ("Cookie",))
        # After a server error what the view did to the session may be half done.
        if (modified or settings.SESSION_SAVE_EVERY_REQUEST) and not empty and response.status_code < 500:
            self._save(request, response)
        return response

    def _save(self, request: Any, response: Any) -> None:
        session = request.session
        max_age = expires = None
        if not session.get_expire_at_browser_close():
            max_age = session.get_expiry_age()
            expires = http_date(time.time() + max_age)
        try:
            session.save()
        except UpdateError as error:
            raise SessionInterrupted(
                "The request's session was deleted before the request completed. The user may have logged out in a "
                "concurrent request, for example."
            ) from error
        options = {name: getattr(settings, f"SESSION_COOKIE_{name.upper()}") for name in _COOKIE_OPTIONS}
        secure = options.pop("secure") or None
        response.set_cookie(
            settings.SESSION_COOKIE_NAME,
            session.session_key,
            max_age=max_age,
            expires=expires,
            secure=secure,
            httponly=options.pop("httponly") or None,
            **options,
        )


_COOKIE_PLACE = ("domain", "path", "samesite")
_COOKIE_OPTIONS = (*_COOKIE_PLACE, "secure", "httponly")
