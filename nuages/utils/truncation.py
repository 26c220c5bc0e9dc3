"""Cutting HTML without breaking it: tags cost nothing, and those still open at the cut are closed."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from html.parser import HTMLParser

from nuages.utils.html.tags import VOID_ELEMENTS

Take = Callable[[str, int], tuple[str, int]]


class _Full(Exception):
    """There is no room left."""


class _Cutter(HTMLParser):
    def __init__(self, room: int, spare: int, take: Take, sign: str) -> None:
        super().__init__(convert_charrefs=True)
        self.room = room
        # What the sign would take: the last text of all may use it, as no sign will follow.
        self.spare = spare
        self.take = take
        self.sign = sign
        self.open: list[str] = []
        self.output: list[str] = []
        self.waiting: str | None = None

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.settle()
        self.output.append(self.get_starttag_text() or "")
        if tag not in VOID_ELEMENTS:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self.settle()
        self.output.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self.settle()
        self.output.append(f"</{tag}>")
        # One that closes out of order leaves the others open: they are closed at the cut.
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.settle()
        self.waiting = data

    def settle(self, last: bool = False) -> None:
        """Take the text that has been waiting to know whether anything follows it."""
        if self.waiting is None:
            return
        text, self.waiting = self.waiting, None
        if last and self.take(text, self.room + self.spare)[1] >= 0:
            self.output.append(escape(text, quote=False))
            return
        kept, taken = self.take(text, self.room)
        self.output.append(escape(kept, quote=False))
        if taken < 0:
            self.output.append(self.sign)
            self.output.extend(f"</{tag}>" for tag in reversed(self.open))
            raise _Full
        self.room -= taken


def cut_html(text: str, room: int, take: Take, sign: str, spare: int = 0) -> str:
    """Return HTML cut to the room there is.

    `take` says how much of a text fits, `sign` follows the cut; `spare` is the room that was kept for it.
    """
    cutter = _Cutter(room, spare, take, sign)
    try:
        cutter.feed(text)
        cutter.close()
        cutter.settle(last=True)
    except _Full:
        pass
    return "".join(cutter.output)
