"""Pass 5: what can be added once all fields are known."""

from __future__ import annotations

from functools import partialmethod
from typing import Any

from nuages.conf import settings
from nuages.db.models.definition.draft import Draft
from nuages.db.models.definition.order import add_order_accessors
from nuages.db.models.manager import Manager
from nuages.db.models.signals import class_prepared

__all__ = ["finish_abstract", "prepare", "register"]


def finish_abstract(draft: Draft) -> Any:
    """An abstract model keeps its Meta for its children, to whom `abstract` no longer applies."""
    if draft.own_meta is not None:
        draft.own_meta.abstract = False
        draft.cls.Meta = draft.own_meta
    return draft.cls


def prepare(cls: Any) -> None:
    """Key, order, URL override, manager, index names; then whoever waits for the class is told."""
    options = cls._meta
    options.prepare(cls)
    if options.order_with_respect_to:
        cls.get_next_in_order = partialmethod(cls._get_next_or_previous_in_order, is_next=True)
        cls.get_previous_in_order = partialmethod(cls._get_next_or_previous_in_order, is_next=False)
        add_order_accessors(cls)
    if cls.__doc__ is None:
        cls.__doc__ = f"{cls.__name__}({', '.join(field.name for field in options.fields)})"
    override = settings.ABSOLUTE_URL_OVERRIDES.get(options.label_lower)
    if override:
        cls.get_absolute_url = override
    if not options.managers:
        _add_default_manager(cls)
    for index in options.indexes:
        if not index.name:
            index.set_name_with_model(cls)
    class_prepared.send(sender=cls)


def _add_default_manager(cls: Any) -> None:
    if any(field.name == "objects" for field in cls._meta.fields):
        raise ValueError(
            f"Model {cls.__name__} must specify a custom Manager, because it has a field named 'objects'."
        )
    manager = Manager()
    manager.auto_created = True
    cls.add_to_class("objects", manager)


def register(draft: Draft) -> Any:
    options = draft.cls._meta
    options.apps.register_model(options.app_label, draft.cls)
    return draft.cls
