"""What can be seen of queries: `connection.queries`, wrappers, the log."""

from __future__ import annotations

from typing import Any

import pytest

from nuages.db import connections, models, reset_queries
from nuages.db.backends.statement import Statement
from nuages.spine import ThreadLane, WorkerLane
from nuages.test import TransactionTestCase
from nuages.test.utils import CaptureQueriesContext, isolate_apps, override_settings
from tests.spine.conftest import Run


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


def slow(caplog: pytest.LogCaptureFixture) -> list[Any]:
    return [record for record in caplog.records if record.name == "nuages.db.slow"]


@pytest.mark.parametrize("way", ["fetch", "run", "chunks", "cursor", "iterated", "many"])
def test_a_slow_query_is_logged_with_the_line_that_asked(file: Any, caplog: Any, way: str) -> None:
    """The rows of this one come slowly, not the first of them."""
    sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n"
    insert = "INSERT INTO note (text) " + sql
    many = "INSERT INTO note (text) VALUES (%s)"
    with override_settings(SLOW_QUERY_SECONDS=0.0001):
        match way:
            case "fetch":
                file.fetch(Statement(sql))
            case "run":
                file.run(Statement(insert))
            case "chunks":
                list(file.fetch_chunks(Statement(sql), (), 1000))
            case "cursor":
                cursor = file.cursor()
                cursor.execute(sql)
                cursor.fetchall()
                cursor.close()
            case "iterated":
                with file.cursor() as cursor:
                    assert len(list(cursor.execute(sql))) == 5000
            case "many":
                file.run_many(Statement(many), [(str(n),) for n in range(2000)])
    (record,) = (each for each in slow(caplog) if each.sql in (sql, insert, many))
    assert record.levelname == "WARNING"
    assert record.alias == "file"
    assert record.duration > 0.0001
    assert record.query_file == __file__
    assert "a query on 'file' took " in record.getMessage()


def test_quick_queries_and_those_without_the_setting_are_not_logged(file: Any, caplog: Any) -> None:
    file.fetch(Statement("SELECT 1"))
    with override_settings(SLOW_QUERY_SECONDS=5):
        file.fetch(Statement("SELECT 1"))
    assert slow(caplog) == []


def test_a_slow_query_of_a_worker_on_postgresql_is_logged(postgres: Any, run: Run, caplog: Any) -> None:
    def ask() -> None:
        connections["postgres"].fetch(Statement("SELECT pg_sleep(0.05)"))

    async def main() -> None:
        await WorkerLane().run(ask)

    with override_settings(SLOW_QUERY_SECONDS=0.04):
        run(main())
    (record,) = slow(caplog)
    assert (record.alias, record.sql) == ("postgres", "SELECT pg_sleep(0.05)")


@pytest.mark.parametrize("lane", ["worker", "thread", "script"])
@pytest.mark.parametrize("alias", ["file", "postgres"])
def test_queries_wrappers_and_counts_are_seen_in_every_lane(
    request: pytest.FixtureRequest, run: Run, alias: str, lane: str
) -> None:
    request.getfixturevalue(alias)
    seen: list[str] = []

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    class Case(TransactionTestCase):
        databases: Any = {alias}

    def work() -> Any:
        connection = connections[alias]
        with isolate_apps("tests"):

            class Note(models.Model):
                text = models.CharField(max_length=20)

                class Meta:
                    app_label = "tests"
                    db_table = "note"

        notes = Note.objects.using(alias)
        with connection.execute_wrapper(wrapper), Case().assertNumQueries(3, using=alias):
            notes.create(text="one")
            assert [note.text for note in notes.all()] == ["one"]
            return notes.filter(text="one").explain()

    async def main() -> Any:
        if lane == "worker":
            return await WorkerLane().run(work)
        threads = ThreadLane()
        try:
            return await threads.run(work)
        finally:
            threads.close()

    explained = work() if lane == "script" else run(main())
    assert "note" in explained
    assert [sql.split()[0] for sql in seen] == ["INSERT", "SELECT", "EXPLAIN"]
