"""`if`, `for`, `with`: which parts are rendered, how often and with what."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from nuages.template.compiler.scope import Bound, Layer, Loop, identifier
from nuages.template.exceptions import TemplateSyntaxError
from nuages.template.library import token_kwargs
from nuages.template.lookup import VariableDoesNotExist
from nuages.template.nodes import Node, NodeList, TextNode, VariableNode
from nuages.template.smartif import IfParser, Operand
from nuages.template.tags import register
from nuages.template.tokens import Token
from nuages.template.variables import FilterExpression

if TYPE_CHECKING:
    from nuages.template.compiler.emitter import Emitter
    from nuages.template.parser import Parser

# Written in one another; Python's compiler does not like to go much deeper than some hundreds.
_BRANCHES_AT_MOST = 50


# What becomes an expression without a statement, and how much of it may stand in one.
_PUT_OUT = frozenset({TextNode, VariableNode})
_SHORT = 6


class TemplateLiteral(Operand):
    """An expression in a condition; `text` is how it was written."""

    def __init__(self, value: FilterExpression, text: str) -> None:
        super().__init__(value)
        self.text = text

    def eval(self, context: Any) -> Any:
        """The expression's value, None for a missing variable."""
        return self.value.resolve(context, ignore_failures=True)

    def write(self, code: Emitter) -> ast.expr:
        return code.value(self.value, ignore_failures=True)


class TemplateIfParser(IfParser):
    """Conditions made of template expressions."""

    error_class = TemplateSyntaxError

    def __init__(self, parser: Parser, *args: Any, **kwargs: Any) -> None:
        self.template_parser = parser
        super().__init__(*args, **kwargs)

    def create_var(self, value: str) -> TemplateLiteral:
        """The operand of a word."""
        return TemplateLiteral(self.template_parser.compile_filter(value), value)


class IfNode(Node):
    """Conditions and what is rendered for the first that is true; the condition None is `else`."""

    def __init__(self, conditions_nodelists: list[tuple[Any, NodeList]]) -> None:
        self.conditions_nodelists = conditions_nodelists

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __iter__(self) -> Any:
        for _, nodelist in self.conditions_nodelists:
            yield from nodelist

    @property
    def nodelist(self) -> NodeList:
        """All nodes of all branches."""
        return NodeList(self)

    def children(self) -> Iterator[Sequence[Any]]:
        """The node list of each branch."""
        for _, nodelist in self.conditions_nodelists:
            yield nodelist

    def emit(self, code: Emitter) -> None:
        branches = self.conditions_nodelists
        if self._is_short():
            self._put_short(code)
            return
        if len(branches) <= _BRANCHES_AT_MOST:
            self._branch(code, branches, None)
            return
        taken = code.temporary("taken")
        code.assign_local(taken, code.const(False))
        self._branch(code, branches[:_BRANCHES_AT_MOST], taken)
        for first in range(_BRANCHES_AT_MOST, len(branches), _BRANCHES_AT_MOST):
            with code.block() as body:
                self._branch(code, branches[first : first + _BRANCHES_AT_MOST], taken)
            code.if_(code.negated(code.local(taken)), body)

    def _branch(self, code: Emitter, branches: Sequence[tuple[Any, NodeList]], taken: str | None) -> None:
        """Write branches, each in the `else` of the one before; `taken` is a local that says one was rendered."""
        (condition, nodelist), *others = branches
        if condition is None:
            code.nodes(nodelist)
            return
        truth = self._truth(code, condition)
        with code.block() as body:
            if taken is not None:
                code.assign_local(taken, code.const(True))
            code.nodes(nodelist)
        orelse: list[ast.stmt] = []
        if others:
            with code.block() as orelse:
                self._branch(code, others, taken)
        code.if_(truth, body, orelse)

    def _is_short(self) -> bool:
        """Whether all branches are texts and variables, and only the first condition may take statements."""
        branches = self.conditions_nodelists
        if len(branches) > _SHORT:
            return False
        for number, (condition, nodelist) in enumerate(branches):
            if len(nodelist) > _SHORT or not _PUT_OUT.issuperset(map(type, nodelist)):
                return False
            if not number or condition is None:
                continue
            if not isinstance(condition, TemplateLiteral) or condition.value.may_miss:
                return False
        return True

    def _put_short(self, code: Emitter) -> None:
        """Put out one of several expressions."""
        (condition, nodelist), *others = self.conditions_nodelists
        truth = self._truth(code, condition)
        parts = [(truth, code.inline(lambda: code.nodes(nodelist)))]
        otherwise = code.const("")
        for condition, nodelist in others:
            shown = code.inline(lambda nodelist=nodelist: code.nodes(nodelist))  # type: ignore[misc]
            if condition is None:
                otherwise = shown
            else:
                parts.append((condition.write(code), shown))
        for truth, shown in reversed(parts):
            otherwise = code.either(truth, shown, otherwise)
        code.put(otherwise)

    @staticmethod
    def _truth(code: Emitter, condition: Any) -> ast.expr:
        # Only a filter's argument can be found missing here; it makes the condition false.
        if isinstance(condition, TemplateLiteral) and condition.value.may_miss:
            truth = code.temporary("test")
            with code.block() as body:
                code.assign_local(truth, condition.write(code))
            with code.block() as handler:
                code.assign_local(truth, code.const(None))
            code.try_except(body, "VariableDoesNotExist", handler)
            return code.asked(truth)
        return condition.write(code)  # type: ignore[no-any-return]


