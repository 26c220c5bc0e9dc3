"""Where commands write."""

from __future__ import annotations

from collections.abc import Callable
from io import TextIOBase
from typing import Any

StyleFunction = Callable[[str], str]


class OutputWrapper(TextIOBase):
    """A stream that ends lines and colours them where the stream behind is a terminal.

    It is known for a stream of text: what writes XML would send bytes to anything else.
    """

    def __init__(self, out: Any, ending: str = "\n") -> None:
        self._out = out
        self.ending = ending
        self._style: StyleFunction = str

    def __getattr__(self, name: str) -> Any:
        return getattr(self._out, name)

    @property
    def style_func(self) -> StyleFunction:
        """How everything written here is coloured; has an effect on terminals only."""
        return self._style

    @style_func.setter
    def style_func(self, style_func: StyleFunction | None) -> None:
        self._style = style_func if style_func and self.isatty() else str

    def flush(self) -> None:
        # Also called when this wrapper goes, perhaps later than the stream.
        if hasattr(self._out, "flush") and not getattr(self._out, "closed", False):
            self._out.flush()

    def isatty(self) -> bool:
        return hasattr(self._out, "isatty") and self._out.isatty()

    def write(
        self, msg: str = "", style_func: StyleFunction | None = None, ending: str | None = None
    ) -> None:
        """Write a line, in this colour; `ending` stands for the newline that it would get."""
        ending = self.ending if ending is None else ending
        text = str(msg)
        if ending and not text.endswith(ending):
            text += ending
        self._out.write((style_func or self._style)(text))
