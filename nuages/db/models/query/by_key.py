"""`CASE WHEN key = … THEN … END` over many rows: what `bulk_update()` writes, without a node for each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nuages.db.models.expressions import Expression


class ByKey(Expression):
    """The value that belongs to each key. It holds its values itself, so a query with it is written each time."""

    shape_safe = False

    def __init__(self, field: Any, pairs: Sequence[tuple[Any, Any]], key: Any = None) -> None:
        super().__init__(output_field=field)
        self.target = field
        self.pairs = pairs
        self.key = key

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> ByKey:
        return ByKey(self.target, self.pairs, query.resolve_ref("pk", allow_joins, reuse, summarize))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, _ = compiler.compile(self.key)
        key_of, value_of = self.key.target.get_db_prep_value, self.target.get_db_prep_save
        params: list[Any] = []
        for key, value in self.pairs:
            params += (key_of(key, connection=connection), value_of(value, connection=connection))
        return f"CASE{f' WHEN {column} = %s THEN %s' * len(self.pairs)} ELSE NULL END", tuple(params)


def covers(field: Any, values: Sequence[Any]) -> bool:
    """Whether these values can be written so: plain ones, for a field without a placeholder of its own."""
    kind = type(field)
    plain = not any(hasattr(kind, name) for name in ("get_placeholder", "get_placeholder_sql"))
    return plain and not any(hasattr(value, "resolve_expression") for value in values)