@register.tag("if")
def do_if(parser: Parser, token: Token) -> IfNode:
    """Render the first branch whose condition is true."""
    branches: list[tuple[Any, NodeList]] = []
    condition = TemplateIfParser(parser, token.split_contents()[1:]).parse()
    branches.append((condition, parser.parse(("elif", "else", "endif"))))
    token = parser.next_token()
    while token.contents.startswith("elif"):
        condition = TemplateIfParser(parser, token.split_contents()[1:]).parse()
        branches.append((condition, parser.parse(("elif", "else", "endif"))))
        token = parser.next_token()
    if token.contents == "else":
        branches.append((None, parser.parse(("endif",))))
        token = parser.next_token()
    if token.contents != "endif":
        raise TemplateSyntaxError(f'Malformed template tag at line {token.lineno}: "{token.contents}"')
    return IfNode(branches)


class ForNode(Node):
    """A loop."""

    child_nodelists = ("nodelist_loop", "nodelist_empty")
    own_layer = True
    nests = True

    def __init__(
        self,
        loopvars: Sequence[str],
        sequence: Any,
        is_reversed: bool,
        nodelist_loop: Any,
        nodelist_empty: Any = None,
    ) -> None:
        self.loopvars = loopvars
        self.sequence = sequence
        self.is_reversed = is_reversed
        self.nodelist_loop = nodelist_loop
        self.nodelist_empty = NodeList() if nodelist_empty is None else nodelist_empty

    def __repr__(self) -> str:
        ending = " reversed" if self.is_reversed else ""
        return (
            f"<{type(self).__name__}: for {', '.join(self.loopvars)} in {self.sequence}, "
            f"tail_len: {len(self.nodelist_loop)}{ending}>"
        )

    def emit(self, code: Emitter) -> None:
        values = code.temporary("values")
        wanted = code.value(self.sequence, ignore_failures=True)
        if not code.nesting:
            code.let_go()
        helper = "loop_values"
        with code.block() as looping:
            if code.live:
                self._live(code, values)
            elif not self._loop(code, values).uses_length and code.streams and self._needs_no_length:
                helper = "loop_items"
        code.assign_local(values, code.call(helper, wanted))
        if not self.nodelist_empty:
            code.extend(looping)
            return
        with code.block() as empty, code.layer({}, self.nodelist_empty):
            code.nodes(self.nodelist_empty)
        code.if_(code.call("len", code.local(values)), looping, empty)

    @property
    def _needs_no_length(self) -> bool:
        """Whether the tag itself can do with one item after the other."""
        return not self.is_reversed and not self.nodelist_empty

    def _loop(self, code: Emitter, values: str) -> Loop:
        """A loop whose variables are locals."""
        outer = code.loop()
        # Written now and kept, as inside the loop the word means the loop itself.
        loop = Loop(
            index=code.temporary("index"),
            length=code.temporary("size"),
            view=code.temporary("loop"),
            outer=outer,
        )
        layer = Layer(loop=loop)
        locals_ = [code.temporary(f"v_{identifier(name)}") for name in self.loopvars]
        layer.names.update((name, Bound(local)) for name, local in zip(self.loopvars, locals_))
        before = code.layers
        code.expect(layer, self.nodelist_loop)
        code.layers = [*before, layer]
        with code.block(nests=True) as body:
            code.nodes(self.nodelist_loop)
        code.layers = before
        target = locals_[0]
        if len(locals_) > 1:
            target = code.temporary("item")
            body.insert(
                0,
                code.unpacking(locals_, code.call("unpacked", code.local(target), code.const(len(locals_)))),
            )
        if loop.uses_view:
            loop.uses_index = loop.uses_length = True
            parent = code.read("forloop")
            body.insert(0, code.attribute_assignment(loop.view, "index", code.local(loop.index)))
        if loop.uses_length:
            code.assign_local(loop.length, code.call("len", code.local(values)))
        if loop.uses_view:
            code.assign_local(loop.view, code.call("ForLoop", code.local(loop.length), parent))
        for name in loop.memory:
            code.assign_local(name, code.local("NOTHING"))
        code.for_(target, self._items(code, values), body, loop.index if loop.uses_index else None)
        return loop

    def _items(self, code: Emitter, values: str) -> ast.expr:
        items = code.asked(values)
        return code.call("backwards", items) if self.is_reversed else items

    def _live(self, code: Emitter, values: str) -> None:
        """A loop that keeps its variables in a layer of the context."""
        loop, item, index = (code.temporary(hint) for hint in ("loop", "item", "index"))
        code.assign_local(
            loop, code.call("ForLoop", code.call("len", code.local(values)), code.read("forloop"))
        )
        with code.layer({"forloop": code.local(loop)}, self.nodelist_loop):
            with code.block(nests=True) as body:
                code.do(code.call("setattr", code.local(loop), code.const("index"), code.local(index)))
                if len(self.loopvars) == 1:
                    code.set(self.loopvars[0], code.local(item))
                else:
                    parts = [code.temporary("part") for _ in self.loopvars]
                    code.add(
                        code.unpacking(parts, code.call("unpacked", code.local(item), code.const(len(parts))))
                    )
                    for name, part in zip(self.loopvars, parts):
                        code.set(name, code.local(part))
                code.nodes(self.nodelist_loop)
            code.for_(item, self._items(code, values), body, index)


