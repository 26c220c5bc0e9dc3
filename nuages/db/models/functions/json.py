"""JSON documents put together from columns and values."""

from __future__ import annotations

from typing import Any

from nuages.db.models.expressions import Func, Value
from nuages.db.models.expressions.base import Sql
from nuages.db.models.fields.json import JSONField
from nuages.db.utils import NotSupportedError


class JSONArray(Func):
    """A JSON array of its arguments."""

    function = "JSON_ARRAY"
    output_field = JSONField()

    def as_sql(self, compiler: Any, connection: Any, **extra_context: Any) -> Sql:  # type: ignore[override]
        if not connection.features.supports_json_field:
            raise NotSupportedError("JSONFields are not supported on this database backend.")
        return super().as_sql(compiler, connection, **extra_context)


class JSONObject(Func):
    """A JSON object; keywords are its keys."""

    function = "JSON_OBJECT"
    output_field = JSONField()

    def __init__(self, **fields: Any) -> None:
        pairs: list[Any] = []
        for key, value in fields.items():
            # Keys are bound as values too, so nothing in them can reach the SQL text.
            pairs += [Value(key), value]
        super().__init__(*pairs)

    def as_sql(self, compiler: Any, connection: Any, **extra_context: Any) -> Sql:  # type: ignore[override]
        if not connection.features.has_json_object_function:
            raise NotSupportedError("JSONObject() is not supported on this database backend.")
        return super().as_sql(compiler, connection, **extra_context)
