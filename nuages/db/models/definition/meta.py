"""Pass 2: `_meta` and the exceptions of a model."""

from __future__ import annotations

from typing import Any

from nuages.apps import apps
from nuages.core.exceptions import MultipleObjectsReturned, ObjectDoesNotExist, ObjectNotUpdated
from nuages.db import DatabaseError
from nuages.db.models.definition.draft import Draft
from nuages.db.models.options import Options

__all__ = ["attach_exceptions", "attach_options", "inherit_ordering"]


def attach_options(draft: Draft) -> None:
    """Read Meta. A concrete model has to belong to an app."""
    app_label = getattr(draft.meta, "app_label", None)
    config = apps.get_containing_app_config(draft.module)
    if app_label is None:
        if config is not None:
            app_label = config.label
        elif not draft.abstract:
            raise RuntimeError(
                f"Model class {draft.module}.{draft.name} doesn't declare an explicit app_label and isn't in an "
                "application in INSTALLED_APPS."
            )
    draft.cls.add_to_class("_meta", Options(draft.meta, app_label))
    # An inherited Meta may say `abstract = True` about its own class only.
    draft.cls._meta.abstract = draft.abstract


def attach_exceptions(draft: Draft) -> None:
    """`DoesNotExist`, `MultipleObjectsReturned` and `NotUpdated`, below those of concrete parents."""
    if draft.abstract:
        return
    roots: dict[str, tuple[type, ...]] = {
        "DoesNotExist": (ObjectDoesNotExist,),
        "MultipleObjectsReturned": (MultipleObjectsReturned,),
        "NotUpdated": (ObjectNotUpdated, DatabaseError),
    }
    cls = draft.cls
    concrete = [
        parent for parent in draft.parents if "_meta" in parent.__dict__ and not parent._meta.abstract
    ]
    for name, root in roots.items():
        bases = tuple(getattr(parent, name) for parent in concrete) or root
        namespace: dict[str, Any] = {"__module__": draft.module, "__qualname__": f"{cls.__qualname__}.{name}"}
        setattr(cls, name, type(name, bases, namespace))


def inherit_ordering(draft: Draft) -> None:
    """The two options a child takes from a concrete parent, unless its own Meta says otherwise."""
    inherited = draft.base_options
    if draft.abstract or inherited is None or inherited.abstract:
        return
    options = draft.cls._meta
    for name in ("ordering", "get_latest_by"):
        if not hasattr(draft.meta, name):
            setattr(options, name, getattr(inherited, name))
