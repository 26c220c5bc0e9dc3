"""Routes taken apart: `blog/<int:year>/` as text and parameters, and what a regular expression begins with."""

from __future__ import annotations

import re
from functools import lru_cache
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parse  # type: ignore[attr-defined]
from typing import Any, NamedTuple

from nuages.core.exceptions import ImproperlyConfigured
from nuages.urls.converters import Converter, get_converters

_PATH_PARAMETER_COMPONENT_RE = re.compile(r"<(?:(?P<converter>[^>:]+):)?(?P<parameter>[^>]+)>")


class Param(NamedTuple):
    """A part of a route that is captured."""

    name: str
    converter: Converter


#: A route as text (str) and parameters, in order.
Pieces = tuple[str | Param, ...]


@lru_cache(maxsize=4096)
def parse_route(route: str) -> Pieces:
    """Take a route apart.

    >>> parse_route("users/<int:pk>/")[0]
    'users/'
    """
    pieces: list[str | Param] = []
    names: set[str] = set()
    at = 0
    for found in _PATH_PARAMETER_COMPONENT_RE.finditer(route):
        if any(character.isspace() for character in found[0]):
            raise ImproperlyConfigured(
                f"URL route {route!r} cannot contain whitespace in angle brackets <…>."
            )
        if found.start() > at:
            pieces.append(route[at : found.start()])
        at = found.end()
        name = found["parameter"]
        if not name.isidentifier():
            raise ImproperlyConfigured(
                f"URL route {route!r} uses parameter name {name!r} which isn't a valid Python identifier."
            )
        if name in names:
            raise ImproperlyConfigured(f"URL route {route!r} uses parameter name {name!r} more than once.")
        names.add(name)
        kind = found["converter"] or "str"
        try:
            converter = get_converters()[kind]
        except KeyError as error:
            wrong = ImproperlyConfigured(f"URL route {route!r} uses invalid converter {kind!r}.")
            wrong.add_note(f"Known converters: {', '.join(sorted(get_converters()))}.")
            raise wrong from error
        pieces.append(Param(name, converter))
    if at < len(route):
        pieces.append(route[at:])
    return tuple(pieces)


def regex_of(pieces: Pieces, is_endpoint: bool) -> str:
    """Return the regular expression that a route stands for."""
    parts = [
        re.escape(piece) if isinstance(piece, str) else f"(?P<{piece.name}>{piece.converter.regex})"
        for piece in pieces
    ]
    return "^" + "".join(parts) + (r"\Z" if is_endpoint else "")


class Beginning(NamedTuple):
    """What is known of every text that an expression matches."""

    text: str
    #: The text is all there is, up to the end of the path where `ends` is set.
    whole: bool
    ends: bool


_UNKNOWN = Beginning("", False, False)


@lru_cache(maxsize=4096)
def beginning_of(regex: str) -> Beginning:
    """Return the literal beginning of an expression that is anchored with `^`.

    >>> beginning_of("^blog/(?P<year>[0-9]{4})/$").text
    'blog/'
    """
    tree = sre_parse.parse(regex)
    if tree.state.flags & (re.IGNORECASE | re.VERBOSE | re.MULTILINE):
        return _UNKNOWN
    steps = list(tree)
    if not steps or steps[0] != (sre.AT, sre.AT_BEGINNING):
        return _UNKNOWN
    text = ""
    for place, (op, argument) in enumerate(steps[1:], 1):
        if op is sre.LITERAL:
            text += chr(argument)
        else:
            is_end = op is sre.AT and argument in (sre.AT_END, sre.AT_END_STRING)
            return Beginning(text, is_end and place == len(steps) - 1, is_end)
    return Beginning(text, True, False)


@lru_cache(maxsize=1024)
def stays_in_segment(regex: str) -> bool:
    """Say whether an expression surely never matches a slash or the empty text, and has no groups of its own."""
    try:
        tree = sre_parse.parse(regex)
    except re.error:
        return False
    if tree.state.flags & (re.VERBOSE | re.IGNORECASE) or tree.state.groups > 1 or not tree.getwidth()[0]:
        return False
    return not _meets_slash(tree)


def _meets_slash(steps: Any) -> bool:
    return any(_step_meets_slash(op, argument) for op, argument in steps)


def _step_meets_slash(op: Any, argument: Any) -> bool:
    if op is sre.LITERAL:
        return argument == ord("/")
    if op is sre.NOT_LITERAL:
        return argument != ord("/")
    if op is sre.IN:
        return _set_meets_slash(argument)
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        return _meets_slash(argument[2])
    if op is sre.SUBPATTERN:
        return _meets_slash(argument[-1])
    if op is sre.BRANCH:
        return any(_meets_slash(branch) for branch in argument[1])
    # Anything else (a dot, a look-around, a back reference, an anchor) is left to the expression itself.
    return True


def _set_meets_slash(members: Any) -> bool:
    slash = ord("/")
    negated = members[0][0] is sre.NEGATE
    hit = False
    for op, argument in members[1:] if negated else members:
        if op is sre.LITERAL:
            hit |= argument == slash
        elif op is sre.RANGE:
            hit |= argument[0] <= slash <= argument[1]
        elif op is sre.CATEGORY:
            hit |= argument in (sre.CATEGORY_NOT_DIGIT, sre.CATEGORY_NOT_SPACE, sre.CATEGORY_NOT_WORD)
        else:
            return True
    return hit != negated
