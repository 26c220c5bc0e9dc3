"""How values and a few clauses are written for SQLite."""

from __future__ import annotations

import datetime
import decimal
import sqlite3
import uuid
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from nuages.conf import settings
from nuages.core.exceptions import FieldError
from nuages.db.backends.base.operations import BaseDatabaseOperations, refuse_aware_time
from nuages.db.backends.sqlite3.temporal import read_date, read_datetime, read_time, zone_of
from nuages.db.exceptions import DatabaseError, NotSupportedError
from nuages.utils import timezone

_TEMPORAL_FIELDS = {"DateField", "DateTimeField", "TimeField"}


class DatabaseOperations(BaseDatabaseOperations):
    cast_char_field_without_max_length: str | None = "text"
    cast_data_types: dict[str, str] = dict.fromkeys(("DateField", "DateTimeField"), "TEXT")
    explain_prefix: str | None = "EXPLAIN QUERY PLAN"
    # Integers have up to eight bytes whatever their column is called.
    integer_field_ranges: dict[str, tuple[int, int]] = {
        name: (0 if name.startswith("Positive") else -(2**63), 2**63 - 1)
        for name in BaseDatabaseOperations.integer_field_ranges
    }

    def quote_name(self, name: str) -> str:
        return self.connection.dialect.quote(name)

    def no_limit_value(self) -> int:
        return -1

    def for_update_sql(self, *args: Any, **kwargs: Any) -> str:
        """Writers lock the whole database: there is nothing to lock by row."""
        return ""

    def pk_default_value(self) -> str:
        return "NULL"

    def insert_statement(self, on_conflict: Any = None) -> str:
        from nuages.db.models.constants import OnConflict

        return "INSERT OR IGNORE INTO" if on_conflict == OnConflict.IGNORE else "INSERT INTO"

    def on_conflict_suffix_sql(
        self,
        fields: Sequence[Any],
        on_conflict: Any,
        update_fields: Sequence[str],
        unique_fields: Sequence[str],
    ) -> str:
        from nuages.db.models.constants import OnConflict

        if on_conflict != OnConflict.UPDATE:
            return ""
        quote = self.quote_name
        target = ", ".join(map(quote, unique_fields))
        changes = ", ".join(f"{quote(name)} = EXCLUDED.{quote(name)}" for name in update_fields)
        return f"ON CONFLICT({target}) DO UPDATE SET {changes}"

    def check_expression_support(self, expression: Any) -> None:
        """Dates are text here: sums and means of them make no sense."""
        from nuages.db.models import Aggregate, Avg, StdDev, Sum, Variance

        if isinstance(expression, (Sum, Avg, Variance, StdDev)):
            for source in expression.get_source_expressions():
                try:
                    kind = source.output_field.get_internal_type()
                except (AttributeError, FieldError):
                    continue  # no type of its own: nothing is known against it
                if kind in _TEMPORAL_FIELDS:
                    raise NotSupportedError(
                        f"SQLite does not support {type(expression).__name__} on date or "
                        "time fields, because they are stored as text."
                    )
        if (
            isinstance(expression, Aggregate)
            and expression.distinct
            and len(expression.source_expressions) > 1
        ):
            raise NotSupportedError(
                "SQLite doesn't support DISTINCT on aggregate functions accepting multiple arguments."
            )

    # Dates: functions of our own, registered with every connection

    def _zones(self, tzname: str | None) -> tuple[str | None, str | None]:
        return (tzname, self.connection.timezone_name) if tzname and settings.USE_TZ else (None, None)

    def _own(
        self, function: str, sql: str, params: Any, *extra: Any, before: tuple[Any, ...] = ()
    ) -> tuple[str, Any]:
        marks = ", ".join([*("%s" for _ in before), sql, *("%s" for _ in extra)])
        return f"django_{function}({marks})", (*before, *params, *extra)

    def date_extract_sql(self, lookup_type: str, sql: str, params: Any) -> tuple[str, Any]:
        return self._own("date_extract", sql, params, before=(lookup_type.lower(),))

    def date_trunc_sql(
        self, lookup_type: str, sql: str, params: Any, tzname: str | None = None
    ) -> tuple[str, Any]:
        return self._own("date_trunc", sql, params, *self._zones(tzname), before=(lookup_type.lower(),))

    def time_trunc_sql(
        self, lookup_type: str, sql: str, params: Any, tzname: str | None = None
    ) -> tuple[str, Any]:
        return self._own("time_trunc", sql, params, *self._zones(tzname), before=(lookup_type.lower(),))

    def time_extract_sql(self, lookup_type: str, sql: str, params: Any) -> tuple[str, Any]:
        return self._own("time_extract", sql, params, before=(lookup_type.lower(),))

    def datetime_cast_date_sql(self, sql: str, params: Any, tzname: str | None) -> tuple[str, Any]:
        return self._own("datetime_cast_date", sql, params, *self._zones(tzname))

    def datetime_cast_time_sql(self, sql: str, params: Any, tzname: str | None) -> tuple[str, Any]:
        return self._own("datetime_cast_time", sql, params, *self._zones(tzname))

    def datetime_extract_sql(
        self, lookup_type: str, sql: str, params: Any, tzname: str | None
    ) -> tuple[str, Any]:
        return self._own("datetime_extract", sql, params, *self._zones(tzname), before=(lookup_type.lower(),))

    def datetime_trunc_sql(
        self, lookup_type: str, sql: str, params: Any, tzname: str | None
    ) -> tuple[str, Any]:
        return self._own("datetime_trunc", sql, params, *self._zones(tzname), before=(lookup_type.lower(),))

    def format_for_duration_arithmetic(self, sql: str) -> str:
        return sql  # durations are microseconds; the function that adds them knows

    def combine_expression(self, connector: str, sub_expressions: Sequence[str]) -> str:
        if connector == "^":
            return f"POWER({', '.join(sub_expressions)})"
        if connector == "#":
            return f"BITXOR({', '.join(sub_expressions)})"
        return super().combine_expression(connector, sub_expressions)

    def combine_duration_expression(self, connector: str, sub_expressions: Sequence[str]) -> str:
        if connector not in ("+", "-", "*", "/"):
            raise DatabaseError(f"Invalid connector for timedelta: {connector}.")
        if len(sub_expressions) > 2:
            raise ValueError("Too many params for timedelta operations.")
        return f"django_format_dtdelta({', '.join([repr(connector), *sub_expressions])})"

    def subtract_temporals(self, internal_type: str, lhs: Any, rhs: Any) -> tuple[str, Any]:
        (left, left_params), (right, right_params) = lhs, rhs
        function = "django_time_diff" if internal_type == "TimeField" else "django_timestamp_diff"
        return f"{function}({left}, {right})", (*left_params, *right_params)

    # Values going out

    def adapt_datetimefield_value(self, value: Any) -> Any:
        if value is None:
            return None
        if timezone.is_aware(value):
            if not settings.USE_TZ:
                raise ValueError(
                    "SQLite backend does not support timezone-aware datetimes when USE_TZ is False."
                )
            value = timezone.make_naive(value, self.connection.timezone)
        return str(value)

    def adapt_timefield_value(self, value: Any) -> Any:
        if value is None:
            return None
        if timezone.is_aware(value):
            raise ValueError("SQLite backend does not support timezone-aware times.")
        refuse_aware_time(value)
        return str(value)

    def adapt_decimalfield_value(
        self, value: Any, max_digits: int | None = None, decimal_places: int | None = None
    ) -> Any:
        try:
            return super().adapt_decimalfield_value(value, max_digits, decimal_places)
        except decimal.InvalidOperation:
            # No row can hold it, but one may be compared with it.
            return f"{value:f}" if value.is_finite() else str(value)

    # Values coming in

    def get_db_converters(self, expression: Any) -> list[Any]:
        kind = expression.output_field.get_internal_type()
        if kind == "DecimalField":
            return [*super().get_db_converters(expression), decimal_converter(expression)]
        convert = _CONVERTERS.get(kind)
        return super().get_db_converters(expression) + ([] if convert is None else [convert])

    # Whole tables

    def sql_flush(
        self, style: Any, tables: Sequence[str], *, reset_sequences: bool = False, allow_cascade: bool = False
    ) -> list[str]:
        names = list(
            dict.fromkeys(chain(tables, *(self._pointing_to(table) for table in tables)))
            if allow_cascade
            else tables
        )
        statements = [
            f"{style.SQL_KEYWORD('DELETE')} {style.SQL_KEYWORD('FROM')} {style.SQL_FIELD(self.quote_name(name))};"
            for name in names
        ]
        if names and reset_sequences:
            statements += self.sequence_reset_by_name_sql(style, [{"table": name} for name in names])
        return statements

    @lru_cache(maxsize=512)  # noqa: B019  (as long as the connection, whose tables these are)
    def _pointing_to(self, table: str) -> tuple[str, ...]:
        """Return the tables whose rows hang on those of `table`, however far."""
        with self.connection.cursor() as cursor:
            everything = self.connection.introspection.get_table_list(cursor)
            pointers: dict[str, set[str]] = {}
            for other in everything:
                for _, target, _ in self.connection.introspection.get_relations(cursor, other.name).values():
                    pointers.setdefault(target.lower(), set()).add(other.name)
        found: dict[str, None] = {}
        waiting = [table]
        while waiting:
            for name in sorted(pointers.get(waiting.pop().lower(), ())):
                if name not in found:
                    found[name] = None
                    waiting.append(name)
        return tuple(found)

    def sequence_reset_by_name_sql(self, style: Any, sequences: Sequence[dict[str, Any]]) -> list[str]:
        if not sequences:
            return []
        names = ", ".join("'{}'".format(sequence["table"].replace("'", "''")) for sequence in sequences)
        keyword, quoted, field = style.SQL_KEYWORD, self.quote_name, style.SQL_FIELD
        return [
            f"{keyword('UPDATE')} {style.SQL_TABLE(quoted('sqlite_sequence'))} {keyword('SET')} "
            f"{field(quoted('seq'))} = 0 {keyword('WHERE')} {field(quoted('name'))} {keyword('IN')} ({names});"
        ]

    # Logs

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """SQLite has no such call: let it quote the parameters, and put them in."""
        if not params:
            return sql
        if isinstance(params, (list, tuple)):
            return sql % tuple(self._quoted(list(params)))
        return sql % dict(zip(params, self._quoted(list(params.values()))))

    #: Terms of one SELECT; the library allows 2000 by default, but may be told otherwise.
    QUOTED_AT_ONCE = 900

    def _quoted(self, params: Sequence[Any]) -> list[str]:
        raw = self.connection.connection
        most = min(
            self.QUOTED_AT_ONCE,
            raw.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER),
            raw.getlimit(sqlite3.SQLITE_LIMIT_COLUMN),
        )
        quoted: list[str] = []
        for start in range(0, len(params), most):
            part = params[start : start + most]
            # A cursor of the driver itself, so that this is neither logged nor wrapped.
            row = raw.cursor().execute(f"SELECT {', '.join(['QUOTE(?)'] * len(part))}", part).fetchone()
            quoted += row
        return quoted


