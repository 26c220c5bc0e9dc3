"""Filters that choose."""

from __future__ import annotations

from typing import Any

from nuages.template.compiler.folding import pure
from nuages.template.filters import register
from nuages.utils.translation import gettext


@register.filter(is_safe=False)
@pure
def default(value: Any, arg: Any) -> Any:
    """`arg` for a value that is false."""
    return value or arg


@register.filter(is_safe=False)
@pure
def default_if_none(value: Any, arg: Any) -> Any:
    """`arg` for None."""
    return arg if value is None else value


@register.filter(is_safe=False)
def yesno(value: Any, arg: str | None = None) -> Any:
    """One of the words for true, false and none: `{{ value|yesno:"yeah,no,maybe" }}`."""
    # Translators: the words for true, false and none, without spaces after the commas.
    words = (gettext("yes,no,maybe") if arg is None else arg).split(",")
    if len(words) < 2:
        return value
    for_true, for_false = words[:2]
    for_none = words[2] if len(words) == 3 else for_false
    if len(words) > 3:
        return value
    if value is None:
        return for_none
    return for_true if value else for_false
