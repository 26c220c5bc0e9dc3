"""`SimpleTestCase`: assertions and a client, without a database."""

from __future__ import annotations

import unittest
from collections.abc import Callable
from contextlib import contextmanager
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any
from unittest import mock

from nuages.core import mail
from nuages.spine import wait
from nuages.test.assertions import (
    FormAssertions,
    RaisingAssertions,
    ResponseAssertions,
    TemplateAssertions,
)
from nuages.test.cases.guarding import DatabaseOperationForbidden, checked_databases, refuse, release
from nuages.test.client import AsyncClient, Client
from nuages.test.overriding import modify_settings, override_settings

__unittest = True


class SimpleTestCase(
    FormAssertions,
    RaisingAssertions,
    ResponseAssertions,
    TemplateAssertions,
    unittest.TestCase,
):
    """A test case without database access, unless `databases` names some. Test methods may be `async def`."""

    client_class = Client
    async_client_class = AsyncClient
    _overridden_settings: dict[str, Any] | None = None
    _modified_settings: list[Any] | None = None

    client: Any
    async_client: Any
    _refused: list[Any]
    databases: Any = set()
    _disallowed_database_msg = (
        "Database %(operation)s to %(alias)r are not allowed in SimpleTestCase subclasses. Either subclass "
        "TestCase or TransactionTestCase to ensure proper test isolation or add %(alias)r to "
        "%(test)s.databases to silence this failure."
    )

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        if options := cls._overridden_settings:
            cls.enterClassContext(override_settings(**options))
        if operations := cls._modified_settings:
            cls.enterClassContext(modify_settings(operations))
        cls._add_databases_failures()
        cls.addClassCleanup(cls._remove_databases_failures)

    @classmethod
    def _validate_databases(cls) -> frozenset[str]:
        return checked_databases(cls, cls.databases)

    @classmethod
    def _add_databases_failures(cls) -> None:
        cls.databases = cls._validate_databases()
        cls._refused = refuse(cls, cls.databases, cls._disallowed_database_msg)
        cls.enterClassContext(_refusing_threads(cls))

    @classmethod
    def _remove_databases_failures(cls) -> None:
        release(cls._refused)

    def __call__(self, result: Any = None) -> None:
        self._run_wrapped(result)

    def debug(self) -> None:
        """Run the test without collecting its outcome, as unittest documents."""
        debug_result = unittest.suite._DebugResult()  # type: ignore[attr-defined]
        self._run_wrapped(debug_result, debug=True)

    def _run_wrapped(self, result: Any, debug: bool = False) -> None:
        method = getattr(self, self._testMethodName)
        skipped = getattr(type(self), "__unittest_skip__", False) or getattr(
            method, "__unittest_skip__", False
        )
        if iscoroutinefunction(method):
            setattr(self, self._testMethodName, _on_the_spine(method))
        if not skipped and not self._guarded(self._pre_setup, result, debug):
            return
        if debug:
            super().debug()
        else:
            super().__call__(result)
        if not skipped:
            self._guarded(self._post_teardown, result, debug)

    def _guarded(self, step: Callable[[], None], result: Any, debug: bool) -> bool:
        try:
            step()
        except Exception:
            if debug:
                raise
            import sys

            result.addError(self, sys.exc_info())
            return False
        return True

    @classmethod
    def _pre_setup(cls) -> None:
        """Give the class fresh clients and an empty mail box."""
        cls.client = cls.client_class()
        cls.async_client = cls.async_client_class()
        mail.outbox = []

    def _post_teardown(self) -> None:
        """Undo what `_pre_setup` did."""

    def settings(self, **kwargs: Any) -> override_settings:
        """Override settings in a `with` block."""
        return override_settings(**kwargs)

    def modify_settings(self, **kwargs: Any) -> modify_settings:
        """Change list settings in a `with` block."""
        return modify_settings(**kwargs)


def _on_the_spine(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def run(*args: Any, **kwargs: Any) -> Any:
        return wait(method(*args, **kwargs))

    return run


@contextmanager
def _refusing_threads(case: type[SimpleTestCase]) -> Any:
    """Refuse connections that other threads open to databases the case has not named."""
    from nuages.db.backends.base.base import BaseDatabaseWrapper

    plain_connect = BaseDatabaseWrapper.connect

    def connect(self: Any) -> Any:
        if self.alias in case.databases or self.alias not in _known_aliases():
            return plain_connect(self)
        raise DatabaseOperationForbidden(
            case._disallowed_database_msg
            % {
                "alias": self.alias,
                "operation": "threaded connections",
                "test": f"{case.__module__}.{case.__qualname__}",
            }
        )

    with mock.patch.object(BaseDatabaseWrapper, "connect", connect):
        yield


def _known_aliases() -> set[str]:
    from nuages.db import connections

    return set(connections)
