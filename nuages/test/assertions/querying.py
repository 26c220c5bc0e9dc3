"""Query sets and the number of queries."""

from __future__ import annotations

import unittest
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from nuages.db import DEFAULT_DB_ALIAS, connections
from nuages.test.queries import CaptureQueriesContext

__unittest = True


class QueryAssertions(unittest.TestCase):
    """`assertQuerySetEqual`, `assertNumQueries`."""

    def assertQuerySetEqual(
        self,
        qs: Any,
        values: Iterable[Any],
        transform: Callable[[Any], Any] | None = None,
        ordered: bool = True,
        msg: str | None = None,
    ) -> None:
        """Check that `qs` (through `transform`) gives `values`, in this order unless `ordered` is false."""
        expected = list(values)
        found = list(qs if transform is None else map(transform, qs))
        if not ordered:
            self.assertDictEqual(Counter(found), Counter(expected), msg=msg)
            return
        # A query set says whether its order is defined; other iterables are taken to be in order.
        if len(expected) > 1 and not getattr(qs, "ordered", True):
            raise ValueError("Trying to compare non-ordered queryset against more than one ordered value.")
        self.assertListEqual(found, expected, msg=msg)

    def assertNumQueries(
        self,
        num: int,
        func: Callable[..., Any] | None = None,
        *args: Any,
        using: str = DEFAULT_DB_ALIAS,
        **kwargs: Any,
    ) -> Any:
        """Check that `func(*args, **kwargs)` (or the `with` block) runs `num` queries."""
        watch = _AssertNumQueriesContext(self, num, connections[using])
        if func is None:
            return watch
        with watch:
            func(*args, **kwargs)
        return None


class _AssertNumQueriesContext(CaptureQueriesContext):
    def __init__(self, test_case: unittest.TestCase, num: int, connection: Any) -> None:
        self.test_case = test_case
        self.num = num
        super().__init__(connection)

    def __exit__(self, exc_type: type[BaseException] | None, *rest: object) -> None:
        super().__exit__(exc_type, *rest)
        if exc_type is not None:
            return
        seen = "\n".join(f"{number}. {query['sql']}" for number, query in enumerate(self.captured_queries, 1))
        self.test_case.assertEqual(
            len(self),
            self.num,
            f"{len(self)} queries executed, {self.num} expected\nCaptured queries were:\n{seen}",
        )
