"""CSRF protection of single views (ref/csrf)."""

from __future__ import annotations

from typing import Any

from nuages.middleware.csrf import CsrfViewMiddleware, get_token
from nuages.utils.decorators import decorator_from_middleware
from nuages.views.decorators.around import View, marked


class _OnlyMakesToken(CsrfViewMiddleware):
    """Lets everything through; `{% csrf_token %}` works all the same.

    The request does not count as checked: a protected view inside, or an error page's way back into one, checks it.
    """

    def process_view(self, request: Any, callback: Any, callback_args: Any, callback_kwargs: Any) -> Any:
        return None


class _SetsCookie(_OnlyMakesToken):
    """Sets the cookie on every response, for pages whose scripts need it."""

    def process_view(self, request: Any, callback: Any, callback_args: Any, callback_kwargs: Any) -> Any:
        get_token(request)
        return None


csrf_protect = decorator_from_middleware(CsrfViewMiddleware)
csrf_protect.__name__ = "csrf_protect"
csrf_protect.__doc__ = "Protect a view as the middleware protects all."

requires_csrf_token = decorator_from_middleware(_OnlyMakesToken)
requires_csrf_token.__name__ = "requires_csrf_token"
requires_csrf_token.__doc__ = (
    "Have the template tag work in a view that is not protected, such as an error page."
)

ensure_csrf_cookie = decorator_from_middleware(_SetsCookie)
ensure_csrf_cookie.__name__ = "ensure_csrf_cookie"
ensure_csrf_cookie.__doc__ = "Have a view send the CSRF cookie, whether or not its template uses the tag."


def csrf_exempt(view_func: View) -> View:
    """Have the middleware let every request to a view through."""
    return marked(view_func, "csrf_exempt", True)
