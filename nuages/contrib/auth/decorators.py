"""Views for some users only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, overload

from nuages.conf import settings
from nuages.contrib.auth import REDIRECT_FIELD_NAME
from nuages.core.exceptions import PermissionDenied
from nuages.shortcuts import resolve_url
from nuages.spine import call, is_async, twin

View = TypeVar("View", bound=Callable[..., Any])


def user_passes_test(
    test_func: Callable[[Any], Any], login_url: Any = None, redirect_field_name: str = REDIRECT_FIELD_NAME
) -> Callable[[View], View]:
    """Let only users in for whom `test_func(user)`, of either colour, is true; send others to the log-in page."""

    def decorator(view_func: Any) -> Any:
        def refused(request: Any, user: Any) -> Any:
            from nuages.contrib.auth.middleware import path_back
            from nuages.contrib.auth.redirects import redirect_to_login

            if call(test_func, user):
                return None
            where = resolve_url(login_url or settings.LOGIN_URL)
            return redirect_to_login(path_back(request, where), where, redirect_field_name)

        if is_async(view_func):
            arefused = twin(refused)

            @wraps(view_func)
            async def wrapper(request: Any, *args: Any, **kwargs: Any) -> Any:
                user = await request.auser()
                return await arefused(request, user) or await view_func(request, *args, **kwargs)
        else:

            @wraps(view_func)
            def wrapper(request: Any, *args: Any, **kwargs: Any) -> Any:
                return refused(request, request.user) or view_func(request, *args, **kwargs)

        # For LoginRequiredMiddleware.
        wrapper.login_url = login_url  # type: ignore[attr-defined]
        wrapper.redirect_field_name = redirect_field_name  # type: ignore[attr-defined]
        return wrapper

    return decorator


@overload
def login_required(
    function: View, redirect_field_name: str = REDIRECT_FIELD_NAME, login_url: Any = None
) -> View: ...
@overload
def login_required(
    function: None = None, redirect_field_name: str = REDIRECT_FIELD_NAME, login_url: Any = None
) -> Callable[[View], View]: ...
def login_required(
    function: Any = None, redirect_field_name: str = REDIRECT_FIELD_NAME, login_url: Any = None
) -> Any:
    """Let only users in who are logged in."""
    decorator: Any = user_passes_test(lambda user: user.is_authenticated, login_url, redirect_field_name)
    return decorator(function) if function else decorator


def login_not_required(view_func: View) -> View:
    """Let everybody in, where LoginRequiredMiddleware asks to log in otherwise."""
    view_func.login_required = False  # type: ignore[attr-defined]
    return view_func


def permission_required(
    perm: Any, login_url: Any = None, raise_exception: bool = False
) -> Callable[[View], View]:
    """Let only users in who have a permission, or several; others log in, or get a 403."""
    perms = (perm,) if isinstance(perm, str) else perm

    def decorator(view_func: Any) -> Any:
        def allowed(user: Any) -> bool:
            has_all = user.has_perms(perms)
            if raise_exception and not has_all:
                raise PermissionDenied
            return has_all

        return user_passes_test(allowed, login_url=login_url)(view_func)

    return decorator
