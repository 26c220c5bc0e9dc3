"""What SQLite can do."""

from __future__ import annotations

import sqlite3
from functools import cached_property
from typing import Any

from nuages.db import transaction
from nuages.db.backends.base.features import BaseDatabaseFeatures
from nuages.db.exceptions import OperationalError, ProgrammingError

VERSION = sqlite3.sqlite_version_info


class DatabaseFeatures(BaseDatabaseFeatures):
    minimum_database_version: Any = (3, 37)
    closed_cursor_error_class: type[Exception] = ProgrammingError
    test_now_utc_template: str | None = "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')"
    time_cast_precision: int = 3
    test_db_allows_multiple_connections: bool = False
    supported_explain_formats: Any = set()

    allows_auto_pk_0: bool = True
    introspected_big_auto_field_type: str = "AutoField"
    supports_timezones: bool = False
    supports_unlimited_charfield: bool = True
    supports_unspecified_pk: bool = True
    supports_virtual_generated_columns: bool = True
    supports_stored_generated_columns: bool = True
    supports_no_precision_decimalfield: bool = True
    has_real_datatype: bool = True

    can_return_columns_from_insert: bool = True
    can_return_rows_from_bulk_insert: bool = True
    can_return_rows_from_update: bool = True
    insert_test_table_with_defaults: str | None = 'INSERT INTO {} ("null") VALUES (1)'
    supports_default_keyword_in_insert: bool = False
    supports_default_keyword_in_bulk_insert: bool = False
    supports_update_conflicts: bool = True
    supports_update_conflicts_with_target: bool = True

    collate_as_index_expression: bool = True
    order_by_nulls_first: bool = True
    requires_compound_order_by_subquery: bool = True
    # NUL bytes are kept like others.
    prohibits_null_characters_in_text_exception: Any = False
    supports_aggregate_distinct_multiple_argument: bool = False
    supports_aggregate_filter_clause: bool = True
    supports_aggregate_order_by_clause: bool = VERSION >= (3, 44)
    supports_any_value: bool = True
    has_case_insensitive_like: bool = True
    supports_bit_aggregations: bool = True
    supports_cast_with_precision: bool = False
    supports_frame_exclusion: bool = True
    supports_frame_range_fixed_distance: bool = True
    supports_nulls_distinct_unique_constraints: bool = False
    supports_over_clause: bool = True
    supports_parentheses_in_compound: bool = False
    supports_temporal_subtraction: bool = True
    supports_tuple_comparison_against_subquery: bool = True
    supports_uuid4_function: bool = True
    supports_uuid7_function: bool = True
    supports_uuid7_function_shift: bool = True
    supports_select_for_update_with_limit: bool = True

    has_json_object_function: bool = True
    json_key_contains_list_matching_requires_list: bool = True
    supports_json_field_contains: bool = False

    atomic_transactions: bool = False
    can_clone_databases: bool = True
    can_create_inline_fk: bool = False
    can_defer_constraint_checks: bool = True
    can_rollback_ddl: bool = True
    requires_literal_defaults: bool = True

    can_alter_table_drop_column: bool = VERSION >= (3, 35, 5)
    ignores_table_name_case: bool = True

    test_collations: Any = {
        **dict.fromkeys(("ci", "non_default", "virtual"), "nocase"),
        "cs": "binary",
        "swedish_ci": None,
    }

    @property
    def max_query_params(self) -> int:
        """The limit of variables, as this connection has it."""
        self.connection.ensure_connection()
        return self.connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)

    @cached_property
    def supports_json_field(self) -> bool:
        """JSON functions may be left out when the library is compiled."""
        try:
            with self.connection.cursor() as cursor, transaction.atomic(self.connection.alias):
                cursor.execute("""SELECT JSON('{"a": "b"}')""")
        except OperationalError as error:
            if "no such function" in str(error):
                return False
            raise
        return True

    @property
    def can_introspect_json_field(self) -> bool:
        """A column's JSON_VALID check is what tells it from text."""
        return self.supports_json_field

    @property
    def can_return_rows(self) -> bool:
        """RETURNING came with 3.35."""
        return VERSION >= (3, 35)

    @cached_property
    def introspected_field_types(self) -> dict[str, str]:
        """SQLite does not know how large an integer is, nor durations."""
        usual = super().introspected_field_types
        autos = dict.fromkeys(("BigAutoField", "SmallAutoField"), "AutoField")
        return {**usual, **autos, "DurationField": "BigIntegerField", "GenericIPAddressField": "CharField"}

    @cached_property
    def django_test_skips(self) -> dict[str, set[str]]:
        """Tests of Django's suite that presume something this database does not have."""
        always = {
            "SQLite builds a table anew where others alter a column.": {
                "schema.tests.SchemaTests.test_unique_and_reverse_m2m",
                "schema.tests.SchemaTests.test_unique_no_unnecessary_fk_drops",
            },
            "SQLite keeps decimals as floats of fifteen digits.": {
                "model_fields.test_decimalfield.DecimalFieldTests.test_fetch_from_db_without_float_rounding"
            },
        }
        in_memory = {
            "SQLite in-memory databases are one connection.": {
                "backends.tests.ThreadTests.test_closing_non_shared_connections",
                "backends.tests.ThreadTests.test_default_connection_thread_local",
            }
        }
        return {**always, **in_memory} if self.connection.is_in_memory_db() else always