@register.tag("for")
def do_for(parser: Parser, token: Token) -> ForNode:
    """Loop over each item of a list: `{% for x, y in points reversed %}`."""
    words = token.split_contents()
    if len(words) < 4:
        raise TemplateSyntaxError(f"'for' statements should have at least four words: {token.contents}")
    is_reversed = words[-1] == "reversed"
    in_index = -3 if is_reversed else -2
    if words[in_index] != "in":
        raise TemplateSyntaxError(f"'for' statements should use the format 'for x in y': {token.contents}")
    loopvars = [name.strip() for name in " ".join(words[1:in_index]).split(",")]
    for name in loopvars:
        if not name or any(sign in " \"'|" for sign in name):
            raise TemplateSyntaxError(f"'for' tag received an invalid argument: {token.contents}")
    sequence = parser.compile_filter(words[in_index + 1])
    nodelist_loop = parser.parse(("empty", "endfor"))
    nodelist_empty = None
    if parser.next_token().contents == "empty":
        nodelist_empty = parser.parse(("endfor",))
        parser.delete_first_token()
    return ForNode(loopvars, sequence, is_reversed, nodelist_loop, nodelist_empty)


class WithNode(Node):
    """More variables for a part of the template."""

    own_layer = True

    def __init__(
        self,
        var: str | None,
        name: str | None,
        nodelist: Any,
        extra_context: dict[str, FilterExpression] | None = None,
    ) -> None:
        self.nodelist = nodelist
        self.extra_context = extra_context or {}
        if name:
            self.extra_context[name] = var  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def emit(self, code: Emitter) -> None:
        values = {name: code.value(value) for name, value in self.extra_context.items()}
        with code.layer(values, self.nodelist):
            code.nodes(self.nodelist)


@register.tag("with")
def do_with(parser: Parser, token: Token) -> WithNode:
    """Give values names: `{% with total=business.employees.count %}`."""
    words = token.split_contents()
    remaining = words[1:]
    extra_context = token_kwargs(remaining, parser, support_legacy=True)
    if not extra_context:
        raise TemplateSyntaxError(f"{words[0]!r} expected at least one variable assignment")
    if remaining:
        raise TemplateSyntaxError(f"{words[0]!r} received an invalid token: {remaining[0]!r}")
    nodelist = parser.parse(("endwith",))
    parser.delete_first_token()
    return WithNode(None, None, nodelist, extra_context=extra_context)


__all__ = ["ForNode", "IfNode", "TemplateIfParser", "TemplateLiteral", "VariableDoesNotExist", "WithNode"]
