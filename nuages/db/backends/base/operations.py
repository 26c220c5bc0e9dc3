"""How values and a few clauses are written for a database: the `connection.ops` that Django documents by use.

What queries need often (operators, quoting, writers of expressions) is in the dialect; here are the calls that
fields, functions and third parties make.
"""

from __future__ import annotations

import datetime
import decimal
import json
from collections.abc import Iterable, Sequence
from typing import Any

from nuages.conf import settings
from nuages.db import transaction
from nuages.db.backends import utils
from nuages.db.exceptions import NotSupportedError
from nuages.utils import timezone
from nuages.utils.encoding import force_str


def _needed(name: str, kind: str = "may require a") -> NotImplementedError:
    return NotImplementedError(f"subclasses of BaseDatabaseOperations {kind} {name}() method")


class BaseDatabaseOperations:
    """What differs between databases, in the common form."""

    compiler_module: str = "nuages.db.models.sql.compiler"

    #: The values that integer fields can hold.
    integer_field_ranges: dict[str, tuple[int, int]] = {
        **dict.fromkeys(("SmallIntegerField", "SmallAutoField"), (-(2**15), 2**15 - 1)),
        **dict.fromkeys(("IntegerField", "AutoField"), (-(2**31), 2**31 - 1)),
        **dict.fromkeys(("BigIntegerField", "BigAutoField"), (-(2**63), 2**63 - 1)),
        "PositiveSmallIntegerField": (0, 2**15 - 1),
        "PositiveIntegerField": (0, 2**31 - 1),
        "PositiveBigIntegerField": (0, 2**63 - 1),
    }
    set_operators: dict[str, str] = {"union": "UNION", "intersection": "INTERSECT", "difference": "EXCEPT"}
    #: From a field's internal type to the type that Cast() uses, where that is not the column's.
    cast_data_types: dict[str, str] = {}
    cast_char_field_without_max_length: str | None = None
    explain_prefix: str | None = None

    # Bounds of window frames
    PRECEDING, FOLLOWING, CURRENT_ROW = "PRECEDING", "FOLLOWING", "CURRENT ROW"
    UNBOUNDED_PRECEDING, UNBOUNDED_FOLLOWING = "UNBOUNDED PRECEDING", "UNBOUNDED FOLLOWING"

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    # Names and quoting

    def quote_name(self, name: str) -> str:
        """Put a name in quotes, unless it has them."""
        raise _needed("quote_name")

    def max_name_length(self) -> int | None:
        """Return how long names may be, None for any length."""
        return None

    def tablespace_sql(self, tablespace: str | None, inline: bool = False) -> str:
        """Return the clause that puts a table or index in a tablespace."""
        return ""

    # Clauses

    def autoinc_sql(self, table: str, column: str) -> Any:
        """Return statements a numbered column needs besides itself, None for none."""
        return None

    def bulk_batch_size(self, fields: Sequence[Any], objs: Sequence[Any]) -> int:
        """Return how many rows of `fields` one statement can take."""
        limit = self.connection.features.max_query_params
        width = sum(_width(field) for field in fields)
        return limit // width if limit and width else len(objs)

    def fk_on_delete_sql(self, operation: Any) -> str:
        """Return what a foreign key does by itself when the row it points to is deleted."""
        if operation not in {"CASCADE", "SET NULL", "SET DEFAULT", None, ""}:
            raise NotImplementedError(f"ON DELETE {operation} is not supported.")
        return f" ON DELETE {operation}" if operation else ""

    def deferrable_sql(self) -> str:
        """Return what makes a constraint wait for the end of the transaction."""
        return ""

    def distinct_sql(self, fields: Sequence[str], params: Any) -> tuple[list[str], list[Any]]:
        """Return the words of DISTINCT."""
        if fields:
            raise NotSupportedError("DISTINCT ON fields is not supported by this database backend")
        return ["DISTINCT"], []

    def for_update_sql(
        self, nowait: bool = False, skip_locked: bool = False, of: Sequence[str] = (), no_key: bool = False
    ) -> str:
        """Return the locking clause of a SELECT."""
        words = ["FOR", "NO KEY" if no_key else "", "UPDATE", f"OF {', '.join(of)}" if of else ""]
        words.append("NOWAIT" if nowait else "SKIP LOCKED" if skip_locked else "")
        return " ".join(filter(None, words))

    def force_no_ordering(self) -> list[Any]:
        """Return the ORDER BY that means none, where there has to be one."""
        return []

    def no_limit_value(self) -> Any:
        """Return the LIMIT that means none."""
        raise _needed("no_limit_value")

    def limit_offset_sql(self, low_mark: int | None, high_mark: int | None) -> str:
        """Return LIMIT and OFFSET for rows from `low_mark` up to `high_mark`."""
        low = low_mark or 0
        limit = self.no_limit_value() if high_mark is None and low else None
        if high_mark is not None:
            limit = high_mark - low
        return " ".join(
            f"{word} {number}"
            for word, number in (("LIMIT", limit), ("OFFSET", low or None))
            if number is not None
        )

    def _get_limit_offset_params(self, low_mark: int | None, high_mark: int | None) -> tuple[Any, int]:
        low = low_mark or 0
        if high_mark is not None:
            return high_mark - low, low
        return (self.no_limit_value(), low) if low else (None, low)

    def bulk_insert_sql(self, fields: Sequence[Any], placeholder_rows: Iterable[Sequence[str]]) -> str:
        """Return VALUES with a group of placeholders per row."""
        return "VALUES " + ", ".join(f"({', '.join(row)})" for row in placeholder_rows)

    def insert_statement(self, on_conflict: Any = None) -> str:
        """Return how an INSERT begins."""
        return "INSERT INTO"

    def on_conflict_suffix_sql(
        self,
        fields: Sequence[Any],
        on_conflict: Any,
        update_fields: Sequence[str],
        unique_fields: Sequence[str],
    ) -> str:
        """Return what an INSERT does where the row is there already."""
        return ""

    def returning_columns(self, fields: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
        """Return RETURNING with columns of the rows that a statement touched."""
        if not fields:
            return "", ()
        quote = self.quote_name
        columns = [f"{quote(field.model._meta.db_table)}.{quote(field.column)}" for field in fields]
        return f"RETURNING {', '.join(columns)}", ()

    return_insert_columns = returning_columns

    def fetch_returned_rows(self, cursor: Any, returning_params: Any = ()) -> list[Any]:
        """Return the rows of RETURNING."""
        return cursor.fetchall()

    fetch_returned_insert_rows = fetch_returned_rows

    def fetch_returned_insert_columns(self, cursor: Any, returning_params: Any = ()) -> Any:
        """Return the one row of RETURNING."""
        return cursor.fetchone()

    def last_insert_id(self, cursor: Any, table_name: str, pk_name: str) -> Any:
        """Return the number that the last inserted row got."""
        return cursor.lastrowid

    def pk_default_value(self) -> str:
        """Return what stands for 'number it yourself' in VALUES."""
        return "DEFAULT"

    def prepare_join_on_clause(
        self, lhs_table: str, lhs_field: Any, rhs_table: str, rhs_field: Any
    ) -> tuple[Any, Any]:
        """Return both sides of a join's condition."""
        from nuages.db.models.expressions import Col

        return Col(lhs_table, lhs_field), Col(rhs_table, rhs_field)

    def explain_query_prefix(self, format: str | None = None, **options: Any) -> str:
        """Return what goes before a query to have it explained."""
        features = self.connection.features
        if not features.supports_explaining_query_execution:
            raise NotSupportedError("This backend does not support explaining query execution.")
        if format:
            known = features.supported_explain_formats
            if format.upper() not in known:
                message = f"{format.upper()} is not a recognized format."
                if known:
                    message += f" Allowed formats: {', '.join(sorted(known))}"
                else:
                    message += f" {self.connection.display_name} does not support any formats."
                raise ValueError(message)
        if options and features.validates_explain_options:
            raise ValueError(f"Unknown options: {', '.join(sorted(options))}")
        return self.explain_prefix or ""

    def compose_sql(self, sql: str, params: Any) -> str:
        """Return SQL with its parameters put in."""
        raise _needed("compose_sql")

    # Text searches

    def lookup_cast(self, lookup_type: str, internal_type: str | None = None) -> str:
        """Return how a lookup's left side is cast; `%s` stands for it."""
        return "%s"

    def field_cast_sql(self, db_type: str | None, internal_type: str) -> str:
        """Return how a column is cast in a WHERE."""
        return "%s"

    def regex_lookup(self, lookup_type: str) -> str:
        """Return how a regular expression is searched for."""
        raise _needed("regex_lookup")

    def prep_for_like_query(self, x: Any) -> str:
        """Escape the wildcards of LIKE."""
        return str(x).translate(_LIKE_ESCAPES)

    def prep_for_iexact_query(self, x: Any) -> str:
        """Escape the wildcards for a comparison that ignores case."""
        return self.prep_for_like_query(x)

    # Dates

    def date_extract_sql(self, lookup_type: str, sql: str, params: Any) -> tuple[str, Any]:
        """Return the part `lookup_type` of a date."""
        raise _needed("date_extract_sql")

    def date_trunc_sql(
        self, lookup_type: str, sql: str, params: Any, tzname: str | None = None
    ) -> tuple[str, Any]:
        """Return a date cut down to `lookup_type`."""
        raise _needed("date_trunc_sql")

    def time_trunc_sql(
        self, lookup_type: str, sql: str, params: Any, tzname: str | None = None
    ) -> tuple[str, Any]:
        """Return a time cut down to `lookup_type`."""
        raise _needed("time_trunc_sql")

    def time_extract_sql(self, lookup_type: str, sql: str, params: Any) -> tuple[str, Any]:
        """Return the part `lookup_type` of a time."""
        return self.date_extract_sql(lookup_type, sql, params)

    def datetime_cast_date_sql(self, sql: str, params: Any, tzname: str | None) -> tuple[str, Any]:
        """Return the date of a datetime."""
        raise _needed("datetime_cast_date_sql")

    def datetime_cast_time_sql(self, sql: str, params: Any, tzname: str | None) -> tuple[str, Any]:
        """Return the time of a datetime."""
        raise _needed("datetime_cast_time_sql")

    def datetime_extract_sql(
        self, lookup_type: str, sql: str, params: Any, tzname: str | None
    ) -> tuple[str, Any]:
        """Return the part `lookup_type` of a datetime."""
        raise _needed("datetime_extract_sql")

    def datetime_trunc_sql(
        self, lookup_type: str, sql: str, params: Any, tzname: str | None
    ) -> tuple[str, Any]:
        """Return a datetime cut down to `lookup_type`."""
        raise _needed("datetime_trunc_sql")

    def year_lookup_bounds_for_date_field(self, value: int, iso_year: bool = False) -> list[Any]:
        """Return the first and the last date of a year."""
        first, last = _year(value, iso_year)
        return [self.adapt_datefield_value(first), self.adapt_datefield_value(last)]

    def year_lookup_bounds_for_datetime_field(self, value: int, iso_year: bool = False) -> list[Any]:
        """Return the first and the last moment of a year in the current time zone."""
        first, last = _year(value, iso_year)
        moments = [
            datetime.datetime.combine(first, datetime.time.min),
            datetime.datetime.combine(last, datetime.time.max),
        ]
        if settings.USE_TZ:
            moments = [timezone.make_aware(moment, timezone.get_current_timezone()) for moment in moments]
        return [self.adapt_datetimefield_value(moment) for moment in moments]

    def format_for_duration_arithmetic(self, sql: str) -> str:
        """Return a duration in the form that arithmetic with dates wants."""
        raise _needed("format_for_duration_arithmetic")

    def subtract_temporals(self, internal_type: str, lhs: Any, rhs: Any) -> tuple[str, Any]:
        """Return the duration between two dates, times or datetimes."""
        if not self.connection.features.supports_temporal_subtraction:
            raise NotSupportedError(f"This backend does not support {internal_type} subtraction.")
        (left, left_params), (right, right_params) = lhs, rhs
        return f"({left} - {right})", (*left_params, *right_params)

    def set_time_zone_sql(self) -> str:
        """Return the statement that sets the session's time zone to its parameter."""
        return ""

    # Values going out

    def adapt_unknown_value(self, value: Any) -> Any:
        """Write a value of which only its class is known."""
        for kind, adapt in (
            (datetime.datetime, self.adapt_datetimefield_value),
            (datetime.date, self.adapt_datefield_value),
            (datetime.time, self.adapt_timefield_value),
            (decimal.Decimal, self.adapt_decimalfield_value),
        ):
            if isinstance(value, kind):
                return adapt(value)
        return value

    def adapt_integerfield_value(self, value: Any, internal_type: str) -> Any:
        return value

    def adapt_datefield_value(self, value: Any) -> Any:
        return None if value is None else str(value)

    def adapt_datetimefield_value(self, value: Any) -> Any:
        return None if value is None else str(value)

    def adapt_timefield_value(self, value: Any) -> Any:
        if value is None:
            return None
        refuse_aware_time(value)
        return str(value)

    def adapt_durationfield_value(self, value: Any) -> Any:
        """Write a duration as microseconds."""
        return None if value is None else value // datetime.timedelta(microseconds=1)

    def adapt_decimalfield_value(
        self, value: Any, max_digits: int | None = None, decimal_places: int | None = None
    ) -> Any:
        return utils.format_number(value, max_digits, decimal_places)

    def adapt_ipaddressfield_value(self, value: Any) -> Any:
        return value or None

    def adapt_json_value(self, value: Any, encoder: Any) -> Any:
        return json.dumps(value, cls=encoder)

    def validate_autopk_value(self, value: Any) -> Any:
        """Return a value for a numbered column, or raise where the database takes it for 'number it yourself'."""
        return value

    def integer_field_range(self, internal_type: str) -> tuple[int | None, int | None]:
        """Return the least and the greatest value of an integer field."""
        return self.integer_field_ranges[internal_type]

    def binary_placeholder_sql(self, value: Any, compiler: Any = None) -> str:
        """Return the placeholder of binary data."""
        return "%s"

    def modify_insert_params(self, placeholder: str, params: Any) -> Any:
        return params

    def process_clob(self, value: Any) -> Any:
        """Return the text of a large object."""
        return value

    # Values coming in

    def get_db_converters(self, expression: Any) -> list[Any]:
        """Return functions `(value, expression, connection) -> value` for a column of results."""
        return []

    def convert_durationfield_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Read a duration kept as microseconds."""
        return None if value is None else datetime.timedelta(microseconds=value)

    # What a database cannot do

    def check_expression_support(self, expression: Any) -> None:
        """Raise NotSupportedError for an expression that the database would misunderstand."""

    def conditional_expression_supported_in_where_clause(self, expression: Any) -> bool:
        """Say whether a boolean expression may stand alone in WHERE."""
        return True

    def combine_expression(self, connector: str, sub_expressions: Sequence[str]) -> str:
        """Return two expressions with an operator between them."""
        return f" {connector} ".join(sub_expressions)

    def combine_duration_expression(self, connector: str, sub_expressions: Sequence[str]) -> str:
        """Return a date and a duration with an operator between them."""
        return self.combine_expression(connector, sub_expressions)

    def unification_cast_sql(self, output_field: Any) -> str:
        """Return how branches of one expression are cast to one type."""
        return "%s"

    def window_frame_value(self, value: int) -> str:
        """Return a number of rows before or after the current one."""
        if value < 0:
            return f"{abs(value)} {self.PRECEDING}"
        return f"{value} {self.FOLLOWING}" if value else self.CURRENT_ROW

    def window_frame_rows_start_end(
        self, start: int | None = None, end: int | None = None
    ) -> tuple[str, str]:
        """Return where a frame of rows begins and ends."""
        for name, value in (("start", start), ("end", end)):
            if value is not None and not isinstance(value, int):
                raise ValueError(f"{name} argument must be an integer, zero, or None, but got '{value}'.")
        if start is not None and end is not None and start > end:
            raise ValueError("start cannot be greater than end.")
        features = self.connection.features
        if features.only_supports_unbounded_with_preceding_and_following and (start or end):
            raise NotSupportedError(
                f"{self.connection.display_name} only supports UNBOUNDED together with PRECEDING and FOLLOWING."
            )
        first = self.UNBOUNDED_PRECEDING if start is None else self.window_frame_value(start)
        return first, self.UNBOUNDED_FOLLOWING if end is None else self.window_frame_value(end)

    def window_frame_range_start_end(
        self, start: int | None = None, end: int | None = None
    ) -> tuple[str, str]:
        """Return where a frame of values begins and ends."""
        for name, value, sign, way in (("start", start, "negative", -1), ("end", end, "positive", 1)):
            if value is not None and not (isinstance(value, int) and value * way >= 0):
                raise ValueError(
                    f"{name} argument must be a {sign} integer, zero, or None, but got '{value}'."
                )
        bounds = self.window_frame_rows_start_end(start, end)
        features = self.connection.features
        if features.only_supports_unbounded_with_preceding_and_following and (
            (start and start < 0) or (end and end > 0)
        ):
            raise NotSupportedError(
                f"{self.connection.display_name} only supports UNBOUNDED together with PRECEDING and FOLLOWING."
            )
        return bounds

    def cache_key_culling_sql(self) -> str:
        """Return what finds the key that the first so many rows of a cache's table end before."""
        key = self.quote_name("cache_key")
        return f"SELECT {key} FROM %s ORDER BY {key} LIMIT 1 OFFSET %%s"

    # Transactions

    def start_transaction_sql(self) -> str:
        return "BEGIN;"

    def end_transaction_sql(self, success: bool = True) -> str:
        return "COMMIT;" if success else "ROLLBACK;"

    def savepoint_create_sql(self, sid: str) -> str:
        return f"SAVEPOINT {self.quote_name(sid)}"

    def savepoint_commit_sql(self, sid: str) -> str:
        return f"RELEASE SAVEPOINT {self.quote_name(sid)}"

    def savepoint_rollback_sql(self, sid: str) -> str:
        return f"ROLLBACK TO SAVEPOINT {self.quote_name(sid)}"

    # Whole tables

    def sql_flush(
        self, style: Any, tables: Sequence[str], *, reset_sequences: bool = False, allow_cascade: bool = False
    ) -> list[str]:
        """Return statements that empty tables."""
        raise NotImplementedError("subclasses of BaseDatabaseOperations must provide an sql_flush() method")

    def execute_sql_flush(self, sql_list: Sequence[str]) -> None:
        """Run the statements of `sql_flush`."""
        with (
            transaction.atomic(
                using=self.connection.alias, savepoint=self.connection.features.can_rollback_ddl
            ),
            self.connection.cursor() as cursor,
        ):
            for sql in sql_list:
                cursor.execute(sql)

    def sequence_reset_by_name_sql(self, style: Any, sequences: Sequence[dict[str, Any]]) -> list[str]:
        """Return statements that set sequences back to their beginning."""
        return []

    def sequence_reset_sql(self, style: Any, model_list: Sequence[Any]) -> list[str]:
        """Return statements that make the sequences of models go on after the rows there are."""
        return []

    def prepare_sql_script(self, sql: str) -> list[str]:
        """Split a script into statements, without comments."""
        import sqlparse

        bare = (sqlparse.format(statement, strip_comments=True) for statement in sqlparse.split(sql))
        return [statement for statement in bare if statement]

    # Logs

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """Return a statement with its parameters, for people to read."""

        def shown(value: Any) -> str:
            return force_str(value, strings_only=False, errors="replace")

        if isinstance(params, (list, tuple)):
            readable: Any = tuple(map(shown, params))
        elif params is None:
            readable = ()
        else:
            readable = {shown(name): shown(value) for name, value in params.items()}
        return f"QUERY = {sql!r} - PARAMS = {readable!r}"

    def format_debug_sql(self, sql: str) -> str:
        """Lay a statement out over several lines, for people to read."""
        import sqlparse

        return sqlparse.format(sql, reindent=True, keyword_case="upper")

    def compiler(self, compiler_name: str) -> Any:
        """Return a class of the compiler module by name."""
        from importlib import import_module

        return getattr(import_module(self.compiler_module), compiler_name)


_LIKE_ESCAPES = str.maketrans({mark: "\\" + mark for mark in "\\%_"})


def refuse_aware_time(value: Any) -> None:
    """Raise for a time with a zone: no database keeps it."""
    if timezone.is_aware(value):
        raise ValueError("Django does not support timezone-aware times.")


def _width(field: Any) -> int:
    """Return how many columns a field has: composite keys have several."""
    parts = getattr(field, "fields", None)
    return len(parts) if parts else 1


def _year(year: int, iso: bool) -> tuple[datetime.date, datetime.date]:
    if not iso:
        return datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    last_day = datetime.date.fromisocalendar(year + 1, 1, 1) - datetime.timedelta(days=1)
    return datetime.date.fromisocalendar(year, 1, 1), last_day
