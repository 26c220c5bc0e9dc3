"""How SQLite writes its SQL."""

from __future__ import annotations

import datetime
import sqlite3
from functools import cache
from types import MappingProxyType

from nuages.db.backends.dialect import LOOKUPS, Dialect, InlineAdapter, InlineConverter, quoter
from nuages.db.backends.sqlite3.temporal import (
    read_date,
    read_datetime,
    read_time,
    reading_in,
    write_datetime,
)
from nuages.db.backends.statement import qmarks

_SIGNS = {"exact": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_REGEX = {"regex": "REGEXP %s", "iregex": "REGEXP '(?i)' || %s"}
_LIKE = "LIKE %s ESCAPE '\\'"

OPERATORS = {
    lookup: f"{_SIGNS[lookup]} %s" if lookup in _SIGNS else _REGEX.get(lookup, _LIKE) for lookup in LOOKUPS
}

# The pattern comes from an expression: its wildcards are escaped by SQL, and upper case makes LIKE ignore case
# beyond ASCII too, with the UPPER() that we register.
_FRAMES = {"contains": "'%%' || {} || '%%'", "startswith": "{} || '%%'", "endswith": "'%%' || {}"}
PATTERN_OPS = {
    prefix + kind: f"LIKE {frame.replace('{}', 'UPPER({})') if prefix else frame} ESCAPE '\\'"
    for kind, frame in _FRAMES.items()
    for prefix in ("", "i")
}
PATTERN_ESC = r"REPLACE(REPLACE(REPLACE({}, '\', '\\'), '%%', '\%%'), '_', '\_')"


@cache
def dialect() -> Dialect:
    """Return the dialect of the SQLite library that this Python has."""
    return Dialect(
        vendor="sqlite",
        version=sqlite3.sqlite_version_info,
        quote=quoter('"'),
        operators=MappingProxyType(OPERATORS),
        pattern_ops=MappingProxyType(PATTERN_OPS),
        pattern_esc=PATTERN_ESC,
        native=qmarks,
        max_params=250_000 if sqlite3.sqlite_version_info >= (3, 32) else 999,
        max_depth=1000,
        array_parameter="SELECT value FROM json_each({})",
        no_limit=-1,
        writers_module="nuages.db.backends.sqlite3.writers",
        inline_converters=MappingProxyType(
            {
                "BooleanField": InlineConverter("{0} == 1", takes_stored=True),
                "DateField": InlineConverter(
                    "read_date({0}) if type({0}) is str else {0}",
                    {"read_date": read_date, "date_of": datetime.date.fromisoformat},
                    quick="date_of({0})",
                    takes_stored=True,
                ),
                "DateTimeField": InlineConverter(
                    "read_datetime({0}, zone)",
                    {"read_datetime": read_datetime, "reading_in": reading_in},
                    quick="moment_of({0} + mark)",
                    setup="zone, moment_of, mark = reading_in(connection)",
                    takes_stored=True,
                ),
                "TimeField": InlineConverter(
                    "read_time({0}) if type({0}) is str else {0}",
                    {"read_time": read_time, "time_of": datetime.time.fromisoformat},
                    quick="time_of({0})",
                    takes_stored=True,
                ),
            }
        ),
        inline_adapters=MappingProxyType(
            {
                "DateField": InlineAdapter(datetime.date, "str({0})"),
                "DateTimeField": InlineAdapter(
                    datetime.datetime,
                    "write_datetime({0}, connection)",
                    MappingProxyType({"write_datetime": write_datetime}),
                ),
            }
        ),
        # An expression has no declared type, and a plus changes nothing.
        as_stored="+{}",
    )
