"""The built-in filters, by what they work on. `nuages.template.defaultfilters` is their documented place."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import unwrap
from typing import Any

from nuages.template.library import Library
from nuages.utils.safestring import SafeData, mark_safe

register = Library()


def stringfilter(func: Callable[..., Any]) -> Callable[..., Any]:
    """Make a filter that is given the text of whatever it is used on."""
    innermost = unwrap(func)

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
    return on_text
