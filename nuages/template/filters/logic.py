"""Filters that choose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nuages.template.compiler.folding import pure
from nuages.template.filters import register, spelled_out_for
from nuages.template.presentation import Switches
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
    if value is None:
        return for_none
    return for_true if value else for_false


@spelled_out_for(yesno)
def _yesno_spelled_out(arg: str | int | None, switches: Switches) -> Callable[[Any], Any] | None:
    """The same with words that stand in the template."""
    words = arg.split(",") if isinstance(arg, str) else []
    if not 2 <= len(words) <= 3:
        return None
    for_true, for_false, for_none = words[0], words[1], words[-1]

    def chosen(value: Any) -> str:
        if value is None:
            return for_none
        return for_true if value else for_false

    return chosen
