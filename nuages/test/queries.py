"""Counting and keeping the queries that code runs."""

from __future__ import annotations

from typing import Any, Self

from nuages.core.signals import request_started
from nuages.db import reset_queries


class CaptureQueriesContext:
    """Records the queries of one connection inside a `with` block, as `captured_queries`."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def __iter__(self) -> Any:
        return iter(self.captured_queries)

    def __getitem__(self, index: Any) -> Any:
        return self.captured_queries[index]

    def __len__(self) -> int:
        return len(self.captured_queries)

    @property
    def captured_queries(self) -> list[dict[str, str]]:
        """The queries so far, as `connection.queries` tells them."""
        return self.connection.queries[self.initial_queries : self.final_queries]

    def __enter__(self) -> Self:
        self.debug_before = self.connection.force_debug_cursor
        self.connection.force_debug_cursor = True
        # Connecting runs queries of its own on some databases; they are nobody's.
        self.connection.ensure_connection()
        self.initial_queries = len(self.connection.queries_log)
        self.final_queries: int | None = None
        # A request by the test client would start the log anew.
        self.resets = request_started.disconnect(reset_queries)
        return self

    def __exit__(self, exc_type: type[BaseException] | None, *_: object) -> None:
        self.connection.force_debug_cursor = self.debug_before
        # Within another such block the log is still that one's.
        if self.resets:
            request_started.connect(reset_queries)
        if exc_type is None:
            self.final_queries = len(self.connection.queries_log)
