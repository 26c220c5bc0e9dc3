"""The column that a field is stored in: its type on each database, and how queries write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nuages.conf import settings
from nuages.db import NotSupportedError
from nuages.utils.datastructures import DictWrapper
from nuages.utils.functional import cached_property


class Column:
    """What databases get to know of a field."""

    model: Any
    primary_key: bool
    _unique: bool
    _db_tablespace: str | None

    def get_internal_type(self) -> str:
        """The built-in field whose column type this one takes."""
        return self.__class__.__name__

    def db_type_parameters(self, connection: Any) -> Mapping[str, Any]:
        return DictWrapper(self.__dict__, connection.ops.quote_name, "qn_")

    def db_check(self, connection: Any) -> str | None:
        """The CHECK clause that belongs to the column type."""
        template = connection.data_type_check_constraints.get(self.get_internal_type())
        return template % self.db_type_parameters(connection) if template is not None else None

    def db_type(self, connection: Any) -> str | None:
        """The column type on this database; None for no column."""
        template = connection.data_types.get(self.get_internal_type())
        if template is None:
            return None
        parameters = self.db_type_parameters(connection)
        return template(parameters) if callable(template) else template % parameters

    def rel_db_type(self, connection: Any) -> str | None:
        """The column type of a ForeignKey that points at this field."""
        return self.db_type(connection)

    def cast_db_type(self, connection: Any) -> str | None:
        """The type to write in CAST(... AS type)."""
        template = connection.ops.cast_data_types.get(self.get_internal_type())
        return template % self.db_type_parameters(connection) if template else self.db_type(connection)

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """`type` and `check` of the column, for the schema editor."""
        return {"type": self.db_type(connection), "check": self.db_check(connection)}

    def db_type_suffix(self, connection: Any) -> str | None:
        return connection.data_types_suffix.get(self.get_internal_type())

    def get_db_converters(self, connection: Any) -> list[Any]:
        """Functions a value from the database goes through: `from_db_value`, where the class has one."""
        convert = getattr(self, "from_db_value", None)
        return [convert] if convert is not None else []

    # Cached, as what packages copy a field for is to write `field.unique = False` on it.
    @cached_property
    def unique(self) -> bool:
        return self._unique or self.primary_key

    @property
    def db_tablespace(self) -> str:
        return self._db_tablespace or settings.DEFAULT_INDEX_TABLESPACE

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        """Wrap the column in a SELECT list; fields such as geometries do."""
        return sql, params

    def slice_expression(self, expression: Any, start: int, length: int | None) -> Any:
        """Expression for `F(field)[start:stop]`."""
        raise NotSupportedError("This field does not support slicing.")

    def get_col(self, alias: str, output_field: Column | None = None) -> Any:
        """Expression for this column in the table called `alias`."""
        if alias == self.model._meta.db_table and (output_field is None or output_field is self):
            return self.cached_col
        from nuages.db.models.expressions import Col

        return Col(alias, self, output_field)

    @cached_property
    def cached_col(self) -> Any:
        from nuages.db.models.expressions import Col

        return Col(self.model._meta.db_table, self).keeping_writing()
