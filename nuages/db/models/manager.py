"""Managers: where a model's queries start."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Never, Self, overload

from nuages.compat import spelled
from nuages.db import router
from nuages.db.models.rows import Given, M, Q
from nuages.utils.generics import Generic

if TYPE_CHECKING:
    from nuages.db.models.base import Model
    from nuages.db.models.query import QuerySet
    from nuages.db.models.query.forwarded import Forwarded

__all__ = ["BaseManager", "EmptyManager", "Manager", "ManagerDescriptor"]


class ManagerAttribute:
    """What a model's `objects` is for type checkers until a manager is put there."""

    if TYPE_CHECKING:

        def __get__(self, instance: None, owner: type[Given]) -> Manager[Given]: ...


class BaseManager(ManagerAttribute, Generic[M]):
    """Base for managers made with `from_queryset()`; offers no query methods of its own."""

    creation_counter = 0
    auto_created = False
    #: Whether migrations keep this manager for historical models.
    use_in_migrations = False

    if TYPE_CHECKING:
        # The program finds a ManagerDescriptor on the model.
        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...
        @overload
        def __get__(self, instance: Model, owner: type) -> Never: ...
        @overload
        def __get__(self, instance: object, owner: type) -> Self: ...
        def __get__(self, instance: Any, owner: type) -> Any: ...

    _queryset_class: Any
    _constructor_args: tuple[tuple[Any, ...], dict[str, Any]]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        # Kept for deconstruct(), whatever a subclass does with them.
        made = super().__new__(cls)
        made._constructor_args = (args, kwargs)
        return made

    def __init__(self) -> None:
        super().__init__()
        self.model: type[M] = None  # type: ignore[assignment]  # until a model takes it
        self.name: str = None  # type: ignore[assignment]
        self._db: str | None = None
        self._hints: dict[str, Any] = {}
        self._set_creation_counter()

    def _set_creation_counter(self) -> None:
        self.creation_counter = BaseManager.creation_counter
        BaseManager.creation_counter += 1

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.name}"

    def __eq__(self, other: object) -> bool:
        # Migrations ask, of managers that belong to no model yet.
        return isinstance(other, self.__class__) and self._constructor_args == other._constructor_args

    # Equal managers may have different, unhashable state; identity is what sets and dicts need.
    __hash__ = object.__hash__

    def deconstruct(
        self,
    ) -> tuple[bool, str | None, str | None, tuple[Any, ...] | None, dict[str, Any] | None]:
        """`(as_manager, manager_path, queryset_path, args, kwargs)` for a migration."""
        queryset_class = self._queryset_class
        if getattr(self, "_built_with_asmanager", False):
            return True, None, _path_of(queryset_class), None, None
        cls = self.__class__
        module = inspect.getmodule(cls)
        if getattr(module, cls.__name__, None) is None:
            raise ValueError(
                f"Could not find manager {cls.__name__} in {spelled(cls.__module__)}.\n"
                "Please note that you need to inherit from managers you dynamically generated with 'from_queryset()'."
            )
        args, kwargs = self._constructor_args
        return False, _path_of(cls), None, args, kwargs

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    @classmethod
    def _get_queryset_methods(cls, queryset_class: type) -> dict[str, Callable[..., Any]]:
        """Functions that pass a call on to a fresh query set."""
        methods = {}
        for name, method in inspect.getmembers(queryset_class, predicate=inspect.isfunction):
            if hasattr(cls, name):
                continue
            # Said explicitly by the method, else: private methods stay behind.
            queryset_only = getattr(method, "queryset_only", None)
            if queryset_only or (queryset_only is None and name.startswith("_")):
                continue
            methods[name] = _passed_on(name, method)
        return methods

    @classmethod
    def from_queryset(
        cls, queryset_class: type[Q], class_name: str | None = None
    ) -> type[QuerySetManager[Any, Q]]:
        """A manager class that has the public methods of `queryset_class`."""
        name = class_name or f"{cls.__name__}From{queryset_class.__name__}"
        made: Any = type(
            name, (cls,), {"_queryset_class": queryset_class, **cls._get_queryset_methods(queryset_class)}
        )
        return made

    def contribute_to_class(self, cls: Any, name: str) -> None:
        """Become the manager `name` of the model `cls`."""
        self.name = self.name or name
        self.model = cls
        setattr(cls, name, ManagerDescriptor(self))
        cls._meta.add_manager(self)

    def db_manager(self, using: str | None = None, hints: dict[str, Any] | None = None) -> Self:
        """A copy of this manager on another database."""
        other = copy.copy(self)
        other._db = using or self._db
        other._hints = hints or self._hints
        return other

    @property
    def db(self) -> str:
        return self._db or router.db_for_read(self.model, **self._hints)

    def get_queryset(self) -> QuerySet[M]:
        """A new query set of all rows. Override this to narrow what the manager sees."""
        return self._queryset_class(model=self.model, using=self._db, hints=self._hints)

    def all(self) -> QuerySet[M]:
        """A copy of what get_queryset() gives."""
        # Not passed on like the others: a related manager with prefetched rows must hand out those.
        return self.get_queryset()


def _passed_on(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(self.get_queryset(), name)(*args, **kwargs)

    return forward


def _path_of(cls: type) -> str:
    return spelled(f"{cls.__module__}.{cls.__name__}")


class ManagerDescriptor:
    """Hands the manager out on the class and refuses it on instances."""

    def __init__(self, manager: BaseManager) -> None:
        self.manager = manager

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is not None:
            raise AttributeError(f"Manager isn't accessible via {cls.__name__} instances")
        options = cls._meta
        if options.abstract:
            raise AttributeError(f"Manager isn't available; {cls._meta.object_name} is abstract")
        if options.swapped:
            raise AttributeError(
                f"Manager isn't available; '{options.label}' has been swapped for '{options.swapped}'"
            )
        return options.managers_map[self.manager.name]


if TYPE_CHECKING:

    class Manager(BaseManager[M], Forwarded[M]):
        """The default manager, with all methods of QuerySet."""

    class QuerySetManager(Manager[M], Generic[M, Q]):
        """A manager made from a class of query sets; what the model hands out has that class's methods."""

        @overload
        def __get__(self, instance: None, owner: type) -> Q: ...
        @overload
        def __get__(self, instance: object, owner: type) -> Never: ...
        def __get__(self, instance: Any, owner: type) -> Any: ...

else:

    def _plain_manager() -> type[BaseManager]:
        # The query side imports fields, which import managers: its class is looked up when this module is ready.
        from nuages.db.models.query import QuerySet

        return BaseManager.from_queryset(QuerySet)

    class Manager(_plain_manager()):
        """The default manager, with all methods of QuerySet."""


class EmptyManager(Manager[M]):
    """A manager whose query sets are empty."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def get_queryset(self) -> QuerySet[M]:
        return super().get_queryset().none()
