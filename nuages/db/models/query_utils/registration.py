"""The lookup registry: lookups and transforms known to a class, and to one field on top of it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from types import MethodType
from typing import Any, ClassVar, TypeVar

Registered = TypeVar("Registered", bound=type)


class LookupGeneration:
    """Counts changes of the registry: what was resolved under an older number may be stale."""

    __slots__ = ("listeners", "value")

    def __init__(self) -> None:
        self.value = 0
        self.listeners: list[Callable[[], None]] = []

    def advance(self) -> None:
        """Note a change and tell those who keep resolved lookups."""
        self.value += 1
        for listener in self.listeners:
            listener()


lookup_generation = LookupGeneration()


def on_lookup_change(listener: Callable[[], None]) -> Callable[[], None]:
    """Have `listener()` called whenever a lookup is registered or taken away."""
    lookup_generation.listeners.append(listener)
    return listener


class _TwoFaced:
    """A method with one body for the class and one for its instances."""

    def __init__(self, of_class: Callable[..., Any], of_instance: Callable[..., Any]) -> None:
        self.of_class = of_class
        self.of_instance = of_instance

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return MethodType(self.of_class, owner)
        return MethodType(self.of_instance, instance)


class RegisterLookupMixin:
    """Lets lookups and transforms be registered on a class or on one of its instances."""

    # A class that sets this in its body does not inherit the lookups of its bases.
    lookups_start_here: ClassVar[bool] = False

    @classmethod
    @functools.cache
    def get_class_lookups(cls) -> dict[str, Any]:
        """All lookups of the class: its own before those of its bases."""
        found: dict[str, Any] = {}
        for base in inspect.getmro(cls):
            for name, lookup in base.__dict__.get("class_lookups", {}).items():
                found.setdefault(name, lookup)
            if base.__dict__.get("lookups_start_here"):
                break
        return found

    def _instance_lookups(self) -> dict[str, Any]:
        own = self.__dict__.get("instance_lookups")
        inherited = self.get_class_lookups()
        return {**inherited, **own} if own else inherited

    def _class_lookups(cls) -> dict[str, Any]:
        return cls.get_class_lookups()

    get_lookups: Any = _TwoFaced(_class_lookups, _instance_lookups)

    def _named(self, name: str) -> Any:
        return self.get_lookups().get(name)

    def get_lookup(self, lookup_name: str) -> Any:
        """The lookup of that name, or None."""
        from nuages.db.models.lookups import Lookup

        return self._of_kind(lookup_name, Lookup, "get_lookup")

    def get_transform(self, lookup_name: str) -> Any:
        """The transform of that name, or None."""
        from nuages.db.models.lookups import Transform

        return self._of_kind(lookup_name, Transform, "get_transform")

    def _of_kind(self, name: str, kind: type, asking: str) -> Any:
        found = self._named(name)
        if found is None:
            # A transform without a lookup of its own offers those of its result's type.
            field = getattr(self, "output_field", None)
            return None if field is None or field is self else getattr(field, asking)(name)
        if isinstance(found, type) and not issubclass(found, kind):
            return None
        return found

    @classmethod
    def _register_on_class(cls, lookup: Registered, lookup_name: str | None = None) -> Registered:
        if "class_lookups" not in cls.__dict__:
            cls.class_lookups = {}  # type: ignore[attr-defined]
        cls.class_lookups[lookup_name or lookup.lookup_name] = lookup  # type: ignore[attr-defined]
        cls._forget()
        return lookup

    def _register_on_instance(self, lookup: Registered, lookup_name: str | None = None) -> Registered:
        own = self.__dict__.setdefault("instance_lookups", {})
        own[lookup_name or lookup.lookup_name] = lookup  # type: ignore[attr-defined]
        lookup_generation.advance()
        return lookup

    def _unregister_on_class(cls, lookup: Any, lookup_name: str | None = None) -> None:
        del cls.class_lookups[lookup_name or lookup.lookup_name]  # type: ignore[attr-defined]
        cls._forget()

    def _unregister_on_instance(self, lookup: Any, lookup_name: str | None = None) -> None:
        del self.instance_lookups[lookup_name or lookup.lookup_name]  # type: ignore[attr-defined]
        lookup_generation.advance()

    register_lookup: Any = _TwoFaced(_register_on_class.__func__, _register_on_instance)  # type: ignore[attr-defined]
    _unregister_lookup: Any = _TwoFaced(_unregister_on_class, _unregister_on_instance)

    @classmethod
    def _forget(cls) -> None:
        # The cache hangs on the function, so this forgets the tables of every class. Registration is rare.
        RegisterLookupMixin.get_class_lookups.cache_clear()  # type: ignore[attr-defined]
        lookup_generation.advance()
