"""Exceptions and warnings with their messages."""

from __future__ import annotations

import unittest
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

#: unittest leaves frames of modules with this name out of tracebacks.
__unittest = True


class RaisingAssertions(unittest.TestCase):
    """`assertRaisesMessage`, `assertWarnsMessage`."""

    def assertRaisesMessage(
        self, expected_exception: Any, expected_message: str, *args: Any, **kwargs: Any
    ) -> Any:
        """Check that the callable (or the `with` block) raises, and that the message contains the expected one."""
        return self._with_message(
            self.assertRaises, "exception", expected_exception, expected_message, args, kwargs
        )

    def assertWarnsMessage(
        self, expected_warning: Any, expected_message: str, *args: Any, **kwargs: Any
    ) -> Any:
        """Check that the callable (or the `with` block) warns, and that the message contains the expected one."""
        return self._with_message(
            self.assertWarns, "warning", expected_warning, expected_message, args, kwargs
        )

    def _with_message(
        self,
        watch: Callable[[Any], Any],
        attribute: str,
        expected: Any,
        message: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        block = self._watching(watch, attribute, expected, message)
        if not args:
            return block
        function, *rest = args
        with block:
            function(*rest, **kwargs)
        return None

    @contextmanager
    def _watching(
        self, watch: Callable[[Any], Any], attribute: str, expected: Any, message: str
    ) -> Iterator[Any]:
        with watch(expected) as seen:
            yield seen
        self.assertIn(message, str(getattr(seen, attribute)))
