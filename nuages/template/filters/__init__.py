"""The built-in filters, by what they work on. `nuages.template.defaultfilters` is their documented place."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature, unwrap
from typing import Any

from nuages.template.library import Library
from nuages.utils.safestring import SafeData, mark_safe

register = Library()


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


def _takes_one(func: Callable[..., Any]) -> bool:
    try:
        parameters = list(signature(func).parameters.values())
    except ValueError:  # some built-in functions do not tell
        return False
    return len(parameters) == 1 and parameters[0].kind is not Parameter.VAR_POSITIONAL
