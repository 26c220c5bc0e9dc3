"""The contexts that templates were rendered with."""

from __future__ import annotations

from typing import Any


class ContextList(list[Any]):
    """The contexts of several templates; a string key is looked up in each in turn."""

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, str):
            return super().__getitem__(key)
        for context in self:
            if key in context:
                return context[key]
        raise KeyError(key)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the first context's value for `key`, or `default`."""
        return self[key] if key in self else default  # noqa: SIM401 - the list has no get()

    def __contains__(self, key: object) -> bool:
        return any(key in context for context in self)

    def keys(self) -> set[str]:
        """Return all names that any context has."""
        return {name for context in self for layer in context for name in layer}
