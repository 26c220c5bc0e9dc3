"""Where a template came from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nuages.compat import spelled


class Origin:
    """The place a template was found at: its full `name`, the `template_name` asked for and the `loader`."""

    def __init__(self, name: str, template_name: str | bytes | None = None, loader: Any = None) -> None:
        self.name = name
        self.template_name = template_name
        self.loader = loader
        # A weak reference to the template made of what was found here.
        self.template: Callable[[], Any] | None = None

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<Origin name={self.name!r}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Origin) and self.name == other.name and self.loader == other.loader

    __hash__ = None  # type: ignore[assignment]

    @property
    def loader_name(self) -> str | None:
        """Dotted path of the loader's class."""
        if not self.loader:
            return None
        kind = type(self.loader)
        return spelled(f"{kind.__module__}.{kind.__qualname__}")
