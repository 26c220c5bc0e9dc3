"""The driver's names under the path that Django's users import them from."""

from __future__ import annotations

from psycopg import ClientCursor, IsolationLevel, adapters, errors, sql
from psycopg.types.json import Jsonb
from psycopg.types.range import Range

from nuages.db.backends.postgresql.driver import get_adapters_template, mogrify, register_tzloader

is_psycopg3 = True

DateRange = DateTimeRange = DateTimeTZRange = NumericRange = Range
RANGE_TYPES = (Range,)

__all__ = [
    "RANGE_TYPES",
    "ClientCursor",
    "DateRange",
    "DateTimeRange",
    "DateTimeTZRange",
    "IsolationLevel",
    "Jsonb",
    "NumericRange",
    "Range",
    "adapters",
    "errors",
    "get_adapters_template",
    "is_psycopg3",
    "mogrify",
    "register_tzloader",
    "sql",
]
