"""What error reports must not show (howto/error-reporting)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction, unwrap
from types import CodeType
from typing import Any, Literal

from nuages.http import HttpRequest
from nuages.views.decorators.around import View, around

ALL: Literal["__ALL__"] = "__ALL__"

#: What `sensitive_variables` hides, by the code it was put on. Reports look frames up here: that works for functions
#: of either colour, and also where a frame is no longer running.
sensitive_code: dict[CodeType, tuple[str, ...] | Literal["__ALL__"]] = {}


def _refuse_bare(variables: tuple[Any, ...], name: str) -> None:
    if len(variables) == 1 and callable(variables[0]):
        raise TypeError(
            f"{name}() must be called to use it as a decorator, e.g., use @{name}(), not @{name}."
        )


def sensitive_variables(*variables: str) -> Callable[[View], View]:
    """Hide these local variables of a function (all, if none are named) in error reports."""
    _refuse_bare(variables, "sensitive_variables")

    def decorate(func: View) -> View:
        code = getattr(unwrap(func), "__code__", None)
        if code is not None:
            sensitive_code[code] = variables or ALL
        wrapper = _called(func)
        # The arguments stand in the wrapper's frame as well, under other names.
        sensitive_code[wrapper.__code__] = ALL
        return wrapper

    return decorate


def _called(func: View) -> Any:
    if iscoroutinefunction(func):

        @wraps(func)
        async def wrapper(*func_args: Any, **func_kwargs: Any) -> Any:
            return await func(*func_args, **func_kwargs)

    else:

        @wraps(func)
        def wrapper(*func_args: Any, **func_kwargs: Any) -> Any:
            return func(*func_args, **func_kwargs)

    return wrapper


def sensitive_post_parameters(*parameters: str) -> Callable[[View], View]:
    """Hide these POST parameters (all, if none are named) in error reports."""
    _refuse_bare(parameters, "sensitive_post_parameters")

    def before(request: Any, *args: Any, **kwargs: Any) -> None:
        if not isinstance(request, HttpRequest) and not hasattr(request, "META"):
            raise TypeError(
                "sensitive_post_parameters didn't receive an HttpRequest object. If you are decorating a "
                "classmethod, make sure to use @method_decorator."
            )
        request.sensitive_post_parameters = parameters or ALL  # type: ignore[union-attr]

    return lambda view: around(view, before=before)
