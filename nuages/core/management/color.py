"""Whether output is coloured, and with which colours."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any

from nuages.utils import termcolors


@functools.cache
def supports_color() -> bool:
    """Return whether the terminal shows colours."""
    if not getattr(sys.stdout, "isatty", bool)():
        return False
    # Windows terminals that do say so; the old console needs help.
    return sys.platform != "win32" or any(
        name in os.environ for name in ("ANSICON", "WT_SESSION", "COLORTERM", "TERM_PROGRAM")
    )


def _plain(text: Any) -> Any:
    return text


class Style:
    """A function for each role: `style.ERROR("text")`."""

    ERROR_OUTPUT: Callable[[Any], Any]

    def __init__(self, palette: dict[str, dict[str, Any]] | None) -> None:
        for role in termcolors.PALETTES[termcolors.NOCOLOR_PALETTE]:
            style = termcolors.make_style(**palette.get(role, {})) if palette else _plain
            setattr(self, role, style)
        self.ERROR_OUTPUT = self.ERROR

    def __getattr__(self, role: str) -> Any:
        # Only roles that are not there come here.
        raise AttributeError(f"no style for the role {role!r}; there are {', '.join(sorted(vars(self)))}")


def make_style(config_string: str = "") -> Any:
    """Return the style that a value of DJANGO_COLORS describes."""
    return Style(termcolors.parse_color_setting(config_string))


@functools.cache
def no_style() -> Any:
    """Return the style that leaves everything uncoloured."""
    return make_style("nocolor")


def color_style(force_color: bool = False) -> Any:
    """Return the style for the terminal, or the uncoloured one where it shows no colours."""
    if not (force_color or supports_color()):
        return no_style()
    return make_style(os.environ.get("DJANGO_COLORS", ""))
