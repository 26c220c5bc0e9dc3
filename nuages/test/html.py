"""Comparing HTML by what it means: parsed into a small tree in which insignificant differences are gone."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from nuages.utils.html import VOID_ELEMENTS

_SPACE = re.compile(r"[ \t\n\r\f]+")
_BLANK = " \t\n\r\f"

_NAMES = """
    allowfullscreen async autofocus autoplay checked controls default defer disabled formnovalidate hidden inert
    ismap itemscope loop multiple muted nomodule novalidate open playsinline readonly required reversed selected
    shadowrootclonable shadowrootdelegatesfocus shadowrootserializable truespeed
"""

#: Attributes that mean the same with no value, an empty one, and their own name as value.
BOOLEAN_ATTRIBUTES = frozenset(_NAMES.split())

Attributes = tuple[tuple[str, str | None], ...]


class HTMLParseError(Exception):
    """Raised for HTML whose tags do not match; its arguments are a message and (line, column)."""


class Element:
    """An element: its `name`, sorted `attributes`, and `children`, which are elements and strings."""

    def __init__(self, name: str | None, attributes: Attributes = ()) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[Element | str] = []

    def append(self, child: Element | str) -> None:
        """Add a child; text that follows text is joined with it."""
        if isinstance(child, str) and self.children and isinstance(self.children[-1], str):
            self.children[-1] += child
        else:
            self.children.append(child)

    def finalize(self) -> None:
        """Fold white space, and drop text that is nothing else, here and below."""
        kept: list[Element | str] = []
        for child in self.children:
            if isinstance(child, str):
                if text := _SPACE.sub(" ", child).strip(_BLANK):
                    kept.append(text)
            else:
                child.finalize()
                kept.append(child)
        self.children = kept

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Element) or self.name != other.name:
            return False
        return self.attributes == other.attributes and self.children == other.children

    def __hash__(self) -> int:
        return hash((self.name, self.attributes))

    def __getitem__(self, key: int) -> Element | str:
        return self.children[key]

    def __contains__(self, other: object) -> bool:
        return self.count(other) > 0

    def count(self, target: Any) -> int:
        """Say how often `target` (text, an element, or a run of sibling elements) stands in this tree."""
        if isinstance(target, str):
            return sum(self._in_text(target))
        if self == target:
            return 1
        return self._below(target)

    def _below(self, target: Element) -> int:
        wanted: list[Element | str] = target.children if target.name is None else [target]
        return self._runs(wanted) + sum(
            child._below(target) for child in self.children if isinstance(child, Element) and child != target
        )

    def _runs(self, wanted: list[Element | str]) -> int:
        found = at = 0
        while wanted and at + len(wanted) <= len(self.children):
            if self.children[at : at + len(wanted)] == wanted:
                found += 1
                at += len(wanted)
            else:
                at += 1
        return found

    def _in_text(self, text: str) -> Iterator[int]:
        for child in self.children:
            yield child.count(text)

    def __str__(self) -> str:
        written = "".join(
            f" {name}" if value is None else f' {name}="{value}"' for name, value in self.attributes
        )
        if not self.children:
            return (
                f"<{self.name}{written}>"
                if self.name in VOID_ELEMENTS or written
                else self._pair(written, "")
            )
        return self._pair(written, self._inside())

    def _pair(self, written: str, inside: str) -> str:
        return f"<{self.name}{written}>\n{inside}\n</{self.name}>" if inside else f"<{self.name}{written}>"

    def _inside(self) -> str:
        return "\n".join(
            html.escape(child, quote=False) if isinstance(child, str) else str(child)
            for child in self.children
        )

    def __repr__(self) -> str:
        return str(self)


class RootElement(Element):
    """What stands outside all elements."""

    def __init__(self) -> None:
        super().__init__(None)

    def __str__(self) -> str:
        return self._inside()


class Parser(HTMLParser):
    """Builds the tree. Unclosed elements end with their parent; end tags without a start are errors."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = RootElement()
        self.open: list[Element] = [self.root]

    def error(self, message: str) -> HTMLParseError:
        """Return an error that tells where the parser stands."""
        line, column = self.getpos()
        return HTMLParseError(f"{message} (Line {line}, Column {column})", self.getpos())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, _normal(attrs))
        self.open[-1].append(element)
        if tag not in VOID_ELEMENTS:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].append(Element(tag, _normal(attrs)))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self.open) - 1, 0, -1):
            if self.open[depth].name == tag:
                del self.open[depth:]
                return
        raise self.error(f"Unexpected end tag `{tag}`")

    def handle_data(self, data: str) -> None:
        self.open[-1].append(data)


def _normal(attrs: list[tuple[str, str | None]]) -> Attributes:
    return tuple(sorted(((name, _normal_value(name, value)) for name, value in attrs), key=_by_name))


def _normal_value(name: str, value: str | None) -> str | None:
    if name in BOOLEAN_ATTRIBUTES:
        return value if value and value != name else None
    if value is None:
        return ""
    return " ".join(sorted(re.split(rf"[{_BLANK}]+", value.strip(_BLANK)))) if name == "class" else value


def parse_html(text: str) -> Element:
    """Parse `text`; a text that is one element gives that element. Raises `HTMLParseError`."""
    parser = Parser()
    parser.feed(text)
    parser.close()
    parser.root.finalize()
    match parser.root.children:
        case [Element() as only]:
            return only
    return parser.root


def _by_name(attribute: tuple[str, str | None]) -> str:
    return attribute[0]
