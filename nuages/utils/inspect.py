"""What functions take, remembered: signatures are slow to work out."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from typing import Any

_VARIADIC: dict[Any, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}


def signature(func: Callable[..., Any]) -> inspect.Signature:
    """Return the signature of a callable, without evaluating its annotations."""
    if sys.version_info >= (3, 14):
        import annotationlib

        return inspect.signature(func, annotation_format=annotationlib.Format.FORWARDREF)
    return inspect.signature(func)


@functools.lru_cache(maxsize=512)
def _parameters_of(func: Callable[..., Any], skip_first: bool) -> tuple[inspect.Parameter, ...]:
    return tuple(signature(func).parameters.values())[int(skip_first) :]


def _get_callable_parameters(func: Callable[..., Any]) -> tuple[inspect.Parameter, ...]:
    # Bound methods come and go; their function stays.
    bound = inspect.ismethod(func)
    return _parameters_of(func.__func__ if bound else func, bound)  # type: ignore[attr-defined]


def get_func_args(func: Callable[..., Any]) -> list[str]:
    """Return the names of the arguments that can be given by position or keyword."""
    return [
        parameter.name
        for parameter in _get_callable_parameters(func)
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]


def get_func_full_args(func: Callable[..., Any]) -> list[tuple[Any, ...]]:
    """Return (name, default) for each argument, (name,) where there is no default; `self` is left out."""
    described: list[tuple[Any, ...]] = []
    for parameter in _get_callable_parameters(func):
        if parameter.name == "self":
            continue
        name = _VARIADIC.get(parameter.kind, "") + parameter.name
        described.append((name,) if parameter.default is parameter.empty else (name, parameter.default))
    return described


def func_accepts_kwargs(func: Callable[..., Any]) -> bool:
    """Return whether the function takes any keyword argument: `**kwargs`."""
    return any(parameter.kind is parameter.VAR_KEYWORD for parameter in _get_callable_parameters(func))


def func_accepts_var_args(func: Callable[..., Any]) -> bool:
    """Return whether the function takes any number of positional arguments: `*args`."""
    return any(parameter.kind is parameter.VAR_POSITIONAL for parameter in _get_callable_parameters(func))


def method_has_no_args(meth: Callable[..., Any]) -> bool:
    """Return whether a method takes nothing but `self`."""
    positional = [
        parameter
        for parameter in _get_callable_parameters(meth)
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    return len(positional) == (0 if inspect.ismethod(meth) else 1)


def func_supports_parameter(func: Callable[..., Any], name: str) -> bool:
    """Return whether the function has an argument of this name."""
    return any(parameter.name == name for parameter in _get_callable_parameters(func))


def is_module_level_function(func: Any) -> bool:
    """Return whether a function can be imported by its name: it is no method, lambda or inner function."""
    return inspect.isfunction(func) and "<" not in func.__qualname__
