"""Fields that still write their placeholder the old way."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from nuages.utils.deprecation import RemovedInDjango2028Warning

if TYPE_CHECKING:
    from nuages.db.models.fields.base import Field


def adapt_get_placeholder(cls: type[Field[Any, Any, Any]]) -> None:
    """`get_placeholder()` gave only SQL; its successor gives SQL and parameters."""
    warnings.warn(
        "Field.get_placeholder is deprecated in favor of get_placeholder_sql. "
        f"Define {cls.__module__}.{cls.__qualname__}.get_placeholder_sql "
        "to return both SQL and parameters instead.",
        RemovedInDjango2028Warning,
        stacklevel=3,
    )

    def get_placeholder_sql(
        self: Any, value: Any, compiler: Any, connection: Any
    ) -> tuple[str, tuple[Any, ...]]:
        placeholder = self.get_placeholder(value, compiler, connection)
        if not hasattr(value, "as_sql"):
            return placeholder, (value,)
        sql, params = compiler.compile(value)
        return placeholder % sql, tuple(params)

    cls.get_placeholder_sql = get_placeholder_sql  # type: ignore[attr-defined]
