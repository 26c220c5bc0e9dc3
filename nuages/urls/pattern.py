"""What every kind of pattern can say about itself; the kinds are in `nuages.urls.resolvers`."""

from __future__ import annotations

from typing import Any

from nuages.urls.converters import Converter
from nuages.urls.route import Pieces

#: What is left of the path, positional and keyword arguments.
Matched = tuple[str, tuple[Any, ...], dict[str, Any]]


class Pattern:
    """A pattern. Subclasses need `match`; the rest lets the tables find it faster and reverse it."""

    name: str | None = None
    converters: dict[str, Converter] = {}
    #: Whether the pattern depends on the active language.
    translated = False

    def match(self, path: str) -> Matched | None:
        """Match the beginning of a path."""
        raise NotImplementedError(f"{type(self).__name__} needs a match() method")

    def pieces(self) -> Pieces | None:
        """Return the pattern as text and parameters (in the active language), None if it is not that simple."""
        return None

    def beginning(self) -> str:
        """Return the text that every matched path begins with."""
        return ""

    def regex_source(self) -> str:
        """Return the regular expression, for reversing."""
        return ""

    def check(self) -> list[Any]:
        """Return messages for the system check framework."""
        return []

    def describe(self) -> str:
        """Return the pattern and its name, as they are shown in messages."""
        return f"'{self}' [name='{self.name}']" if self.name else f"'{self}'"
