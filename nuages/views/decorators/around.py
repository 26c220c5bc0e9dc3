"""The one place where a decorator takes on the colour of its view."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from nuages.spine import is_async

View = TypeVar("View", bound=Callable[..., Any])


def around(
    view: View,
    *,
    before: Callable[..., Any] | None = None,
    after: Callable[..., Any] | None = None,
) -> View:
    """Return `view` with `before(request, *args, **kwargs)` and `after(request, response)` around it.

    What `before` returns other than None is the response, and the view is not called. What `after` returns other
    than None takes the response's place.
    """
    if is_async(view):

        @wraps(view)
        async def wrapper(request: Any, *args: Any, **kwargs: Any) -> Any:
            response = before(request, *args, **kwargs) if before else None
            if response is not None:
                return response
            response = await view(request, *args, **kwargs)
            replaced = after(request, response) if after else None
            return response if replaced is None else replaced

    else:

        @wraps(view)
        def wrapper(request: Any, *args: Any, **kwargs: Any) -> Any:
            response = before(request, *args, **kwargs) if before else None
            if response is not None:
                return response
            response = view(request, *args, **kwargs)
            replaced = after(request, response) if after else None
            return response if replaced is None else replaced

    return wrapper  # type: ignore[return-value]  # it is called as the view is


def marked(view: View, name: str, value: object) -> View:
    """Return a view that does what `view` does and has an attribute that middleware looks for."""
    copy = around(view)
    setattr(copy, name, value)
    return copy
