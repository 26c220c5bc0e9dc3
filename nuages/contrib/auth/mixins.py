"""Class-based views for some users only."""

from __future__ import annotations

from typing import Any

from nuages.conf import settings
from nuages.contrib.auth import REDIRECT_FIELD_NAME
from nuages.contrib.auth.middleware import path_back
from nuages.contrib.auth.redirects import redirect_to_login
from nuages.core.exceptions import ImproperlyConfigured, PermissionDenied
from nuages.shortcuts import resolve_url


class AccessMixin:
    """What happens to those who may not: they log in, or get a 403 when they have, or always if asked to."""

    request: Any
    login_url: Any = None
    permission_denied_message = ""
    raise_exception = False
    redirect_field_name = REDIRECT_FIELD_NAME

    def get_login_url(self) -> str:
        """Return where to log in."""
        url = self.login_url or settings.LOGIN_URL
        if not url:
            name = type(self).__name__
            raise ImproperlyConfigured(
                f"{name} is missing the login_url attribute. Define {name}.login_url, settings.LOGIN_URL, or override "
                f"{name}.get_login_url()."
            )
        return str(url)

    def get_permission_denied_message(self) -> str:
        """Return what a 403 says."""
        return self.permission_denied_message

    def get_redirect_field_name(self) -> str:
        """Return the name of the parameter that leads back."""
        return self.redirect_field_name

    def handle_no_permission(self) -> Any:
        """Return the redirect to the log-in page, or raise `PermissionDenied`."""
        if self.raise_exception or self.request.user.is_authenticated:
            raise PermissionDenied(self.get_permission_denied_message())
        where = resolve_url(self.get_login_url())
        back = path_back(self.request, where)
        return redirect_to_login(back, where, self.get_redirect_field_name())


class LoginRequiredMixin(AccessMixin):
    """Lets only users in who are logged in."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Check, then go on."""
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class PermissionRequiredMixin(AccessMixin):
    """Lets only users in who have `permission_required`: one, or several."""

    permission_required: Any = None

    def get_permission_required(self) -> Any:
        """Return the permissions."""
        needed = self.permission_required
        if needed is None:
            name = type(self).__name__
            raise ImproperlyConfigured(
                f"{name} is missing the permission_required attribute. Define {name}.permission_required, or override "
                f"{name}.get_permission_required()."
            )
        return (needed,) if isinstance(needed, str) else needed

    def has_permission(self) -> bool:
        """Say whether the user has them; override it for another rule."""
        return self.request.user.has_perms(self.get_permission_required())

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Check, then go on."""
        if not self.has_permission():
            return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class UserPassesTestMixin(AccessMixin):
    """Lets only users in for whom `test_func()` is true."""

    def test_func(self) -> Any:
        """Say whether the user may."""
        raise NotImplementedError(
            f"{type(self).__name__} is missing the implementation of the test_func() method."
        )

    def get_test_func(self) -> Any:
        """Return the function that says so."""
        return self.test_func

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Check, then go on."""
        if not self.get_test_func()():
            return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
