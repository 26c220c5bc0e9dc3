"""Running a shape with values on a connection: bind, ask, and load what comes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from nuages.db.models.shapes import plan as planning
from nuages.db.models.shapes.slots import Opaque
from nuages.db.models.shapes.writing import Writer


def planned(
    shape: Any, values: tuple[Any, ...], connection: Any, writer: type[Writer] = Writer
) -> tuple[Any, Any]:
    """The plan and the parameters for one execution.

    Where third-party code has to see the values themselves, the query is planned with them, for this once.
    """
    try:
        plan = shape.plans.get(connection.dialect)
        if plan is None or (plan.still_holds is not None and not plan.still_holds(shape, connection)):
            plan = planning.make(shape, connection, writer)
            if not plan.volatile:
                shape.plans[connection.dialect] = plan
        return plan, plan.bind(values, connection) if plan.statement is not None else ()
    except Opaque:
        from nuages.db.models.shapes.filling import filled_shape

        plan = planning.make(filled_shape(shape, values), connection, writer)
        return plan, plan.bind((), connection) if plan.statement is not None else ()


def rows(shape: Any, values: tuple[Any, ...], connection: Any) -> tuple[Any, Sequence[Any]]:
    """The plan and all rows."""
    plan = shape.plans.get(connection.dialect)
    if plan is not None and plan.still_holds is None and plan.statement is not None:
        # What most plans are.
        try:
            params = plan.bind(values, connection)
        except Opaque:
            plan, params = planned(shape, values, connection)
    else:
        plan, params = planned(shape, values, connection)
        if plan.statement is None:
            return plan, ()
    return plan, connection.fetch(plan.statement, params)


def one_row(shape: Any, values: tuple[Any, ...], connection: Any) -> tuple[Any, Any]:
    """The plan and the first row, if there is one."""
    plan, params = planned(shape, values, connection)
    if plan.statement is None:
        return plan, None
    return plan, connection.fetch_one(plan.statement, params)


def chunks(
    shape: Any, values: tuple[Any, ...], connection: Any, size: int, chunked: bool
) -> Iterator[tuple[Any, Any]]:
    """The plan with some rows at a time."""
    from nuages.db.models.sql import compiler

    plan, params = planned(shape, values, connection)
    if plan.statement is None:
        return
    cursor = connection.chunked_cursor() if chunked else connection.cursor()
    try:
        cursor.execute(plan.statement.sql, params)
    except BaseException as error:
        compiler.close_quietly(cursor, error)
        raise
    for some in compiler.cursor_iter(cursor, [], None, size):
        yield plan, some
