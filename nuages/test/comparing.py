"""Comparing XML documents by what they mean."""

from __future__ import annotations

import re
from typing import Any
from xml.dom.minidom import Document, Node, parseString

_BLANKS = re.compile(r"[ \t\n][ \t\n]+")
_PROLOGUE = re.compile(r"^(<\?xml[^>]*\?>)?\s*(<!DOCTYPE[^>\[]*(\[.*?\]\s*)?>)?\s*", re.DOTALL)


def compare_xml(want: str, got: str) -> bool:
    """Say whether two XML texts have the same elements, whatever the order of attributes.

    Comments, processing instructions and document types do not count. Raises the parser's error for what is no XML.
    """
    return _meaning(_root(want)) == _meaning(_root(got))


def _root(text: str) -> Any:
    # Either text may be a whole document or a part of one: both are read as parts.
    text = _PROLOGUE.sub("", text.strip().replace("\\n", "\n"))
    document: Document = parseString(f"<root>{text}</root>")
    return document.documentElement


def _meaning(element: Any) -> tuple[Any, ...]:
    text = "".join(child.data for child in element.childNodes if child.nodeType == Node.TEXT_NODE)
    elements = [child for child in element.childNodes if child.nodeType == Node.ELEMENT_NODE]
    # Text between elements counts where it is more than layout, so "<a/> <b/>" differs from "<a/><b/>".
    return (
        element.tagName,
        _BLANKS.sub(" ", text),
        dict(element.attributes.items()),
        [_meaning(child) for child in elements],
    )


def strip_quotes(want: str, got: str) -> tuple[str, str]:
    """Take the quotes off both texts where both are quoted."""

    def quoted(text: str) -> bool:
        text = text.strip()
        return len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'"

    if quoted(want) and quoted(got):
        return want.strip()[1:-1], got.strip()[1:-1]
    return want, got
