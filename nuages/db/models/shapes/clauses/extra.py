"""`extra()`: raw SQL in the parts of a query."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nuages.db.models.shapes.clauses import select as select_clause
from nuages.db.models.sql.where import ExtraWhere

if TYPE_CHECKING:
    from nuages.db.models.shapes.draft import Draft

_PLACEHOLDER = re.compile(r"%(%|s)")


def extend(
    draft: Draft,
    select: Mapping[str, Any] | None,
    select_params: Sequence[Any] | None,
    where: Sequence[str] | None,
    params: Sequence[Any] | None,
    tables: Sequence[str] | None,
    order_by: Sequence[str] | None,
    everything: bool,
) -> None:
    """Add raw columns, conditions, tables and ordering. `everything`: values() named nothing before."""
    if select:
        given = iter(select_params or ())
        added: dict[str, tuple[str, tuple[Any, ...]]] = {}
        for name, sql in select.items():
            select_clause.check_alias(name)
            text = str(sql)
            wanted = sum(1 for found in _PLACEHOLDER.findall(text) if found == "s")
            added[name] = (text, tuple(next(given) for _ in range(wanted)))
        draft.extra = {**draft.extra, **added}
        if draft.selection is None:
            draft.extra_hidden -= set(added)
        elif everything:
            # values() without names means whatever there is, also what comes later.
            chosen = tuple(select_clause.Selected(name, "extra") for name in added)
            draft.selection = (*chosen, *draft.selection)
            draft.extra_hidden -= set(added)
        else:
            draft.extra_hidden |= set(added)
    if where or params:
        draft.require(ExtraWhere(where or (), params))
    if tables:
        draft.extra_tables = (*draft.extra_tables, *tables)
    if order_by:
        draft.extra_order_by = tuple(order_by)
