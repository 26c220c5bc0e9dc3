"""The ways to write a path that a regular expression matches, for reversing.

Only what leads to one text is reversible: alternatives (`|`) outside of groups are not. What may be left out is
left out, except where it holds a group: then both ways are offered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parse  # type: ignore[attr-defined]
from typing import Any

#: A literal text, or a parameter by its name.
Step = tuple[bool, str]


class Form:
    """One way to write a path: literal texts with a parameter between each two."""

    __slots__ = ("holes", "literals", "params")

    def __init__(self, steps: Iterable[Step]) -> None:
        self.literals = [""]
        self.holes: list[str] = []
        for is_param, text in steps:
            if is_param:
                self.holes.append(text)
                self.literals.append("")
            else:
                self.literals[-1] += text
        # A back reference writes a parameter twice; it is still one parameter.
        self.params = list(dict.fromkeys(self.holes))

    def written(self, texts: Mapping[str, str], write: Callable[[str], str] = str) -> str:
        """Return the path for the texts of the parameters."""
        out = [write(self.literals[0])]
        for hole, literal in zip(self.holes, self.literals[1:]):
            out.append(write(texts[hole]))
            out.append(write(literal))
        return "".join(out)


class _Irreversible(Exception):
    pass


# More forms than this come from nested optional groups that nobody writes by hand.
_MOST_FORMS = 64


def forms_of(regex: str) -> list[Form]:
    """Return the forms of an expression; unnamed groups are called `_0`, `_1` … in order.

    >>> [form.params for form in forms_of(r"blog/(?:(?P<page>[0-9]+)/)?")]
    [[], ['page']]
    """
    try:
        tree = sre_parse.parse(regex)
        named = {number: name for name, number in tree.state.groupdict.items()}
        walked = _Walk(named).sequence(tree)
    except (_Irreversible, re.error):
        return []
    return [Form(steps) for steps in walked]


class _Walk:
    def __init__(self, named: dict[int, str]) -> None:
        self._names = named
        self._unnamed = 0

    def sequence(self, tree: Any) -> list[list[Step]]:
        ways: list[list[Step]] = [[]]
        for op, argument in tree:
            further = self.step(op, argument)
            ways = [way + more for way in ways for more in further]
            if len(ways) > _MOST_FORMS:
                raise _Irreversible
        return ways

    def step(self, op: Any, argument: Any) -> list[list[Step]]:
        if op is sre.LITERAL:
            return [[(False, chr(argument))]]
        if op in (sre.NOT_LITERAL, sre.ANY, sre.IN):
            return [[(False, _some_character(op, argument))]]
        if op is sre.SUBPATTERN:
            return self.group(argument[0], argument[-1])
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            return self.repeat(*argument)
        if op is sre.ATOMIC_GROUP:
            return self.sequence(argument)
        if op is sre.GROUPREF:
            return [[(True, self._names[argument])]]
        if op in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
            return [[]]
        raise _Irreversible

    def group(self, number: int | None, inner: Any) -> list[list[Step]]:
        if number is None:
            return self.sequence(inner)
        # A group is a parameter as a whole; what is in it is for its value to match.
        if number not in self._names:
            self._names[number] = f"_{self._unnamed}"
            self._unnamed += 1
        return [[(True, self._names[number])]]

    def repeat(self, least: int, most: Any, inner: Any) -> list[list[Step]]:
        ways = self.sequence(inner)
        if least:
            return [way * least for way in ways]
        with_params = [way for way in ways if any(is_param for is_param, _ in way)]
        return [[], *with_params]


def _some_character(op: Any, argument: Any) -> str:
    """Return a character that a set stands for: its first where it lists any."""
    if op is sre.IN:
        kind, first = argument[0]
        if kind is sre.LITERAL:
            return chr(first)
        if kind is sre.RANGE:
            return chr(first[0])
    if op is sre.ANY:
        return "."
    members = argument if op is sre.IN else [(sre.NEGATE, None), (sre.LITERAL, argument)]
    return next((character for character in "x0!~- " if _is_member(character, members)), "x")


_CATEGORIES = {
    sre.CATEGORY_DIGIT: re.compile(r"\d"),
    sre.CATEGORY_NOT_DIGIT: re.compile(r"\D"),
    sre.CATEGORY_SPACE: re.compile(r"\s"),
    sre.CATEGORY_NOT_SPACE: re.compile(r"\S"),
    sre.CATEGORY_WORD: re.compile(r"\w"),
    sre.CATEGORY_NOT_WORD: re.compile(r"\W"),
}


def _is_member(character: str, members: Any) -> bool:
    negated = members[0][0] is sre.NEGATE
    code = ord(character)
    hit = any(
        (kind is sre.LITERAL and what == code)
        or (kind is sre.RANGE and what[0] <= code <= what[1])
        or (kind is sre.CATEGORY and _CATEGORIES[what].match(character) is not None)
        for kind, what in members
        if kind is not sre.NEGATE
    )
    return hit != negated
