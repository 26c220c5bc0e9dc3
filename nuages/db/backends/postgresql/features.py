"""What PostgreSQL can do."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from nuages.db.backends.base.features import BaseDatabaseFeatures
from nuages.db.exceptions import DataError, InterfaceError

_PROCEDURE = """
    CREATE {kind} test_procedure ({arguments}) {rest}
    AS $$
        DECLARE
            V_I INTEGER;
        BEGIN
            V_I := {value};
        END;
    $$ LANGUAGE plpgsql;"""


class DatabaseFeatures(BaseDatabaseFeatures):
    minimum_database_version: Any = (15,)
    closed_cursor_error_class: type[Exception] = InterfaceError
    prohibits_null_characters_in_text_exception: Any = (
        DataError,
        "PostgreSQL text fields cannot contain NUL (0x00) bytes",
    )
    test_now_utc_template: str | None = "STATEMENT_TIMESTAMP() AT TIME ZONE 'UTC'"
    greatest_least_ignores_nulls: bool = True
    nulls_order_largest: bool = True
    supported_explain_formats: Any = {"JSON", "TEXT", "XML", "YAML"}
    validates_explain_options: bool = False  # the server does

    has_native_boolean_field: bool = True
    has_native_duration_field: bool = True
    has_native_json_field: bool = True
    has_native_uuid_field: bool = True
    has_real_datatype: bool = True
    supports_no_precision_decimalfield: bool = True
    supports_unlimited_charfield: bool = True
    supports_stored_generated_columns: bool = True
    supports_temporal_subtraction: bool = True

    can_return_columns_from_insert: bool = True
    can_return_rows_from_bulk_insert: bool = True
    can_return_rows_from_update: bool = True
    insert_test_table_with_defaults: str | None = "INSERT INTO {} DEFAULT VALUES"
    supports_update_conflicts: bool = True
    supports_update_conflicts_with_target: bool = True

    allows_group_by_selected_pks: bool = True
    can_distinct_on_fields: bool = True
    only_supports_unbounded_with_preceding_and_following: bool = False
    requires_casted_case_in_updates: bool = True
    requires_literal_defaults: bool = False
    supports_aggregate_filter_clause: bool = True
    supports_aggregate_order_by_clause: bool = True
    supports_aggregate_distinct_multiple_argument: bool = False
    supports_bit_aggregations: bool = True
    supports_default_in_bit_aggregations: bool = True
    supports_frame_exclusion: bool = True
    supports_frame_range_fixed_distance: bool = True
    supports_nulls_distinct_unique_constraints: bool = True
    supports_over_clause: bool = True
    supports_slicing_ordering_in_compound: bool = True
    supports_uuid4_function: bool = True

    has_select_for_no_key_update: bool = True
    has_select_for_update: bool = True
    has_select_for_update_nowait: bool = True
    has_select_for_update_of: bool = True
    has_select_for_update_skip_locked: bool = True

    has_json_operators: bool = True
    json_key_contains_list_matching_requires_list: bool = True

    can_clone_databases: bool = True
    can_create_inline_fk: bool = True
    can_defer_constraint_checks: bool = True
    can_rollback_ddl: bool = True
    supports_deferrable_unique_constraints: bool = True

    can_rename_index: bool = True
    indexes_foreign_keys: bool = True
    supports_combined_alters: bool = True
    supports_comments: bool = True
    supports_covering_indexes: bool = True
    supports_tablespaces: bool = True
    supports_alter_generated_column_data_type: bool = False
    schema_editor_uses_clientside_param_binding: bool = True

    can_introspect_materialized_views: bool = True

    create_test_procedure_without_params_sql: str | None = _PROCEDURE.format(
        kind="PROCEDURE", arguments="", rest="", value=1
    )
    create_test_procedure_with_int_param_sql: str | None = _PROCEDURE.format(
        kind="PROCEDURE", arguments="P_I INTEGER", rest="", value="P_I"
    )
    test_collations: Any = {
        "deterministic": "C",
        "ci": None,
        "cs": None,
        "non_default": "sv-x-icu",
        "swedish_ci": "sv-x-icu",
        "virtual": "sv-x-icu",
    }

    def _at_least(self, *version: int) -> bool:
        return self.connection.get_database_version() >= version

    @cached_property
    def uses_server_side_binding(self) -> bool:
        """Parameters travel beside the SQL where OPTIONS says so."""
        return bool(self.connection.settings_dict["OPTIONS"].get("server_side_binding", False))

    @property
    def max_query_params(self) -> int | None:
        return 2**16 - 1 if self.uses_server_side_binding else None

    @cached_property
    def is_postgresql_16(self) -> bool:
        return self._at_least(16)

    @cached_property
    def is_postgresql_17(self) -> bool:
        return self._at_least(17)

    @cached_property
    def is_postgresql_18(self) -> bool:
        return self._at_least(18)

    @cached_property
    def supports_any_value(self) -> bool:
        return self._at_least(16)

    @cached_property
    def supports_virtual_generated_columns(self) -> bool:
        return self._at_least(18)

    @cached_property
    def supports_uuid7_function(self) -> bool:
        return self._at_least(18)

    @property
    def supports_uuid7_function_shift(self) -> bool:
        return self.supports_uuid7_function

    @cached_property
    def introspected_field_types(self) -> dict[str, str]:
        """Checks of positive integers are not part of their type."""
        usual = super().introspected_field_types
        return {
            **usual,
            **{f"Positive{size}IntegerField": f"{size}IntegerField" for size in ("", "Big", "Small")},
        }

    @cached_property
    def django_test_skips(self) -> dict[str, set[str]]:
        """Tests of Django's suite that presume what is set up otherwise."""
        if not self.uses_server_side_binding:
            return {}
        return {
            "The actual query cannot be determined for server side bindings": {
                "backends.base.test_base.ExecuteWrapperTests.test_wrapper_debug",
            }
        }
