"""Addresses as people read them, made of the patterns that match them."""

from __future__ import annotations

import re

_PIECE = re.compile(r"(\\*)(.?)", re.DOTALL)
_NAMED = re.compile(r"\(\?P<(\w+)>")
# Within a group: something escaped, a set of characters, or a parenthesis.
_IN_GROUP = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()]", re.DOTALL)

_SIGNS = frozenset("^$?*+")
_LETTERS = frozenset("AZbB")


def simplify_regex(pattern: str) -> str:
    r"""Return a pattern of an address as people read it: `^(?P<year>\d+)/(\w+)/$` as `/<year>/<var>/`."""
    shown: list[str] = []
    at = 0
    while at < len(pattern):
        piece = _PIECE.match(pattern, at)
        assert piece is not None
        slashes, sign = piece.groups()
        if sign == "(" and len(slashes) % 2 == 0:
            shown += slashes, _name(pattern, piece.start(2))
            at = _end(pattern, piece.start(2))
        else:
            shown.append(_without_meaning(slashes, sign))
            at = piece.end()
    address = "".join(shown)
    return address if address.startswith("/") else f"/{address}"


def _without_meaning(slashes: str, sign: str) -> str:
    """Backslashes and the sign after them, without what only means something to a pattern."""
    escaped = len(slashes) % 2 == 1
    if sign in _SIGNS:
        return f"{slashes[1:]}{sign}" if escaped else slashes
    if sign in _LETTERS and slashes:
        return slashes[1:] if escaped else f"{slashes[1:]}{sign}"
    return f"{slashes}{sign}"


def _name(pattern: str, start: int) -> str:
    """What stands for the group that starts here; nothing for one that captures nothing."""
    named = _NAMED.match(pattern, start)
    if named is not None:
        return f"<{named[1]}>"
    return "" if pattern.startswith("(?", start) else "<var>"


def _end(pattern: str, start: int) -> int:
    """Where the group that starts here ends."""
    depth = 0
    for found in _IN_GROUP.finditer(pattern, start):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if not depth:
            return found.end()
    return len(pattern)
