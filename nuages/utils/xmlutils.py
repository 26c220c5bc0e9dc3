"""Writing XML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.sax.saxutils import XMLGenerator

# https://www.w3.org/TR/xml/#charsets leaves these out, and no escaping brings them back.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0B-\x0C\x0E-\x1F]")


class UnserializableContentError(ValueError):
    """The text holds characters that XML cannot."""


class SimplerXMLGenerator(XMLGenerator):
    """An XML generator that can write a whole element in one call."""

    def addQuickElement(self, name: str, contents: Any = None, attrs: dict[str, Any] | None = None) -> None:
        """Write an element with text in it."""
        self.startElement(name, attrs or {})  # type: ignore[arg-type]
        if contents is not None:
            self.characters(contents)
        self.endElement(name)

    @contextmanager
    def element(self, name: str, attrs: dict[str, Any] | None = None) -> Iterator[None]:
        """Write what is written within as the content of an element."""
        self.startElement(name, attrs or {})
        yield
        self.endElement(name)

    def characters(self, content: str) -> None:
        _refuse_forbidden(content)
        super().characters(content)

    def startElement(self, name: str, attrs: Any) -> None:
        for value in attrs.values():
            _refuse_forbidden(value)
        # In a fixed order, so that the same content gives the same bytes.
        super().startElement(name, dict(sorted(attrs.items())))  # type: ignore[arg-type]


def _refuse_forbidden(text: str) -> None:
    if text and _FORBIDDEN.search(text):
        raise UnserializableContentError("Control characters are not supported in XML 1.0")
