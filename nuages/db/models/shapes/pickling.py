"""Pickling queries: with values in the places of slots, as slots and shapes belong to one process."""

from __future__ import annotations

from typing import Any

from nuages.db.models.shapes.filling import filled_state
from nuages.db.models.shapes.shape import STATE


def frozen_query(query: Any) -> dict[str, Any]:
    """What a pickled query consists of."""
    state = query.state()
    state = filled_state(state, query.values) if query.values else state
    extra = {
        name: value
        for name, value in query.__dict__.items()
        if name not in STATE and name not in ("values", "_shape", "offset")
    }
    # The classes of automatic models cannot be found by name in a module.
    model = state["model"]
    state = {**state, "model": None if model is None else (model._meta.app_label, model._meta.object_name)}
    return {
        "state": state,
        "extra": extra,
        "offset": query.offset,
        "values": () if query.values is not None else None,
    }


def thaw_query(query: Any, pickled: dict[str, Any]) -> None:
    """Put an unpickled query together."""
    from nuages.apps import apps

    query.__dict__.update({**STATE, **pickled["state"], **pickled["extra"]})
    if query.model is not None:
        query.model = apps.get_model(*query.model)
    query.values = pickled["values"]
    query.offset = pickled["offset"]
    query._shape = None
