"""System checks of a database: a backend says what it cannot store."""

from __future__ import annotations

from typing import Any


class BaseDatabaseValidation:
    """Collects check messages about a connection and about fields on it."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def check(self, **kwargs: Any) -> list[Any]:
        """Return messages about the database itself."""
        return []

    def check_field(self, field: Any, **kwargs: Any) -> list[Any]:
        """Return messages about a field, of the backend's `check_field_type` where it has one."""
        # Third-party backends add the method; relations and swapped models have no column of their own.
        examine = getattr(self, "check_field_type", None)
        if examine is None or field.remote_field is not None:
            return []
        column_type = field.db_type(connection=self.connection)
        return [] if column_type is None else examine(field, column_type)
