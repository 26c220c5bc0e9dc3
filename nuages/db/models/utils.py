"""Helpers that models and forms share."""

from __future__ import annotations

import functools
from collections import namedtuple
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = [
    "AltersData",
    "create_namedtuple_class",
    "get_blank_choice_label",
    "list_to_queryset",
    "make_model_tuple",
    "resolve_callables",
]


def make_model_tuple(model: Any) -> tuple[str, str]:
    """`(app_label, model_name)` of a model class, an `"app_label.Model"` string, or such a tuple."""
    if isinstance(model, tuple):
        label, name = model
        return label, name.lower()
    if isinstance(model, str):
        label, dot, name = model.partition(".")
        if label and dot and name and "." not in name:
            return label, name.lower()
        raise ValueError(
            f"Invalid model reference '{model}'. String model references must be of the form 'app_label.ModelName'."
        )
    try:
        options = model._meta
    except AttributeError:
        raise ValueError(
            f"Invalid model reference '{model}'. String model references must be of the form 'app_label.ModelName'."
        ) from None
    return options.app_label, options.model_name


def resolve_callables(mapping: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The items of `mapping`, callables replaced by what they return."""
    for name, value in mapping.items():
        yield name, value() if callable(value) else value


@functools.lru_cache(maxsize=1024)
def create_namedtuple_class(*names: str) -> type:
    """A named tuple class for rows with these columns; columns keep names that are no identifiers positional."""
    made = namedtuple("Row", names)  # type: ignore[misc]
    # An own __slots__ keeps rows immutable: without it a subclass would carry a __dict__.
    return type("Row", (made,), {"__reduce__": _reduce_row, "__slots__": ()})


def _reduce_row(row: Any) -> tuple[Any, ...]:
    return _restore_row, (row._fields, tuple(row))


def _restore_row(names: Iterable[str], values: Iterable[Any]) -> Any:
    return create_namedtuple_class(*names)._make(values)  # type: ignore[attr-defined]


def get_blank_choice_label() -> Any:
    """The label of the empty choice in a select: `BLANK_CHOICE_LABEL`, or dashes by setting."""
    from nuages.conf import settings
    from nuages.db.models import fields

    if getattr(settings, "USE_BLANK_CHOICE_DASH", False):
        return "---------"
    return fields.BLANK_CHOICE_LABEL


def list_to_queryset(instances: list[Any]) -> Any:
    """An evaluated query set of these instances of one model."""
    first = instances[0]
    queryset = type(first)._base_manager.db_manager(first._state.db).all()
    queryset._result_cache = list(instances)
    queryset._prefetch_done = True
    return queryset


class AltersData:
    """Mixin: a method a subclass overrides keeps the `alters_data = True` that templates respect."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        for name, method in vars(cls).items():
            if not callable(method) or getattr(method, "alters_data", None) is not None:
                continue
            for base in cls.__mro__[1:]:
                inherited = vars(base).get(name)
                if getattr(inherited, "alters_data", False):
                    method.alters_data = True  # type: ignore[attr-defined]
                    break
        super().__init_subclass__(**kwargs)
