"""Filling a new instance from constructor arguments, by a plan made once per model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from types import FunctionType
from typing import Any

from nuages.core.exceptions import FieldDoesNotExist
from nuages.db.models.fields import Field, return_None
from nuages.db.models.fields.related import ForeignKey, ForeignObject
from nuages.db.models.query_utils import DeferredAttribute
from nuages.db.models.shapes import wording
from nuages.db.models.state import DEFERRED

__all__ = ["Constructor"]

#: Stands for an argument that was not given.
UNSET = object()


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
    """How one model's `__init__` treats its arguments.

    Keywords alone, or a whole row by position, go through functions generated for the model; the rest, which is
    rare, through `_fill_mixed`.
    """

    def __init__(self, model: Any) -> None:
        if model._meta.abstract:
            raise TypeError("Abstract models cannot be instantiated.")
        self.model = model
        self.slots = tuple(_slot(model, field) for field in model._meta.fields)
        self.columns = tuple(slot for slot in self.slots if slot.concrete)
        # What is virtual is set last, with what else is given: a composite key, say, sets other fields.
        self.steps = tuple(slot for slot in self.slots if not slot.virtual)
        names = [name for slot in self.steps for name in (slot.name, slot.attname)]
        in_signature = all(name.isidentifier() and not iskeyword(name) for name in names)
        self._named = _by_keyword(self.steps, self._set_others) if in_signature else self._fill_named
        self._row = _by_position(self.columns)
        # A mixin behind Model may have an `__init__`.
        self.goes_on = (
            next(
                base
                for base in model.__mro__[model.__mro__.index(_base()) + 1 :]
                if "__init__" in base.__dict__
            )
            is not object
        )

    def fill(self, instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if not args:
            self._named(instance, **kwargs)
        elif kwargs:
            self._fill_mixed(instance, args, kwargs)
        elif len(args) == len(self.columns):
            self._row(instance, args)
        else:
            self._check_number(args)
            for slot, value in zip(self.columns, args):
                slot.put(instance, value)
            for slot in self.columns[len(args) :]:
                if not slot.virtual:
                    slot.put(instance, slot.default())

    def _check_number(self, args: tuple[Any, ...]) -> None:
        if len(args) > len(self.columns):
            raise IndexError("Number of args exceeds number of fields")

    def _fill_named(self, instance: Any, /, **kwargs: Any) -> None:
        """For models with fields whose names Python could not write."""
        self._fill_mixed(instance, (), kwargs)

    def _fill_mixed(self, instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._check_number(args)
        left = dict(kwargs)
        for slot, value in zip(self.slots, args):
            if slot.name in left or slot.attname in left:
                raise TypeError(
                    f"{self.model.__qualname__}() got both positional and keyword arguments for field '{slot.name}'."
                )
            slot.put(instance, value)
        done = {slot.attname for slot in self.slots[: len(args)]}
        for slot in self.steps:
            if slot.attname in done:
                continue
            if slot.name in left:
                value = left.pop(slot.name)
                if not slot.takes_object:
                    slot.put(instance, value)
                elif value is not DEFERRED:
                    setattr(instance, slot.name, value)
            else:
                slot.put(instance, left.pop(slot.attname) if slot.attname in left else slot.default())
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
            raise wording.noted(error, unexpected[0].strip("'"), [slot.name for slot in self.slots])

    def _is_field(self, name: str) -> bool:
        try:
            self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return False
        return True


# Generated functions ----------------------------------------------------------------------------------------------


def _by_keyword(
    steps: Sequence[Slot], set_others: Callable[[Any, dict[str, Any]], None]
) -> Callable[..., None]:
    """`fill(instance, *, id=UNSET, title=UNSET, …)`: each given value or default to its place.

    The names that are not the fields' end in an underscore, as no field's may.
    """
    names: dict[str, Any] = {"UNSET_": UNSET, "DEFERRED_": DEFERRED, "set_others_": set_others}
    parameters = dict.fromkeys(name for slot in steps for name in (slot.name, slot.attname))
    lines = ["values_ = instance_.__dict__"]
    for position, slot in enumerate(steps):
        default = _default_source(slot.default, names, f"default{position}_")
        value = slot.name
        first = "if"
        if slot.takes_object:
            lines += [
                f"if {slot.name} is not UNSET_:",
                f"    if {slot.name} is not DEFERRED_:",
                f"        instance_.{slot.name} = {slot.name}",
                f"    if {slot.attname} is not UNSET_:",
                f"        others_[{slot.attname!r}] = {slot.attname}",
            ]
            value, first = slot.attname, "elif"
        elif slot.attname != slot.name:
            lines += [f"if {slot.name} is UNSET_:", f"    {slot.name} = {slot.attname}"]
        place = f"values_[{slot.attname!r}]" if slot.direct else f"instance_.{slot.attname}"
        lines += [f"{first} {value} is UNSET_:", f"    {place} = {default}"]
        lines += [f"elif {value} is not DEFERRED_:", f"    {place} = {value}"]
    lines += ["if others_:", "    set_others_(instance_, others_)"]
    signature = "".join(f"{name}=UNSET_, " for name in parameters)
    star = "*, " if signature else ""
    return _function(f"fill_(instance_, /, {star}{signature}**others_)", lines, names)


def _by_position(columns: Sequence[Slot]) -> Callable[[Any, tuple[Any, ...]], None]:
    """`fill(instance, row)`: one value for each concrete field."""
    lines = ["values_ = instance_.__dict__"]
    lines.append(f"{', '.join(f'v{number}' for number in range(len(columns)))}, = row_")
    for number, slot in enumerate(columns):
        place = f"values_[{slot.attname!r}] = v{number}"
        if not slot.direct:
            place = f"setattr(instance_, {slot.attname!r}, v{number})"
        lines += [f"if v{number} is not DEFERRED_:", f"    {place}"]
    return _function("fill_(instance_, row_)", lines, {"DEFERRED_": DEFERRED})


def _function(head: str, lines: Sequence[str], names: dict[str, Any]) -> Any:
    exec(f"def {head}:\n" + "".join(f"    {line}\n" for line in lines), names)
    return names["fill_"]


def _default_source(default: Callable[[], Any], names: dict[str, Any], name: str) -> str:
    if default is return_None:
        return "None"
    if default is str:
        return "''"
    names[name] = default
    return f"{name}()"


def _base() -> Any:
    from nuages.db.models.base import Model

    return Model
