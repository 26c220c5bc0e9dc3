"""Text that is known to be HTML and is therefore not escaped again.

`SafeString` is a plain `str` with a mark: as documented, changing it (`strip()`, slicing, adding unsafe
text) gives an unmarked `str`. That is why it does not derive from MarkupSafe's `Markup`, whose methods keep
the mark; both understand each other through `__html__()`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, overload

from nuages.utils.functional import Promise, keep_lazy


class SafeData:
    """Base class of strings that need no escaping."""

    __slots__ = ()

    def __html__(self) -> SafeData:
        """Return the text for use in HTML."""
        return self


class SafeString(str, SafeData):
    """A string that needs no escaping in HTML."""

    __slots__ = ()

    @overload  # type: ignore[override]
    def __add__(self, other: SafeString) -> SafeString: ...
    @overload
    def __add__(self, other: str) -> str: ...
    def __add__(self, other: str) -> str:
        if isinstance(other, str):
            together = str.__add__(self, other)
            return SafeString(together) if isinstance(other, SafeData) else together
        return NotImplemented

    def __str__(self) -> str:
        return self


SafeText = SafeString


def _decorate(func: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(func)
    def marked(*args: Any, **kwargs: Any) -> Any:
        return mark_safe(func(*args, **kwargs))

    return marked


@keep_lazy(SafeString)
def _mark(text: Any) -> SafeString:
    return SafeString(text)


def mark_safe(s: Any) -> Any:
    """Mark a string (or a lazy one, or the results of a function) as safe for HTML."""
    if type(s) is str:
        return SafeString(s)
    # A lazy string has this method when its class is SafeString.
    if hasattr(s, "__html__"):
        return s
    if isinstance(s, Promise):
        return _mark(s)
    if callable(s):
        return _decorate(s)
    return SafeString(s)
