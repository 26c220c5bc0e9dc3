"""A slice within each group of rows: what prefetching a sliced query set means."""

from __future__ import annotations

from typing import Any

from nuages.db.models.shapes.clauses import order_by
from nuages.db.models.shapes.shape import Shape
from nuages.db.models.shapes.steps import grow
from nuages.db.models.sql.where import WhereNode


def step(shape: Shape, values: tuple[Any, ...], field_name: str) -> tuple[Shape, tuple[Any, ...]]:
    """Rows numbered within each group by the query's order, and those kept whose number is in the slice."""
    child = shape.next.get(("slice per", field_name))
    if child is None:
        child = grow(
            shape,
            ("slice per", field_name),
            f"slice_per({field_name})",
            lambda draft, counter: _extend(draft, field_name),
        )
    return child, values


def _extend(draft: Any, field_name: str) -> None:
    from nuages.db.models.expressions import F, Window
    from nuages.db.models.functions import RowNumber
    from nuages.db.models.lookups import GreaterThan, LessThanOrEqual

    nodes, _ = order_by.resolved(draft)
    number = Window(RowNumber(), partition_by=field_name, order_by=nodes or F("pk")).resolve_expression(draft)
    low, count = draft.low, draft.count
    draft.low = draft.count = None
    conditions: list[Any] = []
    if low is not None:
        conditions.append(GreaterThan(number, low))
    if count is not None:
        conditions.append(LessThanOrEqual(number, count) if low is None else _within(number, low, count))
    draft.require(WhereNode(conditions))
    if draft.default_ordering or draft.order_by:
        return


def _within(number: Any, low: Any, count: Any) -> Any:
    """`number - low <= count`: both marks are parameters of their own."""
    from nuages.db.models.expressions import CombinedExpression, Value
    from nuages.db.models.fields import IntegerField
    from nuages.db.models.lookups import LessThanOrEqual

    skipped = CombinedExpression(
        number, "-", Value(low, output_field=IntegerField()), output_field=IntegerField()
    )
    return LessThanOrEqual(skipped, count)
