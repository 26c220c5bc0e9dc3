"""Which field a field is: equal to whom, in which place among others, and the same when copied or pickled."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Self

from nuages.compat import spelled

if TYPE_CHECKING:
    from nuages.db.models.fields.base import Field


class Empty:
    """Bare object whose class is replaced when a field is copied or unpickled."""


def _unpickle_loose_field(cls: type[Field], state: dict[str, Any]) -> Field:
    made = Empty()
    made.__class__ = cls  # type: ignore[assignment]
    made.__dict__.update(state)
    return made  # type: ignore[return-value]


def _load_field(app_label: str, model_name: str, field_name: str) -> Any:
    from nuages.apps import apps

    return apps.get_model(app_label, model_name)._meta.get_field(field_name)


class Identity:
    """Fields are told apart by the order in which they were made, and by their model."""

    creation_counter: Any
    name: str
    model: Any
    remote_field: Any

    def __str__(self) -> str:
        if not hasattr(self, "model"):
            return super().__str__()
        return f"{self.model._meta.label}.{self.name}"

    def __repr__(self) -> str:
        path = spelled(f"{self.__class__.__module__}.{self.__class__.__qualname__}")
        name = getattr(self, "name", None)
        return f"<{path}: {name}>" if name is not None else f"<{path}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Identity):
            return NotImplemented
        return self.creation_counter == other.creation_counter and getattr(self, "model", None) == getattr(
            other, "model", None
        )

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Identity):
            return NotImplemented
        return self._order_key() < other._order_key()

    def __gt__(self, other: object) -> bool:
        if not isinstance(other, Identity):
            return NotImplemented
        return other._order_key() < self._order_key()

    def _order_key(self) -> tuple[Any, ...]:
        # Copies of an abstract model's field share its counter: the model tells them apart, loose fields first.
        model: Any = getattr(self, "model", None)
        return (
            self.creation_counter,
            *((model._meta.app_label, model._meta.model_name) if model else ("", "")),
        )

    def __hash__(self) -> int:
        # Not of the model: a field may be in a set before it is given to one.
        return hash(self.creation_counter)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        made = copy.copy(self)
        if self.remote_field:
            made.remote_field = copy.copy(self.remote_field)
            if getattr(made.remote_field, "field", None) is self:
                made.remote_field.field = made
        memo[id(self)] = made
        return made

    def __copy__(self) -> Self:
        made = Empty()
        made.__class__ = self.__class__  # type: ignore[assignment]
        made.__dict__ = self.__dict__.copy()
        return made  # type: ignore[return-value]

    def __reduce__(self) -> Any:
        if hasattr(self, "model"):
            options = self.model._meta
            return _load_field, (options.app_label, options.object_name, self.name)
        state = self.__dict__.copy()
        state.pop("_get_default", None)  # May hold a lambda.
        return _unpickle_loose_field, (self.__class__, state)
