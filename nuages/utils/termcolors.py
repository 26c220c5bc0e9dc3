"""Colours in terminals: the palettes of command output, and the DJANGO_COLORS variable that changes them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

color_names = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
foreground = {name: f"3{number}" for number, name in enumerate(color_names)}
background = {name: f"4{number}" for number, name in enumerate(color_names)}

RESET = "0"
opt_dict = {"bold": "1", "underscore": "4", "blink": "5", "reverse": "7", "conceal": "8"}


def colorize(
    text: Any = "", opts: tuple[str, ...] = (), *, fg: str | None = None, bg: str | None = None, **other: Any
) -> str:
    """Return the text in a colour: `fg`, `bg` (color_names) and options (opt_dict; "reset", "noreset")."""
    text = "" if text is None else str(text)
    if text == "" and tuple(opts) == ("reset",):
        return f"\x1b[{RESET}m"
    codes = [foreground[fg]] if fg else []
    codes += [background[bg]] if bg else []
    codes += [opt_dict[option] for option in opts if option in opt_dict]
    end = "" if "noreset" in opts else f"\x1b[{RESET}m"
    return f"\x1b[{';'.join(codes)}m{text}{end}"


def make_style(opts: tuple[str, ...] = (), **kwargs: Any) -> Callable[..., str]:
    """Return a function that colours text in this way."""
    return partial(colorize, opts=opts, **kwargs)


NOCOLOR_PALETTE = "nocolor"
DARK_PALETTE = "dark"
LIGHT_PALETTE = "light"
DEFAULT_PALETTE = DARK_PALETTE

Style = dict[str, Any]

_ROLES = [
    "ERROR",
    "SUCCESS",
    "WARNING",
    "NOTICE",
    "SQL_FIELD",
    "SQL_COLTYPE",
    "SQL_KEYWORD",
    "SQL_TABLE",
    "HTTP_INFO",
    "HTTP_SUCCESS",
    "HTTP_REDIRECT",
    "HTTP_NOT_MODIFIED",
    "HTTP_BAD_REQUEST",
    "HTTP_NOT_FOUND",
    "HTTP_SERVER_ERROR",
    "MIGRATE_HEADING",
    "MIGRATE_LABEL",
]


def _palette(table: str) -> dict[str, Style]:
    """Return a palette from lines such as `ERROR = red bold`."""
    palette: dict[str, Style] = {role: {} for role in _ROLES}
    for line in table.strip().splitlines():
        role, _, words = line.partition("=")
        style: Style = {}
        for word in words.split():
            if word in foreground:
                style["fg"] = word
            else:
                style["opts"] = (*style.get("opts", ()), word)
        palette[role.strip()] = style
    return palette


PALETTES: dict[str, dict[str, Style]] = {
    NOCOLOR_PALETTE: _palette(""),
    DARK_PALETTE: _palette(
        """
        ERROR = red bold
        SUCCESS = green bold
        WARNING = yellow bold
        NOTICE = red
        SQL_FIELD = green bold
        SQL_COLTYPE = green
        SQL_KEYWORD = yellow
        SQL_TABLE = bold
        HTTP_INFO = bold
        HTTP_REDIRECT = green
        HTTP_NOT_MODIFIED = cyan
        HTTP_BAD_REQUEST = red bold
        HTTP_NOT_FOUND = yellow
        HTTP_SERVER_ERROR = magenta bold
        MIGRATE_HEADING = cyan bold
        MIGRATE_LABEL = bold
        """
    ),
    LIGHT_PALETTE: _palette(
        """
        ERROR = red bold
        SUCCESS = green bold
        WARNING = yellow bold
        NOTICE = red
        SQL_FIELD = green bold
        SQL_COLTYPE = green
        SQL_KEYWORD = blue
        SQL_TABLE = bold
        HTTP_INFO = bold
        HTTP_REDIRECT = green bold
        HTTP_NOT_MODIFIED = green
        HTTP_BAD_REQUEST = red bold
        HTTP_NOT_FOUND = red
        HTTP_SERVER_ERROR = magenta bold
        MIGRATE_HEADING = cyan bold
        MIGRATE_LABEL = bold
        """
    ),
}


def parse_color_setting(config_string: str) -> dict[str, Style] | None:
    """Return the palette that a DJANGO_COLORS value describes; None where nothing is coloured.

    The value is a palette's name, or roles with their colours, or both: `light;error=yellow/blue,blink`. What
    it names that does not exist is passed over.
    """
    if not config_string:
        return PALETTES[DEFAULT_PALETTE]
    palette = dict(PALETTES[NOCOLOR_PALETTE])
    for definition in config_string.lower().split(";"):
        role, equals, style = definition.partition("=")
        if not equals:
            palette.update(PALETTES.get(definition, {}))
        elif role.upper() in palette:
            palette[role.upper()] = _parse_style(style) or palette[role.upper()]
    return None if palette == PALETTES[NOCOLOR_PALETTE] else palette


def _parse_style(text: str) -> Style:
    colours, *options = text.split(",")
    fg, _, rest = colours.partition("/")
    bg = rest.partition("/")[0]
    style: Style = {}
    if fg in foreground:
        style["fg"] = fg
    if bg in background:
        style["bg"] = bg
    if opts := tuple(sorted(option for option in options if option in opt_dict)):
        style["opts"] = opts
    return style
