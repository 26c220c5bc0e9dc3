"""OVER: functions of a row's neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

from nuages.db.models.expressions.base import Expression, Sql
from nuages.db.models.expressions.ordering import OrderByList
from nuages.db.models.expressions.values import Value
from nuages.db.models.expressions.wrapping import ExpressionList


class Window(Expression):
    """A window-compatible expression computed over a partition, in an order, within a frame."""

    template = "%(expression)s OVER (%(window)s)"
    # The clauses around the expression must not be taken for aggregates of the query.
    contains_aggregate = False  # type: ignore[assignment]
    contains_over_clause = True  # type: ignore[assignment]

    def __init__(
        self,
        expression: Any,
        partition_by: Any = None,
        order_by: Any = None,
        frame: Any = None,
        output_field: Any = None,
    ) -> None:
        if not getattr(expression, "window_compatible", False):
            raise ValueError(
                f"Expression '{expression.__class__.__name__}' isn't compatible with OVER clauses."
            )
        if partition_by is not None:
            many = partition_by if isinstance(partition_by, (tuple, list)) else (partition_by,)
            partition_by = ExpressionList(*many)
        super().__init__(output_field=output_field)
        self.partition_by = partition_by
        self.order_by = OrderByList.from_param("Window.order_by", order_by)
        self.frame = frame
        self.source_expression = self._parse_expressions(expression)[0]

    def __str__(self) -> str:
        clauses = (
            f"PARTITION BY {self.partition_by}" if self.partition_by else "",
            str(self.order_by) if self.order_by else "",
            str(self.frame) if self.frame else "",
        )
        return f"{self.source_expression} OVER ({''.join(clauses)})"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def _resolve_output_field(self) -> Any:
        return self.source_expression.output_field

    def get_source_expressions(self) -> list[Any]:
        return [self.source_expression, self.partition_by, self.order_by, self.frame]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.source_expression, self.partition_by, self.order_by, self.frame = exprs

    def as_sql(self, compiler: Any, connection: Any, template: str | None = None) -> Sql:
        connection.ops.check_expression_support(self)
        if not connection.features.supports_over_clause:
            from nuages.db.utils import NotSupportedError

            raise NotSupportedError("This backend does not support window expressions.")
        expression, expression_params = compiler.compile(self.source_expression)
        clauses: list[str] = []
        params: list[Any] = []
        for keyword, part in (("PARTITION BY ", self.partition_by), ("", self.order_by), ("", self.frame)):
            if part is not None:
                sql, part_params = compiler.compile(part)
                clauses.append(keyword + sql)
                params.extend(part_params)
        text = (template or self.template) % {"expression": expression, "window": " ".join(clauses)}
        return text, (*expression_params, *params)

    def get_group_by_cols(self) -> list[Any]:
        columns = [] if self.partition_by is None else self.partition_by.get_group_by_cols()
        if self.order_by is not None:
            columns = [*columns, *self.order_by.get_group_by_cols()]
        return columns


class WindowFrameExclusion(Enum):
    """Rows near the current one that a frame leaves out."""

    CURRENT_ROW = "CURRENT ROW"
    GROUP = "GROUP"
    TIES = "TIES"
    NO_OTHERS = "NO OTHERS"

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}.{self._name_}"


class WindowFrame(Expression):
    """Which rows around the current one a window function sees."""

    template = "%(frame_type)s BETWEEN %(start)s AND %(end)s%(exclude)s"
    frame_type: str
    structure = ("frame_type", "exclusion")

    def __init__(self, start: int | None = None, end: int | None = None, exclusion: Any = None) -> None:
        super().__init__()
        self.start = Value(start)
        self.end = Value(end)
        if not isinstance(exclusion, (type(None), WindowFrameExclusion)):
            raise TypeError(f"{type(self).__qualname__}.exclusion must be a WindowFrameExclusion instance.")
        self.exclusion = exclusion

    # The bounds are part of the SQL text, so they are structure and not inner expressions to bind.

    def __str__(self) -> str:
        return self._written(_bound(self.start.value, "PRECEDING"), _bound(self.end.value, "FOLLOWING"))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def _written(self, start: str, end: str) -> str:
        left_out = f" EXCLUDE {self.exclusion.value}" if self.exclusion else ""
        return self.template % {
            "frame_type": self.frame_type,
            "start": start,
            "end": end,
            "exclude": left_out,
        }

    def get_source_expressions(self) -> list[Any]:
        return [self.start, self.end]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.start, self.end = exprs

    def get_group_by_cols(self) -> list[Any]:
        return []

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        connection.ops.check_expression_support(self)
        start, end = self.window_frame_start_end(connection, self.start.value, self.end.value)
        if self.exclusion and not connection.features.supports_frame_exclusion:
            from nuages.db.utils import NotSupportedError

            raise NotSupportedError("This backend does not support window frame exclusions.")
        return self._written(start, end), ()

    def window_frame_start_end(self, connection: Any, start: Any, end: Any) -> tuple[str, str]:
        """The two bounds as the database writes them."""
        raise NotImplementedError("Subclasses must implement window_frame_start_end().")


def _bound(value: Any, unbounded: str) -> str:
    """One end of a frame, for people to read."""
    if value is None:
        return f"UNBOUNDED {unbounded}"
    if not isinstance(value, int):
        return repr(value)
    if value == 0:
        return "CURRENT ROW"
    return f"{abs(value)} {'PRECEDING' if value < 0 else 'FOLLOWING'}"


class RowRange(WindowFrame):
    """A frame counted in rows."""

    frame_type = "ROWS"

    def window_frame_start_end(self, connection: Any, start: Any, end: Any) -> tuple[str, str]:
        return connection.ops.window_frame_rows_start_end(start, end)  # type: ignore[no-any-return]


class ValueRange(WindowFrame):
    """A frame counted in values of the ordering expression."""

    frame_type = "RANGE"

    def window_frame_start_end(self, connection: Any, start: Any, end: Any) -> tuple[str, str]:
        return connection.ops.window_frame_range_start_end(start, end)  # type: ignore[no-any-return]
