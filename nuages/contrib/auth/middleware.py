"""Who is asking: `request.user`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from nuages.conf import settings
from nuages.contrib import auth
from nuages.contrib.auth import REDIRECT_FIELD_NAME, load_backend
from nuages.contrib.auth.backends import RemoteUserBackend
from nuages.contrib.auth.redirects import redirect_to_login
from nuages.core.exceptions import ImproperlyConfigured
from nuages.shortcuts import resolve_url
from nuages.spine import twin
from nuages.utils.deprecation import MiddlewareMixin, mark_coroutine_function
from nuages.utils.functional import SimpleLazyObject


def get_user(request: Any) -> Any:
    """Return the user of the session, looked up once per request."""
    if not hasattr(request, "_cached_user"):
        request._cached_user = auth.get_user(request)
    return request._cached_user


auser = twin(get_user)


class AuthenticationMiddleware(MiddlewareMixin):
    """Sets `request.user`, looked up when it is used, and `request.auser()`."""

    def process_request(self, request: Any) -> None:
        """Attach the user."""
        if not hasattr(request, "session"):
            raise ImproperlyConfigured(
                "The Django authentication middleware requires session middleware to be installed. Edit your "
                "MIDDLEWARE setting to insert 'django.contrib.sessions.middleware.SessionMiddleware' before "
                "'django.contrib.auth.middleware.AuthenticationMiddleware'."
            )
        request.user = SimpleLazyObject(lambda: get_user(request))
        request.auser = partial(auser, request)


class LoginRequiredMiddleware(MiddlewareMixin):
    """Asks everybody to log in, but for views marked with `login_not_required`."""

    redirect_field_name = REDIRECT_FIELD_NAME

    def process_view(self, request: Any, view_func: Any, view_args: Any, view_kwargs: Any) -> Any:
        """Send visitors who are not logged in to the log-in page."""
        if not getattr(view_func, "login_required", True) or request.user.is_authenticated:
            return None
        return self.handle_no_permission(request, view_func)

    def get_login_url(self, view_func: Any) -> str:
        """Return where to log in: the view's own page, or LOGIN_URL."""
        url = getattr(view_func, "login_url", None) or settings.LOGIN_URL
        if not url:
            raise ImproperlyConfigured(
                "No login URL to redirect to. Define settings.LOGIN_URL or provide a login_url via the "
                "'django.contrib.auth.decorators.login_required' decorator."
            )
        return str(url)

    def get_redirect_field_name(self, view_func: Any) -> str:
        """Return the name of the parameter that leads back."""
        return getattr(view_func, "redirect_field_name", self.redirect_field_name)

    def handle_no_permission(self, request: Any, view_func: Any) -> Any:
        """Return the redirect to the log-in page."""
        login_url = resolve_url(self.get_login_url(view_func))
        return redirect_to_login(
            path_back(request, login_url), login_url, self.get_redirect_field_name(view_func)
        )


def path_back(request: Any, login_url: str) -> str:
    """Return how a log-in page refers to this one: by path alone where both are of the same site."""
    whole = request.build_absolute_uri()
    there, here = urlsplit(login_url), urlsplit(whole)
    same = (not there.scheme or there.scheme == here.scheme) and (
        not there.netloc or there.netloc == here.netloc
    )
    return request.get_full_path() if same else whole


class RemoteUserMiddleware:
    """Logs in whom the web server in front of the site has checked, and names in REMOTE_USER."""

    sync_capable = True
    async_capable = True
    header = "REMOTE_USER"
    force_logout_if_no_header = True

    def __init__(self, get_response: Callable[..., Any]) -> None:
        if get_response is None:
            raise ValueError("get_response must be provided.")
        self.get_response = get_response
        from nuages.spine import is_async

        self.is_async = is_async(get_response)
        if self.is_async:
            mark_coroutine_function(self)

    def __call__(self, request: Any) -> Any:
        if self.is_async:
            return self.__acall__(request)
        self.process_request(request)
        return self.get_response(request)

    async def __acall__(self, request: Any) -> Any:
        """The same, for an async chain."""
        await self.aprocess_request(request)
        return await self.get_response(request)

    def process_request(self, request: Any) -> None:
        """Log the user in, or out when the header is gone."""
        if not hasattr(request, "user"):
            raise ImproperlyConfigured(
                "The Django remote user auth middleware requires the authentication middleware to be installed.  Edit "
                "your MIDDLEWARE setting to insert 'django.contrib.auth.middleware.AuthenticationMiddleware' before "
                "the RemoteUserMiddleware class."
            )
        try:
            name = request.META[self.header]
        except KeyError:
            if self.force_logout_if_no_header and request.user.is_authenticated:
                self._remove_invalid_user(request)
            return
        if request.user.is_authenticated:
            if request.user.get_username() == self.clean_username(name, request):
                return
            # Somebody else from now on.
            self._remove_invalid_user(request)
        user = auth.authenticate(request, remote_user=name)
        if user:
            request.user = user
            auth.login(request, user)

    aprocess_request = twin(process_request)

    def clean_username(self, username: str, request: Any) -> str:
        """Return the name as the backend of the session knows it."""
        backend = auth.load_backend(request.session[auth.BACKEND_SESSION_KEY])
        clean = getattr(backend, "clean_username", None)
        return username if clean is None else clean(username)

    def _remove_invalid_user(self, request: Any) -> None:
        """Log out whoever was logged in by this middleware."""
        try:
            backend = load_backend(request.session.get(auth.BACKEND_SESSION_KEY, ""))
        except ImportError:
            auth.logout(request)
        else:
            if isinstance(backend, RemoteUserBackend):
                auth.logout(request)


class PersistentRemoteUserMiddleware(RemoteUserMiddleware):
    """The same, for servers that name the user on the log-in page only."""

    force_logout_if_no_header = False
