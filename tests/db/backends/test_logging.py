"""What can be seen of queries: `connection.queries`, wrappers, the log."""

from __future__ import annotations

from typing import Any

import pytest

from nuages.db import connections, reset_queries
from nuages.db.backends.statement import Statement
from nuages.test.utils import CaptureQueriesContext


def test_queries_are_kept_when_asked_for(file: Any) -> None:
    with CaptureQueriesContext(file) as captured:
        file.fetch(Statement("SELECT %s"), ("it's",))
        with file.cursor() as cursor:
            cursor.execute("SELECT 2")
    assert [query["sql"] for query in captured.captured_queries] == ["SELECT 'it''s'", "SELECT 2"]


def test_without_debug_nothing_is_kept(file: Any) -> None:
    file.fetch(Statement("SELECT 1"))
    assert file.queries == []
    reset_queries()


def test_wrappers_see_every_statement_outermost_first(file: Any) -> None:
    seen: list[tuple[str, str]] = []

    def wrapper(name: str) -> Any:
        def call(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
            seen.append((name, sql))
            assert context["connection"] is file
            return execute(sql, params, many, context)

        return call

    with file.execute_wrapper(wrapper("outer")), file.execute_wrapper(wrapper("inner")):
        file.fetch(Statement("SELECT 1"))
    file.fetch(Statement("SELECT 2"))
    assert seen == [("outer", "SELECT 1"), ("inner", "SELECT 1")]


def test_a_wrapper_can_forbid(file: Any) -> None:
    def forbid(*_: Any) -> Any:
        raise AssertionError("no queries here")

    with file.execute_wrapper(forbid), pytest.raises(AssertionError, match="no queries"):
        connections["file"].fetch(Statement("SELECT 1"))
