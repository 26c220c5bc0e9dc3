"""Remembering what was worked out from settings, until one of those settings changes.

`worked_out_from` is how a room keeps a value that depends on the project's settings (a time zone, a
catalogue of translations, an engine). The project tells this module which settings changed; nobody has to
know which caches to clear.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_forget: dict[str, list[Callable[[], None]]] = {}


def worked_out_from(*settings: str) -> Callable[[F], F]:
    """Cache a function's results until one of these settings changes."""

    def decorate(func: F) -> F:
        cached = lru_cache(maxsize=None)(func)
        on_change(cached.cache_clear, *settings)
        return cached  # type: ignore[return-value]

    return decorate


def on_change(forget: Callable[[], None], *settings: str) -> None:
    """Call `forget()` when one of these settings changes."""
    for name in settings:
        _forget.setdefault(name, []).append(forget)


def changed(setting: str) -> None:
    """Forget all that was worked out from this setting."""
    for forget in _forget.get(setting, ()):
        forget()


def changed_all() -> None:
    """Forget everything: the settings were replaced as a whole."""
    for forgets in _forget.values():
        for forget in forgets:
            forget()
