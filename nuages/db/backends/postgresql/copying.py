"""COPY: many rows into a table at once, where that gives what INSERT would give.

It does for tables without rules and for values whose type is that of their column: INSERT casts others, COPY reads
them as text. Keys that the table would number by itself are taken from its sequence before.
"""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from nuages.db.backends.postgresql.driver import psycopg, sql
from nuages.db.backends.statement import Statement

_TEXT, _WHOLE = frozenset({str}), frozenset({int})

#: From a field's internal type to the types of values that are text to COPY as they are values to INSERT.
SAME_AS_TEXT: dict[str, frozenset[type]] = {
    **dict.fromkeys(("CharField", "TextField", "SlugField", "FileField", "FilePathField"), _TEXT),
    **dict.fromkeys(
        ("AutoField", "BigAutoField", "SmallAutoField", "IntegerField", "BigIntegerField"), _WHOLE
    ),
    **dict.fromkeys(("SmallIntegerField", "PositiveIntegerField", "PositiveBigIntegerField"), _WHOLE),
    "PositiveSmallIntegerField": _WHOLE,
    "BooleanField": frozenset({bool}),
    "FloatField": frozenset({float}),
    "DecimalField": frozenset({decimal.Decimal}),
    "DateField": frozenset({datetime.date}),
    "DateTimeField": frozenset({datetime.datetime}),
    "TimeField": frozenset({datetime.time}),
    "DurationField": frozenset({datetime.timedelta}),
    "UUIDField": frozenset({uuid.UUID}),
    "BinaryField": frozenset({bytes, psycopg.Binary}),
}

#: An ordinary or partitioned table; has it rules, row security, a trigger that may change rows before they come in?
_TABLE = Statement(
    "SELECT relkind IN ('r', 'p') AND NOT relhasrules AND NOT relrowsecurity, EXISTS (SELECT FROM pg_trigger WHERE "
    "tgrelid = c.oid AND NOT tgisinternal AND tgtype & 7 = 7) FROM pg_class c WHERE c.oid = to_regclass(%s)"
)
_NUMBERS = Statement(
    "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s) WHERE EXISTS (SELECT FROM pg_attribute "
    "WHERE attrelid = to_regclass(%s) AND attname = %s AND attidentity != '')"
)


def can_copy(kinds: Sequence[str], rows: Sequence[Sequence[Any]]) -> bool:
    """Say whether all values have the types of their columns, given by the fields' internal types."""
    nothing = type(None)
    for kind, column in zip(kinds, zip(*rows)):
        allowed = SAME_AS_TEXT.get(kind)
        if allowed is None or not set(map(type, column)) - {nothing} <= allowed:
            return False
    return True


def takes_copies(connection: Any, table: str, numbered: bool) -> bool:
    """Say whether a table takes rows from COPY as from INSERT; `numbered` ones must keep the keys that we choose."""
    found = connection.fetch_one(_TABLE, (connection.ops.quote_name(table),))
    return found is not None and bool(found[0]) and not (numbered and found[1])


def numbers(connection: Any, table: str, column: str, count: int) -> list[int] | None:
    """Take the next numbers for an identity column; None where it is something else."""
    quoted = connection.ops.quote_name(table)
    found = connection.fetch(_NUMBERS, (quoted, column, count, quoted, column))
    return [number for (number,) in found] or None


def copy(connection: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Send rows to a table."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.SQL(connection.ops.quote_name(table)), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with (
        connection.wrap_database_errors,
        connection.connection.cursor() as cursor,
        cursor.copy(statement) as stream,
    ):
        write = stream.write_row
        for row in rows:
            write(row)
