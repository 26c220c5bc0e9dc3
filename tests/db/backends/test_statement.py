"""What is known about a statement from its text."""

from __future__ import annotations

import sqlite3

import hypothesis
from hypothesis import strategies as st

from nuages.db.backends.sqlite3 import ddl
from nuages.db.backends.statement import Statement, changes_data, qmarks


def test_placeholders_become_question_marks() -> None:
    assert qmarks("SELECT %s, '%%' LIKE %s") == "SELECT ?, '%' LIKE ?"


@hypothesis.given(st.lists(st.sampled_from(["%s", "%%", "x", " "])))
def test_as_many_values_fit_in_as_before(parts: list[str]) -> None:
    text = "".join(parts)
    assert qmarks(text).count("?") == parts.count("%s")
    assert qmarks(text).replace("?", "1") == text % tuple(1 for part in parts if part == "%s")


def test_what_may_write_is_told_from_what_only_reads() -> None:
    reads = ["SELECT 1", "  (SELECT 1)", "-- x\nselect 1", "WITH a AS (SELECT 1) SELECT * FROM a", "PRAGMA x"]
    writes = [
        "INSERT INTO a",
        "WITH a AS (SELECT 1) DELETE FROM b",
        "/* x */ update a",
        "CREATE TABLE a (b)",
        "",
    ]
    assert not any(map(changes_data, reads))
    assert all(map(changes_data, writes))


def test_a_drivers_own_form_is_made_once() -> None:
    calls: list[str] = []

    def convert(sql: str) -> str:
        calls.append(sql)
        return sql.upper()

    statement = Statement("select 1")
    assert statement.native(convert) == statement.native(convert) == "SELECT 1"
    assert calls == ["select 1"]


names = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\0"), min_size=1, max_size=12
)


@hypothesis.given(names, names, st.sampled_from(["nocase", "binary", None]))
def test_a_tables_text_is_read_as_sqlite_reads_it(column: str, check: str, collation: str | None) -> None:
    quoted, named = ('"' + name.replace('"', '""') + '"' for name in (column, check))
    collate = f"COLLATE {collation}" if collation else ""
    sql = (
        f"CREATE TABLE t ({quoted} varchar(5) DEFAULT 'a,(b' {collate} CONSTRAINT {named} CHECK ({quoted} != ')'), "
        f"other_ decimal(5, 2) UNIQUE, CONSTRAINT both UNIQUE ({quoted}, other_))"
    )
    hypothesis.assume(column.lower() != "other_")
    raw = sqlite3.connect(":memory:")
    raw.execute(sql)
    parsed = ddl.parse_table(sql)
    raw.close()
    assert list(parsed.columns) == [column, "other_"]
    assert parsed.columns[column].collation == collation
    found = {(each.kind, each.name, tuple(each.columns)) for each in parsed.all_constraints()}
    assert found == {
        ("CHECK", check, (column,)),
        ("UNIQUE", None, ("other_",)),
        ("UNIQUE", "both", (column, "other_")),
    }
