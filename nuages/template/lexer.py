"""First stage: template text to tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nuages.template.tokens import Token, TokenType

_OPENING = re.compile(r"\{(?=[%{#])")

_TEXT, _VAR, _BLOCK, _COMMENT = TokenType.TEXT, TokenType.VAR, TokenType.BLOCK, TokenType.COMMENT
_KIND_BY_SIGN = {"%": _BLOCK, "{": _VAR, "#": _COMMENT}
_CLOSING_BY_SIGN = {"%": "%}", "{": "}}", "#": "#}"}


def _tag_spans(source: str) -> Iterator[tuple[int, int]]:
    """Start and end of each tag; tags never span lines.

    Where the next closing sign of a kind and the next line end stand is kept, so that a text full of signs that
    are never closed is gone through once and not once for each of them.
    """
    nowhere = len(source) + 1
    closings = dict.fromkeys(_CLOSING_BY_SIGN, -1)
    cursor = 0
    line_end = -1
    for match in _OPENING.finditer(source):
        start = match.start()
        if start < cursor:
            continue
        sign = source[start + 1]
        closing = closings[sign]
        if closing < start + 2:
            closing = source.find(_CLOSING_BY_SIGN[sign], start + 2)
            closings[sign] = closing = nowhere if closing < 0 else closing
        if line_end < start:
            line_end = source.find("\n", start)
            line_end = nowhere if line_end < 0 else line_end
        if closing < line_end and closing < nowhere:
            cursor = closing + 2
            yield start, cursor


class Lexer:
    """Cut a template into tokens.

    `Lexer("Hello {{ name }}").tokenize()` gives a text and a variable token.
    """

    keeps_position = False

    def __init__(self, template_string: str) -> None:
        self.template_string = template_string
        self.verbatim: str | bool = False

    def __repr__(self) -> str:
        beginning = self.template_string[:20].replace("\n", "")
        return f'<{type(self).__name__} template_string="{beginning}...", verbatim={self.verbatim}>'

    def tokenize(self) -> list[Token]:
        """All tokens in order; none is empty."""
        source = str(self.template_string)
        documented = self.keeps_position
        tokens: list[Token] = []
        lineno = 1
        line_start = cursor = 0
        for start, end in _tag_spans(source):
            if start > cursor:
                text = source[cursor:start]
                position = (cursor, start) if documented else None
                tokens.append(Token(_TEXT, text, position, lineno, cursor, start, cursor - line_start))
                newlines = text.count("\n")
                if newlines:
                    lineno += newlines
                    line_start = cursor + text.rindex("\n") + 1
            kind = _KIND_BY_SIGN[source[start + 1]]
            contents = source[start + 2 : end - 2].strip()
            if self.verbatim or (kind is _BLOCK and contents.startswith("verbatim")):
                kind, contents = self._verbatim(kind, contents, source[start:end])
            position = (start, end) if documented else None
            tokens.append(Token(kind, contents, position, lineno, start, end, start - line_start))
            cursor = end
        if cursor < len(source):
            end = len(source)
            position = (cursor, end) if documented else None
            tokens.append(Token(_TEXT, source[cursor:], position, lineno, cursor, end, cursor - line_start))
        return tokens

    def _verbatim(self, kind: TokenType, inner: str, tag: str) -> tuple[TokenType, str]:
        """What a tag is that begins a verbatim block, stands in one or ends it."""
        if self.verbatim:
            # Everything is text until the very tag that closes this verbatim block.
            if kind is not _BLOCK or inner != self.verbatim:
                return _TEXT, tag
            self.verbatim = False
        elif inner == "verbatim" or inner.startswith("verbatim "):
            self.verbatim = f"end{inner}"
        return kind, inner


class DebugLexer(Lexer):
    """A lexer whose tokens carry their documented `position`."""

    keeps_position = True


def lex(source: Any) -> list[Token]:
    """Tokens of a template's text."""
    return Lexer(str(source)).tokenize()
