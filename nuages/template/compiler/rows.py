"""What pages show of the objects they loop over, written out: for units that are called again and again.

`{{ book.title }}` is a call of a function that knows all there is to looking up and showing. A unit with a loop that
was called often enough is compiled anew: where an object is of a type met by then, what those functions would do for
it stands there instead of their calls.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from itertools import groupby
from keyword import iskeyword
from types import MemberDescriptorType
from typing import Any, NamedTuple

from markupsafe import _escape_inner  # type: ignore[attr-defined]

from nuages.template.compiler.emitter import Emitter
from nuages.template.lookup import attribute_types, empty_if_missing, plain_types, settle, stumbled
from nuages.template.presentation import Presenter, presenter_for
from nuages.template.variables import FilterExpression
from nuages.utils.html.escaping import escape_text

# More than this are made on the fly: they will not come again, and should not be kept.
_TYPES_AT_MOST = 256

Shows = Callable[[Any], str]
Lines = list[str]
Part = str | ast.expr


class Showing(NamedTuple):
    """The call of a function that shows something of an object, and what that function was made from."""

    call: ast.Call
    holder: str
    kind: str
    bit: str
    #: The last name of a pair, the two functions of a filter, the function that writes something with the value.
    rest: tuple[Any, ...]


class RowEmitter(Emitter):
    """Writes out what is shown of an object that is in a Python local."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._showings: dict[Part, Showing] = {}

    def put_shown(self, show: Shows, hint: str, holder: ast.expr) -> None:
        super().put_shown(show, hint, holder)
        kind, _, _, bit, *rest, _ = show.made_from  # type: ignore[attr-defined]
        names = (bit, *rest) if kind == "show_pair" else (bit,)
        if isinstance(holder, ast.Name) and all(map(_can_be_written, names)) and attribute_types(bit):
            call: Any = self._pending[-1]
            self._showings[call] = Showing(call, holder.id, kind, bit, tuple(rest))

    def put_written(self, write: ast.expr, expression: FilterExpression) -> None:
        super().put_written(write, expression)
        call: Any = self._pending[-1]
        lookups = expression.var.lookups if expression.is_var and not expression.filters else None
        if (
            self.string_if_invalid
            or lookups is None
            or len(lookups) != 2
            or self._special(lookups) is not None
        ):
            return
        holder, bit = self.read(lookups[0]), lookups[1]
        if isinstance(holder, ast.Name) and not expression.var.translate and _can_be_written(bit):
            self._showings[call] = Showing(call, holder.id, "written", bit, (write,))

    def _flush(self) -> None:
        if not self._showings.keys().isdisjoint(self._pending):
            pending, self._pending = self._pending, []
            put: list[Part] = []
            for holder, parts in groupby(pending, self._holder_of()):
                part = list(parts)
                put += self._written_out(part, put) if holder else part
            self._pending = put
        super()._flush()

    def _holder_of(self) -> Callable[[Part], str | None]:
        """What says which object a part shows; a text goes with what stands before it."""
        last: str | None = None

        def holder_of(part: Part) -> str | None:
            nonlocal last
            if not isinstance(part, str):
                showing = self._showings.get(part)
                last = showing and showing.holder
            return last

        return holder_of

    def _written_out(self, parts: Sequence[Part], before: list[Part]) -> Sequence[Part]:
        """Write statements that work out the texts of neighbours that show the same object; gives their names."""
        showings = [self._showings[part] for part in parts if not isinstance(part, str)]
        known = types_met([one.bit for one in showings])
        if not 0 < len(known) <= _TYPES_AT_MOST:
            return parts
        self.is_quicker = True
        self._asks_of_numbers = True
        # What stands before is worked out before.
        for place, part in enumerate(before):
            if not isinstance(part, str | ast.Name):
                local = self.temporary("part")
                self._body.append(self.assignment(local, part))
                before[place] = self.local(local)
        texts: dict[ast.expr, str] = {one.call: self.temporary("text") for one in showings}
        body: list[ast.stmt] = []
        for (kind, bit), same in groupby(showings, lambda one: (one.kind, one.bit)):
            group = list(same)
            if kind == "show_pair" and len(group) > 1 and types_alike(known, [bit]) == known:
                body += self._pairs(group, texts)
                continue
            for one in group:
                body += self._spelled(one, texts)
        orelse: list[ast.stmt] = [self.assignment(texts[one.call], one.call) for one in showings]
        is_known = self.compared(
            self.call("type", self.local(showings[0].holder)), ast.In(), self.constant(known, "types")
        )
        self._body.append(ast.If(is_known, body, orelse, **_place_of(showings[0].call)))
        return [part if isinstance(part, str) else self.local(texts[part]) for part in parts]

    def _spelled(self, one: Showing, texts: dict[ast.expr, str]) -> list[ast.stmt]:
        text = texts[one.call]
        if one.kind == "show_pair":
            lines = self._pair(one, text)
        elif one.kind == "show_filtered":
            lines = self._filtered(one, text)
        elif one.kind == "written":
            lines = self._written(one, text)
        else:
            lines = self._member(one.holder, one.bit, text)
        return _parsed(lines, one.call)

    def _member(self, holder: str, bit: str, text: str) -> Lines:
        """`{{ holder.bit }}`."""
        value = self.temporary("value")
        plain, settled = self._named(plain_types, "plain_types"), self._named(settle, "settle")
        return [
            *self._read(value, holder, bit),
            f"if type({value}) is str:",
            *_within(self._escaped(value, text)),
            f"elif plain and type({value}) is int:",
            f"    {text} = {value}",
            "else:",
            f"    {text} = show{self.presenter()}({value} if type({value}) in {plain} else {settled}({value}))",
        ]

    def _filtered(self, one: Showing, text: str) -> Lines:
        """`{{ holder.bit|filter }}`."""
        on_str, function = one.rest
        value = self.temporary("value")
        # What a filter shows of values of these types, as it stands in the page.
        shows: dict[type, Shows] = getattr(function, "shows_types", {})
        through = self._named(self._shows.show_through(on_str, function), "through")
        lines = [
            f"if type({value}) is str:",
            f"    {value} = {self._named(on_str, 'on_str')}({value})",
            f"    if type({value}) is str:",
            *_within(_within(self._escaped(value, text))),
            "    else:",
            f"        {text} = show{self.presenter()}({value})",
            "else:",
            f"    {text} = {through}({value})",
        ]
        for kind, show in shows.items():
            lines = [
                f"if type({value}) is {self._named(kind, 'kind')}:",
                f"    {text} = {self._named(show, 'show')}({value})",
                "else:",
                *_within(lines),
            ]
        return [*self._read(value, one.holder, one.bit), *lines]

    def _written(self, one: Showing, text: str) -> Lines:
        """`{% url "view" holder.bit %}`."""
        (write,) = one.rest
        value = self.temporary("value")
        settled = f"{self._named(empty_if_missing, 'or_empty')}({self._named(settle, 'settle')}({value}))"
        return [
            *self._read(value, one.holder, one.bit),
            f"{text} = {write.id}(None, {value} if type({value}) is str else {settled})",
        ]

    def _pair(self, one: Showing, text: str) -> Lines:
        """`{{ holder.bit.last }}`."""
        (last,) = one.rest
        middle = self.temporary("middle")
        return [
            *self._read(middle, one.holder, one.bit),
            f"if type({middle}) in {self._named(attribute_types(last), 'types')}:",
            *_within(self._member(middle, last, text)),
            "else:",
            f"    {text} = {self._show_last(last)}({self._named(settle, 'settle')}({middle}))",
        ]

    def _pairs(self, group: Sequence[Showing], texts: dict[ast.expr, str]) -> list[ast.stmt]:
        """`{{ holder.bit.name }} {{ holder.bit.city }}`, where reading `bit` once is as good as reading it twice."""
        one = group[0]
        lasts = [pair.rest[0] for pair in group]
        known = types_alike(types_met(lasts), lasts)
        show, own = f"show{self.presenter()}", self._named(self._shows.own_types, "own_types")
        middle = self.temporary("middle")
        values = [self.temporary("value") for _ in group]
        read = [
            *self._read(middle, one.holder, one.bit),
            f"{values[0]} = NOTHING",
            f"if type({middle}) in {self._named(known, 'types')}:",
            "    try:",
            *[f"        {value} = {middle}.{last}" for value, last in zip(values, lasts)],
            "    except Exception:",
            f"        {values[0]} = NOTHING",
            f"if {' and '.join(f'type({value}) is str' for value in values)}:",
            "    pass",
            # Others of which showing one runs no code of the project either.
            f"elif {' and '.join(f'type({value}) in {own}' for value in values)}:",
            *[f"    {texts[pair.call]} = {show}({value})" for pair, value in zip(group, values)],
        ]
        statements: list[Any] = _parsed(read, one.call)
        statements[-1].body = [
            statement
            for pair, value in zip(group, values)
            for statement in _parsed(self._escaped(value, texts[pair.call]), pair.call)
        ]
        show = f"{texts[one.call]} = {self._show_last(lasts[0])}({self._named(settle, 'settle')}({middle}))"
        statements[-1].orelse[0].orelse = [
            *_parsed([show], one.call),
            *[self.assignment(texts[pair.call], pair.call) for pair in group[1:]],
        ]
        return statements

    @property
    def _shows(self) -> Presenter:
        return presenter_for(self.switches, self.string_if_invalid)

    def _show_last(self, last: str) -> str:
        return self._named(self._shows.show_step(last, first=False), "show_last")

    def _read(self, value: str, holder: str, bit: str) -> Lines:
        error = self.temporary("error")
        return [
            "try:",
            f"    {value} = {holder}.{bit}",
            f"except Exception as {error}:",
            f"    {value} = {self._named(stumbled, 'stumbled')}({holder}, {bit!r}, {error})",
        ]

    def _escaped(self, value: str, text: str) -> Lines:
        if not self.switches.autoescape:
            return [f"{text} = {value}"]
        return [
            f"{text} = {self._named(_escape_inner, 'escape')}({value})",
            f"if {text} is not {value} and '&#' in {text}:",
            f"    {text} = {self._named(escape_text, 'escape_text')}({value})",
        ]

    def _named(self, value: Any, hint: str) -> str:
        """The name of a constant."""
        name = self.constant(value, hint)
        assert isinstance(name, ast.Name)
        return name.id


