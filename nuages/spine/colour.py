"""Calling user code of either colour."""

from __future__ import annotations

import sys
from collections.abc import Callable
from inspect import CO_COROUTINE
from types import CoroutineType, FunctionType
from typing import Any, TypeVar

from nuages.spine.waiting import wait

if sys.version_info >= (3, 12):
    from inspect import iscoroutinefunction
else:
    # Sees the mark of those who mark a plain function, as View.as_view() does; inspect's does from 3.12 on.
    from asyncio import iscoroutinefunction

F = TypeVar("F", bound=Callable[..., Any])


def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call `function` and, where it returns an awaitable, wait for it: so callbacks may be def or async def."""
    result = function(*args, **kwargs)
    kind = type(result)
    # Asked of the type: an attribute look-up on the object would wake lazy objects.
    if kind is CoroutineType or getattr(kind, "__await__", None) is not None:
        return wait(result)
    return result


def cooperative(view: F) -> F:
    """Let a plain `def` view run in a worker on the event loop instead of a thread.

    For views that only wait through nuages (database, cache, mail): thousands can wait at once. Code in it that
    blocks in other ways holds up every request of the process; the guard logs it.
    """
    view.cooperative = True  # type: ignore[attr-defined]
    return view


def is_async(function: Callable[..., Any]) -> bool:
    """Say whether calling `function` gives a coroutine (async def, marked, or an object with an async __call__)."""
    if type(function) is FunctionType and not function.__dict__:
        # Nothing is written on it, so its code says it all.
        return bool(function.__code__.co_flags & CO_COROUTINE)
    return iscoroutinefunction(function) or iscoroutinefunction(getattr(type(function), "__call__", None))  # noqa: B004


def is_cooperative(view: Callable[..., Any]) -> bool:
    """Say whether `view` belongs into the worker lane."""
    return getattr(view, "cooperative", False) or is_async(view)
