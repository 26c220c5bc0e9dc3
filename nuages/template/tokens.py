"""What the lexer hands to the parser: pieces of text, each knowing where it stands."""

from __future__ import annotations

import re
from enum import Enum

from nuages.utils.text import smart_split

SINGLE_BRACE_START, SINGLE_BRACE_END = "{}"
BLOCK_TAG_START, BLOCK_TAG_END = "{%", "%}"
VARIABLE_TAG_START, VARIABLE_TAG_END = "{{", "}}"
COMMENT_TAG_START, COMMENT_TAG_END = "{#", "#}"

# In `{{ book.title|default:"none" }}`.
VARIABLE_ATTRIBUTE_SEPARATOR, FILTER_SEPARATOR, FILTER_ARGUMENT_SEPARATOR = ".|:"

TRANSLATOR_COMMENT_MARK = "Translators"
UNKNOWN_SOURCE = "<unknown source>"

# `_("Page not found")` is one word though it holds spaces; smart_split knows quotes but not the parentheses.
_TRANSLATION_OPENING = re.compile(r"""_\((["'])""")


class TokenType(Enum):
    """The four kinds of piece a template consists of."""

    TEXT = 0
    VAR = 1
    BLOCK = 2
    COMMENT = 3


class Token:
    """One piece of a template.

    `position` (start and end offset) is documented to be known in debug mode only; `start`, `end` and `column`
    are always set by our lexer, for error notes.
    """

    __slots__ = ("column", "contents", "end", "lineno", "position", "start", "token_type")

    def __init__(
        self,
        token_type: TokenType,
        contents: str,
        position: tuple[int, int] | None = None,
        lineno: int | None = None,
        start: int | None = None,
        end: int | None = None,
        column: int = 0,
    ) -> None:
        if start is None and position:
            start, end = position
        self.token_type = token_type
        self.contents = contents
        self.lineno = lineno
        self.position = position
        self.start = start
        self.end = end
        self.column = column

    def __repr__(self) -> str:
        kind = self.token_type.name.capitalize()
        beginning = self.contents[:20].replace("\n", "")
        return f'<{kind} token: "{beginning}...">'

    def split_contents(self) -> list[str]:
        """Split a tag into words; quoted strings and `_("...")` stay whole."""
        if '"' not in self.contents and "'" not in self.contents:
            return self.contents.split()
        words: list[str] = []
        pieces = iter(smart_split(self.contents))
        for piece in pieces:
            opening = _TRANSLATION_OPENING.match(piece)
            if opening:
                closing = opening[1] + ")"
                joined = [piece]
                while closing not in joined[-1]:
                    following = next(pieces, None)
                    if following is None:
                        break
                    joined.append(following)
                piece = " ".join(joined)
            words.append(piece)
        return words
