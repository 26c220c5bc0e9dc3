"""Nodes remember what they were made from: to be compared, and to be written into migrations."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Self

from nuages.compat import spelled
from nuages.utils.hashable import make_hashable


class Rebuildable:
    """Keeps the constructor's arguments and gives them back from `deconstruct()`."""

    #: The arguments, unless the node was changed since.
    _made_from: tuple[Any, ...] | None
    #: The keywords, where there were any: most of a query's nodes are made without, and are many.
    _made_with: Mapping[str, Any] = MappingProxyType({})

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        node = super().__new__(cls)
        node._made_from = args
        if kwargs:
            node._made_with = kwargs
        return node

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Path, arguments and keywords that make an equal node."""
        return path_of(type(self)), self._made_from, dict(self._made_with)  # type: ignore[arg-type, return-value]


@lru_cache(maxsize=512)
def path_of(cls: type) -> str:
    """The path of a class; of one of ours by the outermost package that offers it, which is the documented one."""
    module = cls.__module__
    if module.startswith("nuages.db.models."):
        parts = module.split(".")
        packages = (".".join(parts[:depth]) for depth in range(3, len(parts)))
        offering = (name for name in packages if getattr(sys.modules[name], cls.__name__, None) is cls)
        module = next(offering, module)
    return spelled(f"{module}.{cls.__qualname__}")


def _signature(cls: type) -> inspect.Signature:
    found = cls.__dict__.get("_init_signature")
    if found is None:
        options: dict[str, Any] = {}
        if (
            hasattr(inspect, "get_annotations")
            and "annotation_format" in inspect.signature.__code__.co_varnames
        ):
            # Python 3.14: names in annotations may only exist for type checkers.
            from annotationlib import Format  # type: ignore[import-not-found]

            options["annotation_format"] = Format.FORWARDREF
        found = inspect.signature(cls.__init__, **options)
        cls._init_signature = found  # type: ignore[attr-defined]
    return found  # type: ignore[no-any-return]


def identity_of(cls: type, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Any, ...]:
    """The arguments bound to their names, hashable; equal however they were passed."""
    bound = _signature(cls).bind_partial(None, *args, **kwargs)
    bound.apply_defaults()
    items = list(bound.arguments.items())[1:]
    return tuple((name, comparable(value)) for name, value in items)


def comparable(value: Any) -> Any:
    """A hashable stand-in: bound fields by name, loose fields by type, containers item by item."""
    from nuages.db.models.fields import Field

    if isinstance(value, Field):
        if value.name and getattr(value, "model", None) is not None:
            return (value.model._meta.label, value.name)
        return type(value)
    if isinstance(value, dict):
        return tuple(
            (key, comparable(inner)) for key, inner in sorted(value.items(), key=lambda pair: str(pair[0]))
        )
    if isinstance(value, (list, tuple)):
        return tuple(comparable(inner) for inner in value)
    return make_hashable(value)
