"""Reading a CREATE TABLE statement: what SQLite's pragmas do not tell.

Names of constraints, CHECK clauses and collations stand only in the statement's text, which SQLite keeps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?P<skip> \s+ | --[^\n]* | /\*.*?\*/ )
  | (?P<string> '(?:[^']|'')*' )
  | (?P<quoted> "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\] )
  | (?P<word> [^\W\d]\w*(?:\$\w*)* )
  | (?P<number> \d+(?:\.\d*)?(?:[eE][+-]?\d+)? )
  | (?P<mark> \|\| | <> | != | >= | <= | == | . )
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    kind: str
    text: str

    @property
    def name(self) -> str:
        """The identifier, without quotes."""
        if self.kind != "quoted":
            return self.text
        mark = self.text[-1]
        inner = self.text[1:-1]
        return inner if mark == "]" else inner.replace(mark * 2, mark)

    def says(self, *words: str) -> bool:
        """Say whether this is one of some keywords."""
        return self.kind == "word" and self.text.upper() in words


@dataclass
class Found:
    """One UNIQUE, CHECK, PRIMARY KEY or FOREIGN KEY."""

    kind: str
    name: str | None
    columns: list[str]
    text: str = ""


@dataclass
class ColumnText:
    """One column's definition."""

    name: str
    collation: str | None = None
    constraints: list[Found] = field(default_factory=list)


@dataclass
class TableText:
    """A whole table's definition."""

    columns: dict[str, ColumnText]
    constraints: list[Found]

    def all_constraints(self) -> Iterator[Found]:
        """Yield the constraints of columns and of the table."""
        for column in self.columns.values():
            yield from column.constraints
        yield from self.constraints


def tokens(sql: str) -> list[Token]:
    """Split SQL into tokens, without white space and comments."""
    return [Token(m.lastgroup or "", m.group()) for m in _TOKEN.finditer(sql) if m.lastgroup != "skip"]


def parse_table(sql: str) -> TableText:
    """Read a CREATE TABLE statement."""
    stream = tokens(sql)
    start = next((i for i, token in enumerate(stream) if token.text == "("), None)
    table = TableText({}, [])
    if start is None:
        return table  # CREATE TABLE ... AS SELECT, or a virtual table
    body, _ = inside(stream, start)
    parts = list(split_at_commas(body))
    names = {part[0].name for part in parts if part and not is_table_constraint(part)}
    for part in parts:
        if part and is_table_constraint(part):
            table.constraints += constraints_of(part, None, names)
        elif part:
            column = ColumnText(part[0].name, collation_of(part))
            column.constraints = constraints_of(part[1:], column.name, names)
            table.columns[column.name] = column
    return table


def column_texts(sql: str) -> dict[str, str]:
    """Return the definitions of a table's columns as they are written."""
    stream = tokens(sql)
    start = next((i for i, token in enumerate(stream) if token.text == "("), None)
    if start is None:
        return {}
    parts = [
        part for part in split_at_commas(inside(stream, start)[0]) if part and not is_table_constraint(part)
    ]
    return {part[0].name: " ".join(token.text for token in part) for part in parts}


def inside(stream: list[Token], start: int) -> tuple[list[Token], int]:
    """Return what stands between the parenthesis at `start` and its partner, and where that is."""
    depth = 0
    for position in range(start, len(stream)):
        if stream[position].text == "(":
            depth += 1
        elif stream[position].text == ")":
            depth -= 1
            if depth == 0:
                return stream[start + 1 : position], position
    return stream[start + 1 :], len(stream)


def split_at_commas(body: Iterable[Token]) -> Iterator[list[Token]]:
    """Yield the definitions of a body."""
    depth = 0
    part: list[Token] = []
    for token in body:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.text == "," and depth == 0:
            yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part


def is_table_constraint(part: list[Token]) -> bool:
    return part[0].says("CONSTRAINT", "UNIQUE", "CHECK", "PRIMARY", "FOREIGN")


def collation_of(part: list[Token]) -> str | None:
    """Return the name after COLLATE."""
    return next((after.name for token, after in pairwise(part) if token.says("COLLATE")), None)


def constraints_of(part: list[Token], column: str | None, names: set[str]) -> list[Found]:
    """Return the constraints in a definition: of `column`, or of the table where that is None."""
    found: list[Found] = []
    name: str | None = None
    position = 0
    while position < len(part):
        token = part[position]
        following = part[position + 1] if position + 1 < len(part) else None
        if token.says("CONSTRAINT") and following is not None:
            name = following.name
            position += 1
        elif token.says("UNIQUE", "PRIMARY", "FOREIGN"):
            columns = [] if column is None else [column]
            if column is None:
                opening = next(i for i in range(position, len(part)) if part[i].text == "(")
                listed, position = inside(part, opening)
                columns = [item[0].name for item in split_at_commas(listed)]
            found.append(Found(token.text.upper(), name, columns))
            name = None
        elif token.says("CHECK") and following is not None and following.text == "(":
            listed, position = inside(part, position + 1)
            columns = list(
                dict.fromkeys(t.name for t in listed if t.kind in {"word", "quoted"} and t.name in names)
            )
            found.append(Found("CHECK", name, columns, " ".join(t.text for t in listed)))
            name = None
        elif token.text == "(":
            _, position = inside(part, position)
        position += 1
    return found
