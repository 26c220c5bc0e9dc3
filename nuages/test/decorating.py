"""`TestContextDecorator`: one object that is a context manager and a decorator of functions and test classes."""

from __future__ import annotations

import functools
import unittest
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any


class TestContextDecorator:
    """Base of helpers that switch something on for a while.

    Subclasses give `enable()` and `disable()`. What `enable()` returns is the target of `with … as`, is set on
    decorated classes as `attr_name`, and passed to decorated functions as keyword `kwarg_name`.
    """

    def __init__(self, attr_name: str | None = None, kwarg_name: str | None = None) -> None:
        self.attr_name = attr_name
        self.kwarg_name = kwarg_name

    def enable(self) -> Any:
        raise NotImplementedError

    def disable(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Any:
        return self.enable()

    def __exit__(self, *exc_info: object) -> None:
        self.disable()

    def decorate_class(self, cls: type) -> type:
        """Enable in `setUp`, before the class's own, and disable when its clean-ups have run."""
        if not issubclass(cls, unittest.TestCase):
            raise TypeError("Can only decorate subclasses of unittest.TestCase")
        own_set_up = cls.setUp
        decorator = self

        def setUp(inner_self: Any) -> None:
            context = decorator.enable()
            inner_self.addCleanup(decorator.disable)
            if decorator.attr_name:
                setattr(inner_self, decorator.attr_name, context)
            own_set_up(inner_self)

        cls.setUp = setUp  # type: ignore[method-assign, assignment]
        return cls

    def decorate_callable(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Enable around each call of `func`, which may be `def` or `async def`."""
        if iscoroutinefunction(func):

            @functools.wraps(func)
            async def inner(*args: Any, **kwargs: Any) -> Any:
                with self as context:
                    return await func(*args, **self._with_context(kwargs, context))
        else:

            @functools.wraps(func)
            def inner(*args: Any, **kwargs: Any) -> Any:
                with self as context:
                    return func(*args, **self._with_context(kwargs, context))

        return inner

    def _with_context(self, kwargs: dict[str, Any], context: Any) -> dict[str, Any]:
        return kwargs | {self.kwarg_name: context} if self.kwarg_name else kwargs

    def __call__(self, decorated: Any) -> Any:
        if isinstance(decorated, type):
            return self.decorate_class(decorated)
        if callable(decorated):
            return self.decorate_callable(decorated)
        raise TypeError(f"Cannot decorate object of type {type(decorated)}")
