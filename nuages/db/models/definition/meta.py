"""Pass 2: `_meta` and the exceptions of a model."""

from __future__ import annotations

import threading
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
    concrete = tuple(
        parent for parent in draft.parents if "_meta" in parent.__dict__ and not parent._meta.abstract
    )
    for name in _ROOTS:
        setattr(draft.cls, name, _ModelException(draft.cls, name, concrete))


_ROOTS: dict[str, tuple[type, ...]] = {
    "DoesNotExist": (ObjectDoesNotExist,),
    "MultipleObjectsReturned": (MultipleObjectsReturned,),
    "NotUpdated": (ObjectNotUpdated, DatabaseError),
}

# Two threads that ask at once get one class: what one raises, the other catches. A class asks for its parents'.
_making = threading.RLock()


class _ModelException:
    """An exception of a model, made when it is first asked for: classes are dear, and most are never needed."""

    __slots__ = ("model", "name", "parents")

    def __init__(self, model: type, name: str, parents: tuple[type, ...]) -> None:
        self.model = model
        self.name = name
        self.parents = parents

    def __get__(self, instance: Any, owner: type) -> Any:
        with _making:
            if self.model.__dict__[self.name] is self:
                setattr(self.model, self.name, self._made())
        return self.model.__dict__[self.name]

    def _made(self) -> type:
        model, name = self.model, self.name
        bases = tuple(getattr(parent, name) for parent in self.parents) or _ROOTS[name]
        return type(
            name, bases, {"__module__": model.__module__, "__qualname__": f"{model.__qualname__}.{name}"}
        )


def inherit_ordering(draft: Draft) -> None:
    """The two options a child takes from a concrete parent, unless its own Meta says otherwise."""
    inherited = draft.base_options
    if draft.abstract or inherited is None or inherited.abstract:
        return
    options = draft.cls._meta
    for name in ("ordering", "get_latest_by"):
        if not hasattr(draft.meta, name):
            setattr(options, name, getattr(inherited, name))
