"""The built-in filters, by what they work on. `nuages.template.defaultfilters` is their documented place."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from inspect import Parameter, signature, unwrap
from typing import Any

from nuages.template.library import Library
from nuages.template.presentation import Switches
from nuages.utils.safestring import SafeData, mark_safe

register = Library()

SpellsOut = Callable[[str | int | None, Switches], Callable[[Any], Any] | None]


def stringfilter(func: Callable[..., Any]) -> Callable[..., Any]:
    """Make a filter that is given the text of whatever it is used on."""
    innermost = unwrap(func)
    if _takes_one(innermost):
        return _on_text_alone(func, innermost)

    @wraps(func)
    def on_text(value: Any, *args: Any, **kwargs: Any) -> Any:
        if type(value) is str:
            return func(value, *args, **kwargs)
        text = str(value)
        result = func(text, *args, **kwargs)
        if isinstance(text, SafeData) and getattr(innermost, "is_safe", False):
            return mark_safe(result)
        return result

    on_text.is_on_text = True  # type: ignore[attr-defined]
    on_text.on_str = func  # type: ignore[attr-defined]
    return on_text


def _on_text_alone(func: Callable[[str], Any], innermost: Any) -> Callable[..., Any]:
    """The same for a filter without an argument: most are, and it is called for every value on a page."""

    @wraps(func)
    def on_text(value: Any) -> Any:
        if type(value) is str:
            return func(value)
        text = str(value)
        result = func(text)
        if isinstance(text, SafeData) and getattr(innermost, "is_safe", False):
            return mark_safe(result)
        return result

    on_text.is_on_text = True  # type: ignore[attr-defined]
    # What compiled templates call for an exact `str`.
    on_text.on_str = func  # type: ignore[attr-defined]
    return on_text


def spelled_out_for(function: Callable[..., Any]) -> Callable[[SpellsOut], SpellsOut]:
    """Register what makes a filter for the very argument that a template gives it, or for none.

    It is given the argument and the switches, and returns a function of the value alone; None where it has nothing.
    Compiled templates call that, and keep it on disk by what it was made from.
    """

    def decorate(make: SpellsOut) -> SpellsOut:
        @lru_cache(maxsize=1024)
        def made(argument: str | int | None, switches: Switches) -> Callable[[Any], Any] | None:
            short = make(argument, switches)
            if short is not None:
                short.__name__ = function.__name__
                short.made_from = ("spelled_out", function, argument, switches)  # type: ignore[attr-defined]
            return short

        function.spelled_out = made  # type: ignore[attr-defined]
        return make

    return decorate


def _takes_one(func: Callable[..., Any]) -> bool:
    try:
        parameters = list(signature(func).parameters.values())
    except ValueError:  # some built-in functions do not tell
        return False
    return len(parameters) == 1 and parameters[0].kind is not Parameter.VAR_POSITIONAL
