"""Skipping tests by what the database can do."""

from __future__ import annotations

import inspect
import unittest
from collections.abc import Callable, Iterable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from nuages.db import DEFAULT_DB_ALIAS, connection


class CheckCondition:
    """A descriptor for `__unittest_skip__` that asks its conditions when it is read, by way of the class."""

    def __init__(self, *conditions: tuple[Callable[[], bool], str]) -> None:
        self.conditions = conditions

    def add_condition(self, condition: Callable[[], bool], reason: str) -> CheckCondition:
        """Return a check with one more condition."""
        return self.__class__(*self.conditions, (condition, reason))

    def __get__(self, instance: Any, cls: Any = None) -> bool:
        # What the bases decided comes first.
        if any(getattr(base, "__unittest_skip__", False) for base in cls.__bases__):
            return True
        for condition, reason in self.conditions:
            if condition():
                cls.__unittest_skip_why__ = reason
                return True
        return False


def skipIfDBFeature(*features: str) -> Callable[[Any], Any]:
    """Skip where the default database has any of these features."""
    return _conditionally(
        lambda: any(_feature(name) for name in features),
        f"Database has feature(s) {', '.join(features)}",
        "skipIfDBFeature",
    )


def skipUnlessDBFeature(*features: str) -> Callable[[Any], Any]:
    """Skip where the default database lacks one of these features."""
    return _conditionally(
        lambda: not all(_feature(name) for name in features),
        f"Database doesn't support feature(s): {', '.join(features)}",
        "skipUnlessDBFeature",
    )


def skipUnlessAnyDBFeature(*features: str) -> Callable[[Any], Any]:
    """Skip where the default database has none of these features."""
    return _conditionally(
        lambda: not any(_feature(name) for name in features),
        f"Database doesn't support any of the feature(s): {', '.join(features)}",
        "skipUnlessAnyDBFeature",
    )


def _feature(name: str) -> Any:
    return getattr(connection.features, name)


def _conditionally(condition: Callable[[], bool], reason: str, name: str) -> Callable[[Any], Any]:
    def decorate(test: Any) -> Any:
        if not inspect.isclass(test):
            return _decorated_method(test, condition, reason, name)
        marked: Any = test
        databases: Iterable[str] | None = getattr(test, "databases", None)
        if not databases or DEFAULT_DB_ALIAS not in databases:
            raise ValueError(
                f"{name} cannot be used on {test} as it doesn't allow queries against the {DEFAULT_DB_ALIAS!r} "
                "database."
            )
        present = test.__dict__.get("__unittest_skip__")
        if isinstance(present, CheckCondition):
            marked.__unittest_skip__ = present.add_condition(condition, reason)
        elif present is not True:
            marked.__unittest_skip__ = CheckCondition((condition, reason))
        return test

    return decorate


def _decorated_method(method: Any, condition: Callable[[], bool], reason: str, name: str) -> Any:
    def decide(args: tuple[Any, ...]) -> None:
        case = args[0] if args and isinstance(args[0], unittest.TestCase) else None
        if case is not None and DEFAULT_DB_ALIAS not in getattr(case, "databases", {}):
            raise ValueError(
                f"{name} cannot be used on {case} as {case.__class__.__qualname__} doesn't allow queries against "
                f"the {DEFAULT_DB_ALIAS!r} database."
            )
        if condition():
            raise unittest.SkipTest(reason)

    if iscoroutinefunction(method):

        @wraps(method)
        async def skip_wrapper(*args: Any, **kwargs: Any) -> Any:
            decide(args)
            return await method(*args, **kwargs)
    else:

        @wraps(method)
        def skip_wrapper(*args: Any, **kwargs: Any) -> Any:
            decide(args)
            return method(*args, **kwargs)

    return skip_wrapper