def _datetime(value: Any, expression: Any, connection: Any) -> Any:
    return None if value is None else read_datetime(value, zone_of(connection))


def _date(value: Any, expression: Any, connection: Any) -> Any:
    return value if value is None or isinstance(value, datetime.date) else read_date(value)


def _time(value: Any, expression: Any, connection: Any) -> Any:
    return value if value is None or isinstance(value, datetime.time) else read_time(value)


def _uuid(value: Any, expression: Any, connection: Any) -> Any:
    return None if value is None else uuid.UUID(value)


def _boolean(value: Any, expression: Any, connection: Any) -> Any:
    return bool(value) if value in (0, 1) else value


_CONVERTERS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "BooleanField": _boolean,
    "DateField": _date,
    "DateTimeField": _datetime,
    "TimeField": _time,
    "UUIDField": _uuid,
}

#: Floats carry fifteen decimal digits; what lies beyond is noise.
_from_float = decimal.Context(prec=15).create_decimal_from_float


def _digits(value: float | int) -> decimal.Decimal:
    """Read a number; the database keeps those without fraction as integers, which are exact."""
    return decimal.Decimal(value) if isinstance(value, int) else _from_float(value)


def decimal_converter(expression: Any) -> Callable[[Any, Any, Any], Any]:
    """Make what reads decimals, which SQLite keeps as floats: a column has known places, other values do not."""
    from nuages.db.models.expressions import Col

    places = expression.output_field.decimal_places if isinstance(expression, Col) else None
    if places is None:

        def read(value: Any, expression: Any, connection: Any) -> Any:
            return None if value is None else _digits(value)

        return read
    step = decimal.Decimal(1).scaleb(-places)
    context = expression.output_field.context

    def read_rounded(value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else _digits(value).quantize(step, context=context)

    return read_rounded
