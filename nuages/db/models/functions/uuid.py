"""UUIDs made by the database."""

from __future__ import annotations

from typing import Any

from nuages.db.models.expressions import Func
from nuages.db.models.expressions.base import Sql
from nuages.db.models.fields import UUIDField
from nuages.db.utils import NotSupportedError


class UUID4(Func):
    """A random UUID."""

    function = "UUIDV4"
    arity = 0
    output_field = UUIDField()

    def as_sql(self, compiler: Any, connection: Any, **extra_context: Any) -> Sql:  # type: ignore[override]
        if not connection.features.supports_uuid4_function:
            raise NotSupportedError("UUID4 is not supported on this database backend.")
        return super().as_sql(compiler, connection, **extra_context)


class UUID7(Func):
    """A UUID that sorts by the time it was made, moved by `shift` (a duration)."""

    function = "UUIDV7"
    output_field = UUIDField()

    def __init__(self, shift: Any = None, **extra: Any) -> None:
        super().__init__(*([] if shift is None else [shift]), **extra)

    def as_sql(self, compiler: Any, connection: Any, **extra_context: Any) -> Sql:  # type: ignore[override]
        features = connection.features
        if not features.supports_uuid7_function:
            raise NotSupportedError("UUID7 is not supported on this database backend.")
        if self.source_expressions and not features.supports_uuid7_function_shift:
            raise NotSupportedError("The shift argument to UUID7 is not supported on this database backend.")
        return super().as_sql(compiler, connection, **extra_context)
