"""The text between tags, by the parser of the standard library."""

from __future__ import annotations

from html.parser import HTMLParser


class _TextOnly(HTMLParser):
    """Collects what is not a tag, with entities as they were written."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_entityref(self, name: str) -> None:
        self.pieces.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.pieces.append(f"&#{name};")


def strip_once(text: str) -> str:
    """Remove the tags that are visible at first sight; others may come to light."""
    parser = _TextOnly()
    parser.feed(text)
    parser.close()
    return "".join(parser.pieces)
