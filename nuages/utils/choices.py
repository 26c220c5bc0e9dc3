"""The choices of fields: pairs of value and label, perhaps in groups, from whatever was given."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from enum import EnumType
from itertools import islice, zip_longest
from typing import Any

from nuages.utils.functional import Promise


class BaseChoiceIterator:
    """Choices that are worked out when iterated over; equal to a list of the same choices."""

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Iterable):
            missing = object()
            return all(mine == theirs for mine, theirs in zip_longest(self, other, fillvalue=missing))
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice) or index < 0:
            return list(self)[index]
        try:
            return next(islice(self, index, index + 1))
        except StopIteration:
            raise IndexError("index out of range") from None

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError("BaseChoiceIterator subclasses must implement __iter__().")


class BlankChoiceIterator(BaseChoiceIterator):
    """Choices with a blank one in front, unless they have one of their own."""

    def __init__(self, choices: Any, blank_choice: Any) -> None:
        self.choices = choices
        self.blank_choice = blank_choice

    def __iter__(self) -> Iterator[Any]:
        choices = list(normalize_choices(self.choices))
        if not any(value in ("", None) for value, label in flatten_choices(choices)):
            yield from self.blank_choice
        yield from choices


class CallableChoiceIterator(BaseChoiceIterator):
    """Choices that a function returns, asked anew each time."""

    def __init__(self, func: Callable[[], Any]) -> None:
        self.func = func

    def __iter__(self) -> Iterator[Any]:
        yield from normalize_choices(self.func())


def flatten_choices(choices: Any) -> Generator[tuple[Any, Any], None, None]:
    """Yield the choices of all groups, and those outside groups."""
    for value_or_group, label_or_nested in choices or ():
        if isinstance(label_or_nested, (list, tuple)):
            yield from label_or_nested
        else:
            yield value_or_group, label_or_nested


def normalize_choices(value: Any, *, depth: int = 0) -> Any:
    """Return choices as a list of pairs, from a mapping, an iterable, a function or an enumeration.

    Groups may be given in the same ways. What is not understood is returned as it is, for the checks to see.
    """
    if isinstance(value, (BaseChoiceIterator, Promise, str, bytes)):
        return value
    if isinstance(value, EnumType) and hasattr(value, "choices"):
        # The models' enumerations; naming their class would import the models.
        return value.choices
    if depth > 1:
        # Groups hold choices, never groups.
        return value
    if callable(value):
        return CallableChoiceIterator(value) if depth == 0 else normalize_choices(value(), depth=depth)
    pairs: Any = value.items() if isinstance(value, Mapping) else value
    if not isinstance(pairs, Iterable):
        return value
    try:
        items = list(pairs)
        if any(isinstance(item, (Promise, str, bytes)) for item in items):
            return value
        return [(key, normalize_choices(label, depth=depth + 1)) for key, label in items]
    except (TypeError, ValueError):
        return value
