"""How values and a few clauses are written for PostgreSQL."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from nuages.conf import settings
from nuages.db.backends.base.operations import BaseDatabaseOperations, refuse_aware_time
from nuages.db.backends.postgresql import driver
from nuages.db.backends.postgresql.types import DATA_TYPES
from nuages.db.backends.utils import split_tzname_delta

#: Settings of EXPLAIN that are words, by our name.
_EXPLAIN_WORDS = frozenset(
    [
        "ANALYZE",
        "BUFFERS",
        "COSTS",
        "GENERIC_PLAN",
        "MEMORY",
        "SERIALIZE",
        "SETTINGS",
        "SUMMARY",
        "TIMING",
        "VERBOSE",
        "WAL",
    ]
)
_TEXT_LOOKUPS = re.compile(r"i?(exact|contains|startswith|endswith|regex)$")
# Not written as a parameter: nothing but a name, and no hyphens, two of which begin a comment.
_PART = re.compile(r"[A-Za-z_]+")
#: Parts of dates under PostgreSQL's names.
_PARTS = {"week_day": ("DOW", " + 1"), "iso_week_day": ("ISODOW", ""), "iso_year": ("ISOYEAR", "")}


class DatabaseOperations(BaseDatabaseOperations):
    cast_char_field_without_max_length: str | None = "varchar"
    explain_prefix: str | None = "EXPLAIN"
    explain_options = _EXPLAIN_WORDS
    #: A cast to a column's type must not make a sequence or check.
    cast_data_types: dict[str, str] = {
        name: DATA_TYPES[name] for name in ("AutoField", "BigAutoField", "SmallAutoField")
    }
    #: Integers that arithmetic must not take for smaller ones, with server-side binding.
    integerfield_type_map = {"SmallIntegerField": "int2", "IntegerField": "int4", "BigIntegerField": "int8"}

    def quote_name(self, name: str) -> str:
        return self.connection.dialect.quote(name) if self.connection else f'"{name}"'

    def max_name_length(self) -> int:
        """The limit of identifiers in bytes, as the server is usually built."""
        return 63

    def tablespace_sql(self, tablespace: str | None, inline: bool = False) -> str:
        return f"{'USING INDEX ' if inline else ''}TABLESPACE {self.quote_name(tablespace or '')}"

    # Clauses

    def deferrable_sql(self) -> str:
        return " DEFERRABLE INITIALLY DEFERRED"

    def distinct_sql(self, fields: Sequence[str], params: Any) -> tuple[list[str], list[Any]]:
        if not fields:
            return ["DISTINCT"], []
        return [f"DISTINCT ON ({', '.join(fields)})"], [value for group in params for value in group]

    def no_limit_value(self) -> None:
        return None

    def on_conflict_suffix_sql(
        self,
        fields: Sequence[Any],
        on_conflict: Any,
        update_fields: Sequence[str],
        unique_fields: Sequence[str],
    ) -> str:
        from nuages.db.models.constants import OnConflict

        if on_conflict == OnConflict.IGNORE:
            return "ON CONFLICT DO NOTHING"
        if on_conflict != OnConflict.UPDATE:
            return ""
        target = ", ".join(map(self.quote_name, unique_fields))
        changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in map(self.quote_name, update_fields))
        return f"ON CONFLICT({target}) DO UPDATE SET {changes}"

    def prepare_join_on_clause(
        self, lhs_table: str, lhs_field: Any, rhs_table: str, rhs_field: Any
    ) -> tuple[Any, Any]:
        from nuages.db.models.functions import Cast

        left, right = super().prepare_join_on_clause(lhs_table, lhs_field, rhs_table, rhs_field)
        # Unlike other databases this one compares no texts with numbers.
        if lhs_field.db_type(self.connection) != rhs_field.db_type(self.connection):
            right = Cast(right, lhs_field)
        return left, right

    def explain_query_prefix(self, format: str | None = None, **options: Any) -> str:
        given = {name.upper(): "true" if value else "false" for name, value in options.items()}
        unknown = given.keys() - self.explain_options
        prefix = super().explain_query_prefix(format, **dict.fromkeys(unknown, True))
        if unknown:
            raise ValueError(f"Unknown options: {', '.join(sorted(unknown))}")
        if format:
            given["FORMAT"] = format
        return prefix + (
            f" ({', '.join(f'{name} {value}' for name, value in given.items())})" if given else ""
        )

    def compose_sql(self, sql: str, params: Any) -> str:
        return driver.mogrify(sql, params, self.connection)

    # Text searches

    def lookup_cast(self, lookup_type: str, internal_type: str | None = None) -> str:
        if lookup_type == "isnull" and internal_type in {"CharField", "EmailField", "TextField"}:
            return "%s"
        if not _TEXT_LOOKUPS.match(lookup_type) or lookup_type == "exact":
            return "%s"
        text = "HOST(%s)" if internal_type in {"IPAddressField", "GenericIPAddressField"} else "%s::text"
        # Citext needs no help to ignore case, and would lose its index by UPPER.
        ignores_case = lookup_type in {"iexact", "icontains", "istartswith", "iendswith"}
        return f"UPPER({text})" if ignores_case else text

    def regex_lookup(self, lookup_type: str) -> str:
        return f"%s {'~*' if lookup_type == 'iregex' else '~'} %s"

    def prep_for_iexact_query(self, x: Any) -> str:
        return x

    # Dates

    def _part(self, lookup_type: str) -> str:
        if not _PART.fullmatch(lookup_type):
            raise ValueError(f"Invalid lookup type: {lookup_type!r}")
        return lookup_type

    def date_extract_sql(self, lookup_type: str, sql: str, params: Any) -> tuple[str, Any]:
        part, more = _PARTS.get(lookup_type, (self._part(lookup_type).upper(), ""))
        return f"EXTRACT({part} FROM {sql}){more}", params

    def time_extract_sql(self, lookup_type: str, sql: str, params: Any) -> tuple[str, Any]:
        if lookup_type == "second":  # without the fraction
            return f"EXTRACT(SECOND FROM DATE_TRUNC(%s, {sql}))", ("second", *params)
        return self.date_extract_sql(lookup_type, sql, params)

    datetime_seconds = time_extract_sql

    def date_trunc_sql(
        self, lookup_type: str, sql: str, params: Any, tzname: str | None = None
    ) -> tuple[str, Any]:
        sql, params = self._in_zone(sql, params, tzname)
        return f"DATE_TRUNC(%s, {sql})", (lookup_type, *params)

    def time_trunc_sql(
        self, lookup_type: str, sql: str, params: Any, tzname: str | None = None
    ) -> tuple[str, Any]:
        sql, params = self._in_zone(sql, params, tzname)
        return f"DATE_TRUNC(%s, {sql})::time", (lookup_type, *params)

    def _in_zone(self, sql: str, params: Any, tzname: Any) -> tuple[str, tuple[Any, ...]]:
        if tzname is None or not settings.USE_TZ:
            return sql, tuple(params)
        zone = self._zone_parameter(tzname)
        return f"{sql} AT TIME ZONE %s", (*params, zone)

    def _zone_parameter(self, tzname: Any) -> Any:
        if isinstance(tzname, str):
            return _posix_zone(tzname)
        from nuages.db.models.shapes.slots import Late

        return Late(lambda connection: _posix_zone(tzname.find(connection)))

    def datetime_cast_date_sql(self, sql: str, params: Any, tzname: str | None) -> tuple[str, Any]:
        sql, params = self._in_zone(sql, params, tzname)
        return f"({sql})::date", params

    def datetime_cast_time_sql(self, sql: str, params: Any, tzname: str | None) -> tuple[str, Any]:
        sql, params = self._in_zone(sql, params, tzname)
        return f"({sql})::time", params

    def datetime_extract_sql(
        self, lookup_type: str, sql: str, params: Any, tzname: str | None
    ) -> tuple[str, Any]:
        sql, params = self._in_zone(sql, params, tzname)
        return self.time_extract_sql(lookup_type, sql, params)

    def datetime_trunc_sql(
        self, lookup_type: str, sql: str, params: Any, tzname: str | None
    ) -> tuple[str, Any]:
        return self.date_trunc_sql(lookup_type, sql, params, tzname)

    def format_for_duration_arithmetic(self, sql: str) -> str:
        return sql

    def subtract_temporals(self, internal_type: str, lhs: Any, rhs: Any) -> tuple[str, Any]:
        if internal_type != "DateField":
            return super().subtract_temporals(internal_type, lhs, rhs)
        # Two dates give a number of days.
        (left, left_params), (right, right_params) = lhs, rhs
        return f"(interval '1 day' * ({left} - {right}))", (*left_params, *right_params)

    def set_time_zone_sql(self) -> str:
        return "SELECT set_config('TimeZone', %s, false)"

    # Values going out: the driver knows Python's types

    def adapt_datefield_value(self, value: Any) -> Any:
        return value

    def adapt_datetimefield_value(self, value: Any) -> Any:
        return value

    def adapt_timefield_value(self, value: Any) -> Any:
        return value

    def adapt_durationfield_value(self, value: Any) -> Any:
        return value

    def adapt_decimalfield_value(
        self, value: Any, max_digits: int | None = None, decimal_places: int | None = None
    ) -> Any:
        return value

    def adapt_ipaddressfield_value(self, value: Any) -> Any:
        return driver.inet(value) if value else None

    def adapt_json_value(self, value: Any, encoder: Any) -> Any:
        from psycopg.types.json import Jsonb

        return Jsonb(value, dumps=lambda obj: json.dumps(obj, cls=encoder))

    def unification_cast_sql(self, output_field: Any) -> str:
        # Branches that are all parameters would otherwise be text.
        kinds = {"GenericIPAddressField", "IPAddressField", "TimeField", "UUIDField"}
        if output_field.get_internal_type() in kinds:
            return f"CAST(%s AS {output_field.db_type(self.connection).split('(')[0]})"
        return "%s"

    def combine_expression(self, connector: str, sub_expressions: Sequence[str]) -> str:
        return super().combine_expression(connector, sub_expressions)

    # Whole tables

    def sql_flush(
        self, style: Any, tables: Sequence[str], *, reset_sequences: bool = False, allow_cascade: bool = False
    ) -> list[str]:
        if not tables:
            return []
        names = ", ".join(style.SQL_FIELD(self.quote_name(table)) for table in tables)
        words = [f"{style.SQL_KEYWORD('TRUNCATE')} {names}"]
        words += [style.SQL_KEYWORD("RESTART IDENTITY")] if reset_sequences else []
        words += [style.SQL_KEYWORD("CASCADE")] if allow_cascade else []
        return [" ".join(words) + ";"]

    def sequence_reset_by_name_sql(self, style: Any, sequences: Sequence[dict[str, Any]]) -> list[str]:
        select, table, field = style.SQL_KEYWORD("SELECT"), style.SQL_TABLE, style.SQL_FIELD
        return [
            f"{select} setval(pg_get_serial_sequence('{table(self.quote_name(sequence['table']))}',"
            f"'{field(sequence.get('column') or 'id')}'), 1, false);"
            for sequence in sequences
        ]

    def sequence_reset_sql(self, style: Any, model_list: Sequence[Any]) -> list[str]:
        statements = []
        for model in model_list:
            for field in model._meta.local_fields:
                if field.get_internal_type() in {"AutoField", "BigAutoField", "SmallAutoField"}:
                    statements.append(self._catch_up(style, model._meta.db_table, field.column))
                    break
        return statements

    def _catch_up(self, style: Any, table: str, column: str) -> str:
        quoted_table, quoted = (
            style.SQL_TABLE(self.quote_name(table)),
            style.SQL_FIELD(self.quote_name(column)),
        )
        keyword = style.SQL_KEYWORD
        return (
            f"{keyword('SELECT')} setval(pg_get_serial_sequence('{style.SQL_TABLE(self.quote_name(table))}',"
            f"'{style.SQL_FIELD(column)}'), coalesce(max({quoted}), 1), max({quoted}) "
            f"{keyword('IS NOT')} null) {keyword('FROM')} {quoted_table};"
        )

    def prepare_sql_script(self, sql: str) -> list[str]:
        """The server takes scripts whole."""
        return [sql]

    # Logs

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        try:
            return self.compose_sql(sql, params)
        except (driver.psycopg.DataError, driver.psycopg.ProgrammingError):
            return super().last_executed_query(cursor, sql, params)


def _posix_zone(tzname: str) -> str:
    """Turn an offset's sign around: the server reads `UTC+3` as three hours west."""
    name, sign, offset = split_tzname_delta(tzname)
    if not offset:
        return tzname
    return f"{name}{'-' if sign == '+' else '+'}{offset}"


def forbid_zoned_times(value: Any) -> None:
    """Raise for a time of day with a zone."""
    refuse_aware_time(value)