def types_met(bits: Sequence[str]) -> set[type]:
    """The types met so far whose attributes win under all of these names."""
    return set.intersection(*map(attribute_types, bits))


def types_alike(kinds: set[type], bits: Sequence[str]) -> set[type]:
    """The types of which reading each of these attributes once is as good as reading it twice."""
    return {kind for kind in kinds if all(reads_alike(kind, bit) for bit in bits)}


def _can_be_written(name: str) -> bool:
    return name.isascii() and name.isidentifier() and not iskeyword(name)


def _within(lines: Lines) -> Lines:
    return [f"    {line}" for line in lines]


def _place_of(part: ast.expr) -> dict[str, Any]:
    return {name: getattr(part, name) for name in part._attributes}


def _parsed(lines: Lines, there: ast.expr) -> list[ast.stmt]:
    """The statements of some lines, standing where a part of the template does."""
    place = _place_of(there)
    statements = ast.parse("\n".join(lines)).body
    for statement in statements:
        for node in ast.walk(statement):
            if node._attributes:
                node.__dict__.update(place)
    return statements


def reads_alike(kind: type, bit: str) -> bool:
    """Whether reading an attribute runs no code of the project, so that once is as good as twice.

    A descriptor of which this is true says so with its `__get__`: a subclass that has another does not.
    """
    if (
        kind.__getattribute__ is not object.__getattribute__  # type: ignore[comparison-overlap]
        or getattr(kind, "__getattr__", None) is not None
    ):
        return False
    found = next((vars(base)[bit] for base in kind.__mro__ if bit in vars(base)), None)
    read = getattr(type(found), "__get__", None)
    return read is None or type(found) is MemberDescriptorType or getattr(read, "reads_alike", False)
