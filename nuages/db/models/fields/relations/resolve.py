"""Names of models in relations, resolved when the model is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from nuages.db.models.utils import make_model_tuple

__all__ = ["RECURSIVE_RELATIONSHIP_CONSTANT", "cached_parents", "lazy_related_operation", "resolve_relation"]

RECURSIVE_RELATIONSHIP_CONSTANT = "self"


def resolve_relation(scope_model: Any, relation: Any) -> Any:
    """The model, or its whole label, that `relation` means when said in `scope_model`."""
    if relation == RECURSIVE_RELATIONSHIP_CONSTANT:
        return scope_model
    if isinstance(relation, str) and "." not in relation:
        return f"{scope_model._meta.app_label}.{relation}"
    return relation


def cached_parents(instance: Any) -> Iterator[Any]:
    """Instances of parent models that the instance holds already, nearest first."""
    if not instance._state.has_related:
        return
    for link in instance._meta.concrete_model._meta.parents.values():
        if link and link.is_cached(instance):
            parent = link.get_cached_value(instance)
            if parent is not None:
                yield parent
                yield from cached_parents(parent)


def lazy_related_operation(
    function: Callable[..., Any], model: Any, *related_models: Any, **kwargs: Any
) -> None:
    """Call `function(model, *related_models, **kwargs)` once all of them are registered."""
    keys = [
        make_model_tuple(each)
        for each in (model, *(resolve_relation(model, other) for other in related_models))
    ]
    model._meta.apps.lazy_model_operation(partial(function, **kwargs), *keys)
