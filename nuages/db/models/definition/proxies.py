"""Proxy models: the same table under another class."""

from __future__ import annotations

from typing import Any

from nuages.db.models.definition.draft import Draft

__all__ = ["settle_proxy"]


def settle_proxy(draft: Draft) -> None:
    """Find the model a proxy stands for, and every model's concrete form."""
    cls, options = draft.cls, draft.cls._meta
    if not options.proxy:
        options.concrete_model = cls
        return
    inherited = draft.base_options
    if inherited is not None and inherited.swapped:
        raise TypeError(f"{draft.name} cannot proxy the swapped model '{inherited.swapped}'.")
    target = _target(draft)
    options.setup_proxy(target)
    options.concrete_model = target._meta.concrete_model


def _target(draft: Draft) -> Any:
    candidates = []
    for parent in draft.parents:
        if "_meta" not in parent.__dict__:
            continue  # Model itself.
        if not parent._meta.abstract:
            candidates.append(parent)
        elif parent._meta.fields:
            raise TypeError(
                f"Abstract base class containing model fields not permitted for proxy model '{draft.name}'."
            )
    concrete = {parent._meta.concrete_model for parent in candidates}
    if not concrete:
        raise TypeError(f"Proxy model '{draft.name}' has no non-abstract model base class.")
    if len(concrete) > 1:
        raise TypeError(f"Proxy model '{draft.name}' has more than one non-abstract model base class.")
    return candidates[0]
