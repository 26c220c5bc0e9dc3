"""Filling a new instance from constructor arguments, by a plan made once per model."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from nuages.core.exceptions import FieldDoesNotExist
from nuages.db.models.fields import Field
from nuages.db.models.fields.related import ForeignKey, ForeignObject
from nuages.db.models.query_utils import DeferredAttribute
from nuages.db.models.state import DEFERRED

__all__ = ["Constructor"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One field's place on the instance."""

    name: str
    attname: str
    concrete: bool
    #: No column, or computed by the database: nothing to put there unless it is given.
    virtual: bool
    #: A related object may be given under the field's name.
    takes_object: bool
    #: Straight into `__dict__`: neither a descriptor nor the model's own `__setattr__` wants to know.
    direct: bool
    default: Callable[[], Any]

    def put(self, instance: Any, value: Any) -> None:
        if value is DEFERRED:
            return
        if self.direct:
            instance.__dict__[self.attname] = value
        else:
            setattr(instance, self.attname, value)


def _slot(model: Any, field: Any) -> Slot:
    return Slot(
        name=field.name,
        attname=field.attname,
        concrete=field.concrete,
        virtual=field.column is None or field.generated,
        takes_object=isinstance(field, ForeignObject),
        direct=model.__setattr__ is object.__setattr__ and _sets_plainly(model, field.attname),
        default=_default_of(field),
    )


def _default_of(field: Any) -> Callable[[], Any]:
    """What makes the default, with the indirection of `get_default()` only where a class has its own."""
    method = type(field).get_default
    if method is Field.get_default or (method is ForeignKey.get_default and not field.has_default()):
        return field._get_default
    return field.get_default


def _sets_plainly(model: Any, name: str) -> bool:
    found = next((base.__dict__[name] for base in model.__mro__ if name in base.__dict__), None)
    if found is None or isinstance(found, FunctionType):
        return True
    if not isinstance(found, DeferredAttribute):
        return False
    # A relation's key attribute only drops a cached object, and a new instance has none.
    return not hasattr(found, "__set__") or getattr(found, "sets_plainly_when_new", False)


class Constructor:
    """How one model's `__init__` treats its arguments."""

    def __init__(self, model: Any) -> None:
        if model._meta.abstract:
            raise TypeError("Abstract models cannot be instantiated.")
        self.model = model
        self.slots = tuple(_slot(model, field) for field in model._meta.fields)
        self.columns = tuple(slot for slot in self.slots if slot.concrete)
        # The same as tuples, in the order they are looked at for each instance.
        self.steps = tuple(
            (slot.attname, slot.name, slot.takes_object, slot.direct, slot.default, slot)
            for slot in self.slots
            # Set last, with what else is given: a composite key, say, sets other fields.
            if not slot.virtual
        )

    def fill(self, instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if len(args) > len(self.columns):
            raise IndexError("Number of args exceeds number of fields")
        if kwargs:
            self._fill_named(instance, args, kwargs)
        else:
            # A row from the database: one value for each concrete field.
            for slot, value in zip(self.columns, args):
                slot.put(instance, value)
            self._fill_defaults(instance, self.columns[len(args) :] if args else self.columns)

    def _fill_defaults(self, instance: Any, slots: Iterable[Slot]) -> None:
        values = instance.__dict__
        for slot in slots:
            if slot.virtual:
                continue
            if slot.direct:
                values[slot.attname] = slot.default()
            else:
                setattr(instance, slot.attname, slot.default())

    def _fill_named(self, instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        # The caller's dictionary stays whole: pre_init receivers were given it.
        left = dict(kwargs)
        for slot, value in zip(self.slots, args):
            if slot.name in left or slot.attname in left:
                raise TypeError(
                    f"{self.model.__qualname__}() got both positional and keyword arguments for field '{slot.name}'."
                )
            slot.put(instance, value)
        values = instance.__dict__
        steps = self.steps
        if args:
            done = {slot.attname for slot in self.slots[: len(args)]}
            steps = tuple(step for step in steps if step[0] not in done)
        for attname, name, takes_object, direct, default, slot in steps:
            if name in left:
                value = left.pop(name)
                if takes_object:
                    if value is not DEFERRED:
                        setattr(instance, name, value)
                    continue
            elif attname in left:
                value = left.pop(attname)
            elif direct:
                values[attname] = default()
                continue
            else:
                value = default()
            if direct and value is not DEFERRED:
                values[attname] = value
            else:
                slot.put(instance, value)
        if left:
            self._set_others(instance, left)

    def _set_others(self, instance: Any, left: dict[str, Any]) -> None:
        """Properties and private fields (generic relations) may be given too."""
        options = self.model._meta
        unexpected = []
        for name, value in left.items():
            if name in options._property_names or self._is_field(name):
                if value is not DEFERRED:
                    setattr(instance, name, value)
            else:
                unexpected.append(repr(name))
        if unexpected:
            error = TypeError(
                f"{self.model.__name__}() got unexpected keyword arguments: {', '.join(unexpected)}"
            )
            error.add_note(f"Fields are: {', '.join(slot.name for slot in self.slots)}.")
            raise error

    def _is_field(self, name: str) -> bool:
        try:
            self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return False
        return True
