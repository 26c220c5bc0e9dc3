"""Logging users in and out of a client's session."""

from __future__ import annotations

from http.cookies import SimpleCookie
from importlib import import_module
from typing import Any

from nuages.compat import resolved
from nuages.conf import settings
from nuages.http import HttpRequest
from nuages.spine import twin


class ClientSession:
    """What both clients do with sessions, users and exceptions of the handler."""

    cookies: SimpleCookie
    exc_info: Any
    raise_request_exception: bool
    json_encoder: Any

    def store_exc_info(self, **_: Any) -> None:
        """Keep the exception at hand, to raise it out of the client."""
        import sys

        self.exc_info = sys.exc_info()

    def check_exception(self, response: Any) -> None:
        """Raise what the view raised, or keep it on the response as `exc_info`."""
        response.exc_info = self.exc_info
        if self.exc_info:
            _, error, _ = self.exc_info
            self.exc_info = None
            if self.raise_request_exception:
                raise error

    @property
    def session(self) -> Any:
        """The client's session: the one its cookie names, or a new one."""
        name = settings.SESSION_COOKIE_NAME
        store = import_module(resolved(settings.SESSION_ENGINE)).SessionStore
        if present := self.cookies.get(name):
            return store(present.value)
        fresh = store()
        fresh.save()
        self.cookies[name] = fresh.session_key
        return fresh

    def _open_session(self) -> Any:
        return self.session

    def login(self, **credentials: Any) -> bool:
        """Log in with credentials as `authenticate` takes them; say whether they were right."""
        from nuages.contrib.auth import authenticate

        user = authenticate(**credentials)
        if not user:
            return False
        self._login(user)
        return True

    def force_login(self, user: Any, backend: str | None = None) -> None:
        """Log `user` in without credentials, through `backend` or the first that can load users."""
        if backend is None:
            backend = _loading_backend()
        user.backend = backend
        self._login(user, backend)

    def _login(self, user: Any, backend: str | None = None) -> None:
        from nuages.contrib.auth import login

        request: Any = HttpRequest()
        engine = import_module(resolved(settings.SESSION_ENGINE))
        request.session = (
            self.session if self.cookies.get(settings.SESSION_COOKIE_NAME) else engine.SessionStore()
        )
        login(request, user, backend)
        request.session.save()
        name = settings.SESSION_COOKIE_NAME
        self.cookies[name] = request.session.session_key
        self.cookies[name].update(
            {
                "max-age": None,
                "path": "/",
                "domain": settings.SESSION_COOKIE_DOMAIN,
                "secure": settings.SESSION_COOKIE_SECURE or None,
                "expires": None,
            }
        )

    def logout(self) -> None:
        """Log out and forget all cookies."""
        from nuages.contrib.auth import get_user, logout

        request: Any = HttpRequest()
        if self.cookies.get(settings.SESSION_COOKIE_NAME):
            request.session = self.session
            request.user = get_user(request)
        else:
            request.session = import_module(resolved(settings.SESSION_ENGINE)).SessionStore()
        logout(request)
        self.cookies = SimpleCookie()

    asession = twin(_open_session)
    alogin = twin(login)
    aforce_login = twin(force_login)
    alogout = twin(logout)


def _loading_backend() -> str:
    from nuages.contrib.auth import load_backend

    for path in settings.AUTHENTICATION_BACKENDS:
        if hasattr(load_backend(path), "get_user"):
            return path
    raise ValueError("None of AUTHENTICATION_BACKENDS has get_user(), which force_login() needs.")
