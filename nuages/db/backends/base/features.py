"""What a database can do, under the names that Django's test-suite and third-party code ask for.

The engine itself reads the frozen record in `nuages.db.backends.dialect`; this face is for everybody else.
Defaults describe a database that follows the SQL standard.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from nuages.db.exceptions import ProgrammingError


class BaseDatabaseFeatures:
    """Capabilities of a connection's database, one attribute each."""

    # Limits
    max_query_params: Any = None
    minimum_database_version: Any = None
    bare_select_suffix: str = ""
    closed_cursor_error_class: type[Exception] = ProgrammingError
    test_now_utc_template: str | None = None
    time_cast_precision: int = 6
    greatest_least_ignores_nulls: bool = False
    empty_intersection_returns_none: bool = True
    gis_enabled: bool = False
    supported_explain_formats: ClassVar[Any] = set()
    validates_explain_options: bool = True

    # Fields and types
    allows_auto_pk_0: bool = True
    has_native_boolean_field: bool = False
    has_native_duration_field: bool = False
    has_native_json_field: bool = False
    has_native_uuid_field: bool = False
    has_real_datatype: bool = False
    interprets_empty_strings_as_nulls: bool = False
    prohibits_null_characters_in_text_exception: Any = True
    related_fields_match_type: bool = False
    rounds_to_even: bool = False
    supports_collation_on_charfield: bool = True
    supports_collation_on_textfield: bool = True
    supports_no_precision_decimalfield: bool = False
    supports_non_deterministic_collations: bool = True
    supports_stored_generated_columns: bool = False
    supports_subqueries_in_group_by: bool = True
    supports_temporal_subtraction: bool = False
    has_zoneinfo_database: bool = True
    supports_timezones: bool = True
    supports_unlimited_charfield: bool = False
    supports_virtual_generated_columns: bool = False

    # Rows going in
    can_return_columns_from_insert: bool = False
    can_return_rows_from_bulk_insert: bool = False
    can_return_rows_from_update: bool = False
    has_bulk_insert: bool = True
    has_native_upsert: bool = False
    supports_default_keyword_in_bulk_insert: bool = True
    supports_default_keyword_in_insert: bool = True
    supports_expression_defaults: bool = True
    supports_ignore_conflicts: bool = True
    supports_update_conflicts: bool = False
    supports_update_conflicts_with_target: bool = False
    update_can_self_select: bool = True
    delete_can_self_reference_subquery: bool = True

    # Queries
    allow_sliced_subqueries_with_in: bool = True
    allows_group_by_lob: bool = True
    allows_group_by_select_index: bool = True
    allows_group_by_selected_pks: bool = False
    can_distinct_on_fields: bool = False
    connection_persists_old_columns: bool = False
    can_use_chunked_reads: bool = True
    has_case_insensitive_like: bool = False
    requires_casted_case_in_updates: bool = False
    supports_logical_xor: bool = False
    ignores_unnecessary_order_by_in_subqueries: bool = True
    nulls_order_largest: bool = False
    only_supports_unbounded_with_preceding_and_following: bool = False
    order_by_nulls_first: bool = False
    requires_explicit_null_ordering_when_grouping: bool = False
    requires_literal_defaults: bool = False
    requires_compound_order_by_subquery: bool = False
    supports_aggregate_distinct_multiple_argument: bool = True
    supports_aggregate_filter_clause: bool = False
    supports_aggregate_order_by_clause: bool = False
    supports_any_value: bool = False
    supports_bit_aggregations: bool = False
    supports_boolean_expr_in_select_clause: bool = True
    supports_cast_with_precision: bool = True
    supports_combined_alters: bool = False
    supports_comparing_boolean_expr: bool = True
    supports_date_lookup_using_string: bool = True
    supports_default_in_bit_aggregations: bool = True
    supports_default_in_lead_lag: bool = True
    supports_frame_exclusion: bool = False
    supports_frame_range_fixed_distance: bool = False
    supports_nulls_distinct_unique_constraints: bool = False
    supports_order_by_nulls_modifier: bool = True
    supports_over_clause: bool = False
    supports_parentheses_in_compound: bool = True
    supports_partially_nullable_unique_constraints: bool = True
    supports_nullable_unique_constraints: bool = True
    supports_regex_backreferencing: bool = True
    supports_select_difference: bool = True
    supports_select_intersection: bool = True
    supports_select_union: bool = True
    supports_sequence_reset: bool = True
    supports_slicing_ordering_in_compound: bool = False
    supports_tuple_comparison_against_subquery: bool = True
    supports_tuple_lookups: bool = True
    supports_uuid4_function: bool = False
    supports_uuid7_function: bool = False
    supports_uuid7_function_shift: bool = False
    collate_as_index_expression: bool = False

    # Locks
    has_select_for_no_key_update: bool = False
    has_select_for_update: bool = False
    has_select_for_update_nowait: bool = False
    has_select_for_update_of: bool = False
    has_select_for_update_skip_locked: bool = False
    select_for_update_of_column: bool = False
    supports_select_for_update_with_limit: bool = True

    # JSON
    can_introspect_json_field: bool = True
    has_json_object_function: bool = True
    has_json_operators: bool = False
    json_key_contains_list_matching_requires_list: bool = False
    supports_json_field: bool | cached_property[bool] = True
    supports_json_field_contains: bool = True
    supports_json_negative_indexing: bool = True
    supports_primitives_in_json_field: bool = True

    # Transactions and constraints
    atomic_transactions: bool = True
    autocommits_when_autocommit_is_off: bool = False
    can_clone_databases: bool = False
    can_create_inline_fk: bool = True
    can_defer_constraint_checks: bool = False
    can_release_savepoints: bool = True
    can_rollback_ddl: bool = False
    supports_deferrable_unique_constraints: bool = False
    supports_column_check_constraints: bool = True
    supports_foreign_keys: bool = True
    supports_forward_references: bool = True
    supports_on_delete_db_cascade: bool = True
    supports_on_delete_db_default: bool = True
    supports_on_delete_db_null: bool = True
    supports_table_check_constraints: bool = True
    uses_savepoints: bool = True

    # Schema
    allows_multiple_constraints_on_same_fields: bool = True
    can_alter_table_rename_column: bool = True
    can_rename_index: bool = False
    indexes_foreign_keys: bool = True
    ignores_table_name_case: bool = False
    supports_alter_generated_column_data_type: bool = True
    supports_comments: bool = False
    supports_comments_inline: bool = False
    supports_covering_indexes: bool = False
    supports_expression_indexes: bool = True
    supports_functions_in_partial_indexes: bool = True
    supports_index_column_ordering: bool = True
    supports_index_on_text_field: bool = True
    supports_partial_indexes: bool = True
    supports_tablespaces: bool = False
    supports_unspecified_pk: bool = False
    truncates_names: bool = False
    schema_editor_uses_clientside_param_binding: bool = False

    # Introspection
    can_introspect_check_constraints: bool = True
    can_introspect_default: bool = True
    can_introspect_foreign_keys: bool = True
    can_introspect_materialized_views: bool = False
    introspected_big_auto_field_type: str = "BigAutoField"
    supports_inspectdb: bool = True

    # Drivers
    create_test_procedure_with_int_param_sql: str | None = None
    create_test_procedure_without_params_sql: str | None = None
    insert_test_table_with_defaults: str | None = None
    supports_callproc_kwargs: bool = False
    supports_paramstyle_pyformat: bool = True
    test_db_allows_multiple_connections: bool = True
    uses_server_side_binding: bool = False

    #: Collations that tests may use: case-insensitive, case-sensitive, other, Swedish, virtual.
    test_collations: ClassVar[dict[str, str | None]] = dict.fromkeys(
        ("ci", "cs", "non_default", "swedish_ci", "virtual")
    )
    django_test_expected_failures: Any = frozenset()
    django_test_skips: Any = {}

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    @cached_property
    def introspected_field_types(self) -> dict[str, str]:
        """What introspection finds for columns of each field class."""
        names = (
            "AutoField BigAutoField BigIntegerField BinaryField BooleanField CharField DurationField "
            "GenericIPAddressField IntegerField PositiveBigIntegerField PositiveIntegerField "
            "PositiveSmallIntegerField SmallAutoField SmallIntegerField TimeField"
        )
        return {name: name for name in names.split()}

    @cached_property
    def supports_explaining_query_execution(self) -> bool:
        """EXPLAIN is there when there is a prefix for it."""
        return self.connection.ops.explain_prefix is not None

    @cached_property
    def supports_transactions(self) -> bool:
        """Found out by trying: a row written and rolled back must be gone."""
        quote = self.connection.ops.quote_name
        table = quote("ROLLBACK_TEST")
        with self.connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE {table} (X INT)")
            try:
                self.connection.set_autocommit(False)
                cursor.execute(f"INSERT INTO {table} (X) VALUES (8)")
                self.connection.rollback()
                self.connection.set_autocommit(True)
                cursor.execute(f"SELECT COUNT(X) FROM {table}")
                (count,) = cursor.fetchone()
            finally:
                cursor.execute(f"DROP TABLE {table}")
        return count == 0

    def allows_group_by_selected_pks_on_model(self, model: Any) -> bool:
        """Say whether grouping by a primary key is enough to select the other columns of `model`."""
        return self.allows_group_by_selected_pks and model._meta.managed
