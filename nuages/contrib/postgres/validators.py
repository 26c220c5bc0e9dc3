"""Validators of dicts, arrays and ranges."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from nuages.core.exceptions import ValidationError
from nuages.core.validators import (
    MaxLengthValidator,
    MaxValueValidator,
    MinLengthValidator,
    MinValueValidator,
)
from nuages.utils.deconstruct import deconstructible
from nuages.utils.translation import gettext_lazy as _
from nuages.utils.translation import ngettext_lazy


class ArrayMaxLengthValidator(MaxLengthValidator):
    message = ngettext_lazy(
        "List contains %(show_value)d item, it should contain no more than %(limit_value)d.",
        "List contains %(show_value)d items, it should contain no more than %(limit_value)d.",
        "show_value",
    )


class ArrayMinLengthValidator(MinLengthValidator):
    message = ngettext_lazy(
        "List contains %(show_value)d item, it should contain no fewer than %(limit_value)d.",
        "List contains %(show_value)d items, it should contain no fewer than %(limit_value)d.",
        "show_value",
    )


@deconstructible
class KeysValidator:
    """Demands keys of a dict; with `strict`, allows no others."""

    messages = {
        "extra_keys": _("Some unknown keys were provided: %(keys)s"),
        "missing_keys": _("Some keys were missing: %(keys)s"),
    }

    def __init__(
        self, keys: Iterable[str], strict: bool = False, messages: dict[str, Any] | None = None
    ) -> None:
        self.keys = set(keys)
        self.strict = strict
        if messages is not None:
            self.messages = {**copy.copy(self.messages), **messages}

    def __call__(self, value: dict[str, Any]) -> None:
        given = set(value)
        wrong = [("missing_keys", self.keys - given)]
        if self.strict:
            wrong.append(("extra_keys", given - self.keys))
        for code, keys in wrong:
            if keys:
                raise ValidationError(
                    self.messages[code], code=code, params={"keys": ", ".join(sorted(keys))}
                )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and (self.keys, self.messages, self.strict) == (
            other.keys,
            other.messages,
            other.strict,
        )

    __hash__ = None  # type: ignore[assignment]


class RangeMaxValueValidator(MaxValueValidator):
    message = _("Ensure that the upper bound of the range is not greater than %(limit_value)s.")

    def compare(self, a: Any, b: Any) -> bool:
        return a.upper is None or a.upper > b


class RangeMinValueValidator(MinValueValidator):
    message = _("Ensure that the lower bound of the range is not less than %(limit_value)s.")

    def compare(self, a: Any, b: Any) -> bool:
        return a.lower is None or a.lower < b
