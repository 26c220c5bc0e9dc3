"""The decorator by which Django keeps blocking code out of event loops; here it only marks.

nuages runs such code in a worker, where waiting leaves the loop free, so nothing has to be refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

F = TypeVar("F", bound=Callable[..., Any])


@overload
def async_unsafe(message: str) -> Callable[[F], F]: ...
@overload
def async_unsafe(message: F) -> F: ...
def async_unsafe(message: Any) -> Any:
    """Return the function as it is; takes, as in Django, a function or a message for a decorator."""
    if isinstance(message, str):
        return lambda func: func
    return message
