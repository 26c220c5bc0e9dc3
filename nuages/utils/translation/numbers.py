"""Lazy messages whose number comes later, when they are formatted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nuages.utils.functional import _deferred_class, lazy

Translate = Callable[..., str]


def lazy_number(translate: Translate, messages: tuple[str, ...], number: int | str | None) -> Any:
    """Return a lazy message: for a number that is known, or that formatting will bring.

    `number` is that number, the key of the values among which it will be, or None when it will be the only
    value.
    """
    if isinstance(number, int):
        return lazy(translate, str)(*messages, number)
    return LateNumber(translate, messages, {"key": number})


class LateNumber(_deferred_class((str,))):  # type: ignore[misc]
    """A lazy message that learns its number from the values it is formatted with."""

    __slots__ = ()

    def _answer(self) -> str:
        # Used without a number, such as in a repr: the plural is right for most numbers.
        return self._func(*self._args, 2)

    def _for(self, number: Any) -> str:
        return self._func(*self._args, number)

    def _number_among(self, values: dict[str, Any], key: str) -> Any:
        try:
            return values[key]
        except KeyError:
            raise KeyError(
                f"Your dictionary lacks key '{key}'. Please provide it, because it is required to determine "
                "whether string is singular or plural."
            ) from None

    def __mod__(self, values: Any) -> str:
        key = self._kwargs["key"]
        by_name = isinstance(values, dict) and key
        text = self._for(self._number_among(values, key) if by_name else values)
        try:
            return text % values
        except TypeError:
            # The form for this number shows no number: "one result".
            return text

    def format(self, *args: Any, **kwargs: Any) -> str:
        key = self._kwargs["key"]
        return self._for(self._number_among(kwargs, key) if key else args[0]).format(*args, **kwargs)

    def __bool__(self) -> bool:
        return any(self._args[-2:])

    def __reduce__(self) -> tuple[Any, ...]:
        return lazy_number, (self._func, self._args, self._kwargs["key"])
