"""Writing the Python function of a piece of template: what nodes call from their `emit`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from nuages.template.compiler import runtime
from nuages.template.compiler.folding import described, fold, message_of, pure_filters
from nuages.template.compiler.naming import Variables
from nuages.template.compiler.scope import bound_in, identifier
from nuages.template.compiler.tree import ANYWHERE, made
from nuages.template.lookup import Finish, empty_if_missing, none_if_missing, step
from nuages.template.nodes import TextNode
from nuages.template.presentation import Switches, interned, presenter_for
from nuages.template.variables import Argument, Filter, FilterExpression, Variable
from nuages.utils.html import conditional_escape

_STORE = ast.Store()

_ARGUMENTS = [ast.arg(name, **ANYWHERE) for name in ("context", "names", "blocks", "w")]
_SIGNATURE = ast.arguments([], _ARGUMENTS, None, [], [], None, [])

# Python refuses more than twenty loops and try blocks in one another.
LOOPS_AT_MOST = 14

# Each level of tags takes some of Python's stack, here and in its compiler.
TAGS_AT_MOST = 60

_FINISHERS: dict[Finish, str] = {none_if_missing: "or_none", empty_if_missing: "or_empty"}

_LOOP_NUMBERS: dict[str, tuple[str, int]] = {
    "counter0": ("index", 0),
    "counter": ("index", 1),
    "revcounter": ("rest", 0),
    "revcounter0": ("rest", 1),
}


class Emitter(Variables):
    """Writes one function. Nodes call its methods from their `emit`."""

    #: Whether it wrote something that a function called often gains by.
    is_quicker = False

    def __init__(
        self,
        switches: Switches,
        string_if_invalid: str,
        *,
        live: bool,
        outermost: bool = False,
        streaming: bool = False,
    ) -> None:
        super().__init__(live=live, streaming=streaming)
        self.switches = switches
        self.string_if_invalid = string_if_invalid
        self.outermost = outermost
        # Locals that start with a number.
        self._initial: list[tuple[str, int]] = []
        self._asks_of_numbers = False
        self._presenters: dict[Switches, str] = {}
        # How many tags the current one stands in.
        self._depth = 0

    # The whole function

    def function(self, nodes: Sequence[Any], *, name: str = "render", alone: bool = False) -> ast.Module:
        """The module that holds the function for `nodes`."""
        self._root_names = set(bound_in(nodes)) if not self.live else set()
        if alone:
            for node in nodes:
                self._place = runtime.place_of(node) or self._place
                node.emit(self)
        else:
            self.nodes(nodes)
        self._flush()
        body = [*self._lead_in(), *self._body] or [ast.Pass(**ANYWHERE)]
        if self.streaming:
            # Never reached, but makes it a generator even where there is nothing to put out.
            body += [ast.Return(None, **ANYWHERE), ast.Expr(ast.Yield(None, **ANYWHERE), **ANYWHERE)]
        fields = {"name": name, "args": _SIGNATURE, "body": body, "decorator_list": [], "type_params": []}
        return ast.Module([made(ast.FunctionDef, {**fields, **self._place})], [])

    def _lead_in(self) -> list[ast.stmt]:
        """Read each variable that comes from outside once."""
        counters = [self.assignment(name, self.const(value)) for name, value in self._initial]
        if self._asks_of_numbers:
            counters.append(self.assignment("plain", self.call("plain_numbers")))
        get, nothing = self.attribute(self.local("names"), "get"), self.local("NOTHING")
        return counters + [
            self.assignment(local, self.call(get, self.const(name), nothing))
            for name, local in sorted(self._free.items())
        ]

    # Nodes

    def nodes(self, nodes: Sequence[Any]) -> None:
        """Write nodes one after the other."""
        for node in nodes:
            if type(node) is TextNode:
                self.text(node.s)
            else:
                self.node(node)

    def node(self, node: Any) -> None:
        """Write one node, or a call of its `render` when it is not one of ours."""
        # What is made within takes the place of the node's tag.
        before = self._place
        self._place = runtime.place_of(node) or before
        if node.compiles and self.nesting < LOOPS_AT_MOST and self._depth < TAGS_AT_MOST:
            self._depth += 1
            node.emit(self)
            self._depth -= 1
        else:
            self.put(self.call(self.attribute(self.constant(node, "node"), "render"), self.local("context")))
        self._place = before

    @contextmanager
    def switched(self, **changes: Any) -> Iterator[None]:
        """Write what is within under other switches."""
        before = self.switches
        self.switches = before._replace(**changes)
        try:
            if not self.live:
                yield
                return
            # Others may ask the context for its switches.
            with self.block(nests=True) as body:
                for name, value in changes.items():
                    self._set_switch(name, value)
                yield
            with self.block() as final:
                for name in changes:
                    self._set_switch(name, getattr(before, name))
            self.try_finally(body, final)
        finally:
            self.switches = before

    def _set_switch(self, name: str, value: Any) -> None:
        target = ast.Attribute(self.local("context"), name, _STORE, **self._place)
        self.add(ast.Assign([target], self.const(value), **self._place))

    def switches_expression(self) -> ast.expr:
        """The current switches, for a helper."""
        return self.constant(interned(self.switches), "switches")

    # Showing values

    def presenter(self) -> str:
        """The name of the current presenter's functions; `show_` and `variable_` come before it."""
        number = self._presenters.get(self.switches)
        if number is None:
            number = self._presenters[self.switches] = str(len(self._presenters))
            shows = presenter_for(self.switches, self.string_if_invalid)
            self.constants[f"show{number}"] = shows.show
            self.constants[f"show_variable{number}"] = shows.show_variable
            self.constants[f"show_number{number}"] = shows.show_number
        return number

    def put_shown(self, show: Callable[[Any], str], hint: str, holder: ast.expr) -> None:
        """Put out what a function of the presenter shows of an object."""
        self.put(self.call(self.constant(show, f"show_{identifier(hint)}"), holder))

    def put_written(self, write: ast.expr, expression: FilterExpression) -> None:
        """Put out what a function makes of None and a value, which is text as it stands in the page."""
        self.put(self.call(write, self.const(None), self.value(expression)))

    def show(self, expression: FilterExpression) -> None:
        """Put out the value of an expression, escaped and localized."""
        folded = self._folded(expression)
        if folded is not None:
            self.text(folded)
            return
        invalid = self.string_if_invalid
        if "%s" in invalid and expression.is_var:
            value = self.value(expression)
            self.put(self.call(f"show{self.presenter()}", value))
            return
        message = None if expression.filters else message_of(expression.var)
        if message is not None:
            key = self.constant(("shown", message), "key")
            self.put(self.call("text_in_language", key, self.literal(expression.var)))
            return
        lookups = expression.var.lookups if expression.is_var else None
        if lookups is None or expression.var.translate:
            self.show_value(self.value(expression))
            return
        if expression.filters:
            self._show_filtered(expression, lookups)
            return
        if len(lookups) == 1:
            value = self.read(lookups[0])
            if isinstance(value, ast.Constant):
                self.show_value(value)
            else:
                self.put(self.call(f"show_variable{self.presenter()}", value))
            return
        self._show_path(lookups)

    def _show_path(self, lookups: tuple[str, ...]) -> None:
        """Put out `a.b.c`."""
        special = self._special(lookups)
        if special is not None:
            self.show_value(special)
            return
        shows = presenter_for(self.switches, self.string_if_invalid)
        *_, middle, last = lookups
        if len(lookups) == 2 or middle.isdecimal() or last.isdecimal():
            value, settled = self._holder(lookups)
            self.put_shown(shows.show_step(last, first=not settled), last, value)
            return
        value, settled = self._holder(lookups[:-1])
        self.put_shown(shows.show_pair(middle, last, first=not settled), last, value)

    def _holder(self, lookups: tuple[str, ...]) -> tuple[ast.expr, bool]:
        """The value of `a.b` in `a.b.c`, and whether it is known to need no call."""
        value, settled = self._start(lookups[0])
        for bit in lookups[1:-1]:
            value, settled = self.call(self._step(bit, first=not settled), value), True
        return value, settled

    def _show_filtered(self, expression: FilterExpression, lookups: tuple[str, ...]) -> None:
        """Put out `a.b|c`, in one call where the last name is looked up for a single filter that needs nothing else."""
        filtered = self._alone(expression) if len(lookups) > 1 and not self.string_if_invalid else None
        if filtered is None or self._special(lookups) is not None:
            self.show_value(self.value(expression))
            return
        on_str, function = filtered
        value, settled = self._holder(lookups)
        shows = presenter_for(self.switches, self.string_if_invalid)
        shown = shows.show_filtered(lookups[-1], on_str, function, first=not settled)
        self.put_shown(shown, lookups[-1], value)

    def _alone(
        self, expression: FilterExpression
    ) -> tuple[Callable[[Any], Any], Callable[[Any], Any]] | None:
        """The filter of an expression that has one and gives it its value only: what it does to a `str`, and to all."""
        if len(expression.filters) != 1:
            return None
        function, arguments = expression.filters[0]
        short = spelled_out(function, arguments, self.switches)
        if short is not None:
            return short, short
        if (
            arguments
            or getattr(function, "expects_localtime", False)
            or getattr(function, "needs_autoescape", False)
        ):
            return None
        if getattr(function, "is_safe", False) and not _own(function, "is_on_text"):
            function = runtime.keeping_safe_alone(function)
        return _own(function, "on_str") or function, function

    def show_value(self, value: ast.expr) -> None:
        """Put out a value, escaped and localized."""
        # Arithmetic is what properties of our own loops are made of, so the value is a whole number.
        if not isinstance(value, ast.BinOp):
            self.put(self.call(f"show{self.presenter()}", value))
            return
        self._asks_of_numbers = True
        shown = self.call(f"show_number{self.presenter()}", value)
        self.put(self.either(self.local("plain"), self.formatted(value), shown))

    def shown(self, value: ast.expr) -> ast.expr:
        """The text of a value, escaped and localized."""
        return self.call(f"show{self.presenter()}", value)

    def shown_variable(self, name: str, tag_name: str) -> ast.expr:
        """The text of a variable by its name, for messages with variables in them."""
        value = self.read(name)
        if isinstance(value, ast.Constant):
            return self.shown(value)
        invalid = self.string_if_invalid
        settled = self.call("settle", value)
        if "%s" in invalid:
            settled = self.call("or_else", settled, self.const(invalid % name))
        return self.shown(settled)

    def text_of(self, expression: FilterExpression) -> str | None:
        """What a literal shows as, whatever the language; None for anything else."""
        return self._folded(expression)

    def _folded(self, expression: FilterExpression) -> str | None:
        """The text of a literal after its filters, where it is known beforehand."""
        literal = expression.var
        if expression.is_var:
            if literal.lookups is not None or literal.translate:
                return None
            literal = literal.literal
        value, left = fold(literal, expression.filters, self.switches)
        # Numbers depend on the language.
        if left or not isinstance(value, str):
            return None
        return str.__str__(conditional_escape(value) if self.switches.autoescape else value)

    def counter(self, hint: str, size: int) -> ast.expr | None:
        """A number that runs through 0 ... size-1 each time this place is met; None where it would not be kept.

        Only the outermost function of a template runs exactly once per rendering.
        """
        if not self.outermost:
            return None
        name = self.temporary(hint)
        self._initial.append((name, -1))
        last = self.compared(self.local(name), ast.Eq(), self.const(size - 1))
        following = ast.BinOp(self.local(name), ast.Add(), self.const(1), **self._place)
        return self.named(name, self.either(last, self.const(0), following))

    # Values of expressions

    def value(self, expression: FilterExpression, *, ignore_failures: bool = False) -> ast.expr:
        """The value of an expression after its filters."""
        if not expression.is_var:
            return self._of_literal(expression.var, expression.filters)
        variable: Variable = expression.var
        if variable.lookups is None and not variable.translate:
            return self._of_literal(variable.literal, expression.filters)
        if not self.string_if_invalid and variable.lookups is not None and not variable.translate:
            finish = none_if_missing if ignore_failures else empty_if_missing
            return self._filters(expression.filters, self.look_up(variable.lookups, finish))
        found = self.variable(variable)
        if self.is_sure(found):
            return self._filters(expression.filters, found)
        if ignore_failures:
            return self._filters(expression.filters, self._or_invalid("or_none", found))
        if not self.string_if_invalid:
            return self._filters(expression.filters, self.call("or_empty", found))
        shown = self.constant(
            self.string_if_invalid % str(variable)
            if "%s" in self.string_if_invalid
            else self.string_if_invalid,
            "invalid",
        )
        if not expression.filters:
            return self.call("or_else", found, shown)
        # An invalid variable is shown as such: the filters do not see it.
        local = self.temporary("found")
        named = ast.NamedExpr(self.target(local), found, **self._place)
        return ast.IfExp(
            self.call("is_missing", named),
            shown,
            self._filters(expression.filters, self.local(local)),
            **self._place,
        )

    def _of_literal(self, literal: Any, filters: Sequence[tuple[Filter, list[Argument]]]) -> ast.expr:
        """A literal after its filters, worked out now as far as that can be done."""
        known = 0 if message_of(literal) is None else pure_filters(filters)
        if known:
            return self._filters(filters[known:], self._in_language(literal, filters[:known]))
        value, left = fold(literal, filters, self.switches)
        return self._filters(left, self.literal(value))

    def _in_language(self, literal: Any, filters: Sequence[tuple[Filter, list[Argument]]]) -> ast.expr:
        """What filters make of a translated message, worked out once a language."""
        made = self._filters(filters, self.literal(literal))
        key = ("literal", str(message_of(literal)), str(self.switches.autoescape), *described(filters))
        return self.call("in_language", self.constant(key, "key"), self.function_of("_", made))

    @staticmethod
    def is_sure(value: ast.expr) -> bool:
        """Whether an expression cannot be missing or fail: a literal, or what is said of our own loop."""
        return isinstance(value, ast.Constant | ast.BinOp | ast.Compare)

    def _or_invalid(self, helper: str, found: ast.expr) -> ast.expr:
        if self.string_if_invalid:
            return self.call("or_none_or", found, self.const(self.string_if_invalid))
        return self.call(helper, found)

    def literal(self, value: Any) -> ast.expr:
        """A literal of the template."""
        if type(value) in (int, float, bool, type(None), str):
            return self.const(value)
        return self.constant(value, "text")

    def variable(self, variable: Variable) -> ast.expr:
        """The value of a variable, or a `Missing`."""
        found = self.literal(variable.literal) if variable.lookups is None else self.look_up(variable.lookups)
        if variable.translate:
            found = self.call(self.attribute(self.constant(variable, "message"), "translated"), found)
        return found

    def required(self, variable: Variable) -> ast.expr:
        """The value of a variable that must exist."""
        if variable.lookups is None and not variable.translate:
            return self.literal(variable.literal)
        found = self.variable(variable)
        if isinstance(found, ast.Constant):
            return found
        return self.call("required", found, self.const(str(variable)), self.local("context"))

    def look_up(self, lookups: tuple[str, ...], finish: Finish | None = None) -> ast.expr:
        """The value of `a.b.c`, called where it is to be called; `finish` is for what is missing."""
        special = self._special(lookups)
        if special is not None:
            return special
        name, *rest = lookups
        value, settled = self._start(name)
        for position, bit in enumerate(rest, start=1):
            last = finish if position == len(rest) else None
            value, settled = self.call(self._step(bit, first=not settled, finish=last), value), True
        if rest:
            return value
        if settled:
            return value
        return self.call("settle" if finish is None else f"settled_{_FINISHERS[finish]}", value)

    def _start(self, name: str) -> tuple[ast.expr, bool]:
        """The raw value of a variable, and whether it is known to need no call."""
        value = self.read(name)
        own_loop = name == "forloop" and isinstance(value, ast.Name) and self.loop() is not None
        return value, own_loop or isinstance(value, ast.Constant)

    def _special(self, lookups: tuple[str, ...]) -> ast.expr | None:
        """What is no look-up here: properties of our own loops and blocks."""
        if lookups[0] == "forloop" and len(lookups) > 1:
            return self._loop_number([*lookups[1:]])
        if lookups == ("block", "super"):
            return self.call("super_block", self.read("block"), self.everything())
        return None

    def _step(self, bit: str, *, first: bool, finish: Finish | None = None) -> ast.expr:
        look_up = step(bit, first=first) if finish is None else step(bit, first=first, finish=finish)
        return self.constant(look_up, f"get_{identifier(bit)}")

    def _loop_number(self, rest: list[str]) -> ast.expr | None:
        """A property of the loop as arithmetic on its index, where nobody needs the object for it."""
        loop = self.loop()
        while loop is not None and rest and rest[0] == "parentloop":
            loop, rest = loop.outer, rest[1:]
        if loop is None or len(rest) != 1:
            return None
        index = self.local(loop.index)
        length = self.local(loop.length)
        name = rest[0]
        if name in _LOOP_NUMBERS:
            kind, offset = _LOOP_NUMBERS[name]
            loop.uses_index = True
            if kind == "index":
                return self._sum(index, ast.Add(), offset)
            loop.uses_length = True
            left = ast.BinOp(length, ast.Sub(), index, **self._place)
            return self._sum(left, ast.Sub(), offset)
        if name == "length":
            loop.uses_length = True
            return self._sum(length, ast.Add(), 0)
        if name == "first":
            loop.uses_index = True
            return ast.Compare(index, [ast.Eq()], [self.const(0)], **self._place)
        if name == "last":
            loop.uses_index = loop.uses_length = True
            last = ast.BinOp(length, ast.Sub(), self.const(1), **self._place)
            return ast.Compare(index, [ast.Eq()], [last], **self._place)
        return None

    def _sum(self, left: ast.expr, sign: ast.operator, offset: int) -> ast.expr:
        return ast.BinOp(left, sign, self.const(offset), **self._place)

    def filtered(self, expression: FilterExpression, value: ast.expr) -> ast.expr:
        """A value sent through the filters of an expression."""
        return self._filters(expression.filters, value)

    def _filters(self, filters: Sequence[tuple[Filter, list[Argument]]], value: ast.expr) -> ast.expr:
        for function, arguments in filters:
            short = spelled_out(function, arguments, self.switches)
            if short is not None:
                value = self.call(self.constant(short, identifier(short.__name__)), value)
                continue
            given = [
                self.required(argument) if looked_up else self.literal(argument)
                for looked_up, argument in arguments
            ]
            value = self._filter(function, value, given)
        return value

    def _filter(self, function: Callable[..., Any], value: ast.expr, given: list[ast.expr]) -> ast.expr:
        hint = identifier(getattr(function, "__name__", "filter"))
        folded = _own(function, "folded")
        if folded is not None and self.is_sure(value):
            short = folded(self, value, *given)
            if short is not None:
                return short  # type: ignore[no-any-return]
        # Filters on text see to that themselves.
        keeps_safe = getattr(function, "is_safe", False) and not _own(function, "is_on_text")
        if getattr(function, "expects_localtime", False):
            value = self.call("localtime", value, self.const(self.switches.use_tz))
        keywords = {}
        if getattr(function, "needs_autoescape", False):
            keywords["autoescape"] = self.const(self.switches.autoescape)
        if not keeps_safe:
            on_str = _own(function, "on_str")
            if on_str is not None and not keywords:
                return self._on_text(function, on_str, hint, value, given)
            return self.call_with(self.constant(function, hint), [value, *given], keywords)
        if keywords or len(given) > 1:
            return self.call_with(
                self.constant(runtime.keeping_safe(function), hint), [value, *given], keywords
            )
        short = runtime.keeping_safe_with_argument if given else runtime.keeping_safe_alone
        return self.call(self.constant(short(function), hint), value, *given)

    def _on_text(
        self,
        function: Callable[..., Any],
        on_str: Callable[..., Any],
        hint: str,
        value: ast.expr,
        given: list[ast.expr],
    ) -> ast.expr:
        """A filter on text: what it does to an exact `str` at once, and the way round by `str()` for all else."""
        text = self.temporary("text")
        kind = self.compared(self.call("type", self.named(text, value)), ast.Is(), self.local("str"))
        return self.either(
            kind,
            self.call(self.constant(on_str, f"{hint}_str"), self.local(text), *given),
            self.call(self.constant(function, hint), self.local(text), *given),
        )


def spelled_out(
    function: Callable[..., Any], arguments: list[Argument], switches: Switches
) -> Callable[[Any], Any] | None:
    """What a filter has for the very argument that the template gives it, or for none, if it has something."""
    make = _own(function, "spelled_out")
    if make is None or len(arguments) > 1:
        return None
    given: Argument = arguments[0] if arguments else (False, None)
    looked_up, argument = given
    if looked_up and argument.lookups is None and not argument.translate:
        argument = argument.literal
    elif looked_up:
        return None
    if isinstance(argument, str):
        argument = str.__str__(argument)
    return make(argument, switches) if isinstance(argument, str | int | None) else None


def _own(function: Callable[..., Any], name: str) -> Any:
    """An attribute of a filter that is not a copy: `functools.wraps` gives a wrapper those of the wrapped function."""
    found = getattr(function, name, None)
    wrapped = getattr(function, "__wrapped__", None)
    return None if wrapped is not None and found is getattr(wrapped, name, None) else found
