"""`twin`: the async face of a plain function or method."""

from __future__ import annotations

import functools
from asyncio import _get_running_loop
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from typing import Any, ParamSpec, TypeVar, cast

from nuages.spine.worker import in_worker, spawn

P = ParamSpec("P")
T = TypeVar("T")


def twin(plain: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Return the coroutine function `a<name>` that does what `plain` does.

    A method is looked up on `self` at each call, so overriding `count()` changes `acount()` too. In a worker it
    is the plain call; elsewhere it runs in a worker of the running loop, and what it sets in context variables
    is seen by the caller.
    """
    name = plain.__name__
    if _is_method(plain):

        async def face(self: Any, *args: Any, **kwargs: Any) -> T:
            return await _in_any_lane(getattr(self, name), args, kwargs)
    else:

        async def face(*args: Any, **kwargs: Any) -> T:  # type: ignore[misc]
            return await _in_any_lane(plain, args, kwargs)

    functools.update_wrapper(face, plain)
    del face.__wrapped__  # type: ignore[attr-defined]  # it would make inspect take the twin for a plain function
    face.__name__ = f"a{name}"
    face.__qualname__ = f"{plain.__qualname__.removesuffix(name)}a{name}"
    return cast(Callable[P, Coroutine[Any, Any, T]], face)


def _is_method(plain: Callable[..., Any]) -> bool:
    owner = plain.__qualname__.rpartition(".")[0]
    return bool(owner) and not owner.endswith("<locals>")


async def _in_any_lane(plain: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
    if in_worker():
        return plain(*args, **kwargs)
    if _get_running_loop() is None:
        raise RuntimeError(f"await {plain.__name__}'s twin inside a running asyncio event loop")
    before = copy_context()
    outcome, after = await spawn(_keeping_context, plain, args, kwargs)
    _carry(before, after)
    return outcome()


def _keeping_context(
    plain: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Callable[[], T], Context]:
    try:
        result = plain(*args, **kwargs)
    except Exception as error:
        return functools.partial(_reraise, error), copy_context()
    return lambda: result, copy_context()


def _reraise(error: Exception) -> Any:
    raise error


def _carry(before: Context, after: Context) -> None:
    for variable, value in after.items():
        if variable not in before or before[variable] is not value:
            variable.set(value)
