"""`View`, the base of class-based views: a class whose methods are named for HTTP's.

It stands here, and not with the generic views, so that a URL configuration can be read without loading forms and
models. `nuages.views.generic.base` has it too.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from nuages.core.exceptions import ImproperlyConfigured
from nuages.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from nuages.utils.deprecation import mark_coroutine_function
from nuages.utils.functional import classproperty
from nuages.utils.log import log_response


class _ClassOnly(classmethod):  # type: ignore[type-arg]
    """A class method that an instance does not have."""

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is not None:
            raise AttributeError("This method is available only on the class, not on instances.")
        return super().__get__(instance, owner)


class View:
    """The base of class-based views."""

    http_method_names = ["get", "post", "put", "patch", "delete", "head", "options", "trace"]

    request: HttpRequest
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def __init__(self, **kwargs: Any) -> None:
        for name, value in kwargs.items():
            setattr(self, name, value)

    @classproperty
    def view_is_async(cls) -> bool:
        """Whether the methods are `async def`."""
        names = [name for name in cls.http_method_names if name != "options"]  # type: ignore[attr-defined]
        handlers = [getattr(cls, name) for name in names if hasattr(cls, name)]
        colours = {iscoroutinefunction(handler) for handler in handlers}
        if len(colours) == 2:
            raise ImproperlyConfigured(
                f"{cls.__qualname__} HTTP handlers must either be all sync or all async."  # type: ignore[attr-defined]
            )
        return colours == {True}

    @_ClassOnly
    def as_view(cls: Any, /, **initkwargs: Any) -> Callable[..., Any]:
        """Return the view as a function, made anew for each request with these attributes set."""
        for name in initkwargs:
            if name in cls.http_method_names:
                raise TypeError(
                    f"The method name {name} is not accepted as a keyword argument to {cls.__name__}()."
                )
            if not hasattr(cls, name):
                raise TypeError(
                    f"{cls.__name__}() received an invalid keyword {name!r}. as_view only accepts arguments that "
                    "are already attributes of the class."
                )

        def view(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            self = cls(**initkwargs)
            self.setup(request, *args, **kwargs)
            if not hasattr(self, "request"):
                raise AttributeError(
                    f"{cls.__name__} instance has no 'request' attribute. Did you override setup() and forget to "
                    "call super()?"
                )
            return self.dispatch(request, *args, **kwargs)

        # What pages and tools show of the function is that of the class. Attributes that decorators have set on
        # dispatch (csrf_exempt) count for the function.
        for name in ("__doc__", "__module__"):
            setattr(view, name, getattr(cls, name))
        view.__annotations__ = cls.dispatch.__annotations__
        marks = {name: mark for name, mark in vars(cls.dispatch).items() if name != "__wrapped__"}
        vars(view).update(marks, view_class=cls, view_initkwargs=initkwargs)
        if cls.view_is_async:
            mark_coroutine_function(view)
            view.cooperative = True  # type: ignore[attr-defined]
        return view

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Keep what the view was called with on the instance."""
        get = getattr(self, "get", None)
        if get is not None and not hasattr(self, "head"):
            self.head = get
        self.request = request
        self.args = args
        self.kwargs = kwargs

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Call the method that is named for the request's."""
        name = (request.method or "").lower()
        known = name in self.http_method_names
        handler = getattr(self, name, None) if known else None
        return (handler or self.http_method_not_allowed)(request, *args, **kwargs)

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Answer 405."""
        response = HttpResponseNotAllowed(self._allowed_methods())
        log_response(
            "Method Not Allowed (%s): %s", request.method, request.path, response=response, request=request
        )
        return self._coloured(response)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Tell the methods that there are."""
        response = HttpResponse()
        response.headers["Allow"] = ", ".join(self._allowed_methods())
        response.headers["Content-Length"] = "0"
        return self._coloured(response)

    def _allowed_methods(self) -> list[str]:
        return [name.upper() for name in self.http_method_names if hasattr(self, name)]

    def _coloured(self, response: HttpResponseBase) -> Any:
        """Return the response as the other methods of the class do: to be awaited, or not."""
        return _given(response) if self.view_is_async else response


async def _given(response: HttpResponseBase) -> HttpResponseBase:
    return response
