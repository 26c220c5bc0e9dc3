"""Tags that remember between one time they are met and the next: `cycle`, `resetcycle`, `ifchanged`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nuages.template.compiler.runtime import ForLoop, helper
from nuages.template.context import Context
from nuages.template.exceptions import TemplateSyntaxError
from nuages.template.lookup import NOTHING
from nuages.template.nodes import Node, NodeList
from nuages.template.tags import register
from nuages.template.tokens import Token
from nuages.template.variables import FilterExpression

if TYPE_CHECKING:
    from nuages.template.compiler.emitter import Emitter
    from nuages.template.parser import Parser


class CycleNode(Node):
    """One of several values, the next each time."""

    child_nodelists = ()

    def __init__(
        self, cyclevars: list[FilterExpression], variable_name: str | None = None, silent: bool = False
    ) -> None:
        self.cyclevars = cyclevars
        self.variable_name = variable_name
        self.silent = silent
        # No other tag goes on with this cycle or sets it back.
        self.met_once = True

    @property
    def binds(self) -> tuple[str, ...]:  # type: ignore[override]
        """The name given with `as`."""
        return () if self.variable_name is None else (self.variable_name,)

    def reset(self, context: Context) -> None:
        """Start again with the first value."""
        context.render_context.dicts[-1][self] = 0  # type: ignore[index]

    def emit(self, code: Emitter) -> None:
        size = len(self.cyclevars)
        number = code.counter("turn", size) if self.met_once else None
        if number is None:
            number = code.call(
                "next_turn", code.local("context"), code.constant(self, "cycle"), code.const(size)
            )
        texts = [code.text_of(expression) for expression in self.cyclevars]
        if self.variable_name is None and not self.silent and None not in texts:
            code.put(code.picked(tuple(map(str, texts)), number))
            return
        turn = code.temporary("now")
        code.assign_local(turn, number)
        value = code.chosen(turn, [code.value(expression) for expression in self.cyclevars])
        if self.variable_name is not None:
            chosen = code.temporary("chosen")
            code.assign_local(chosen, value)
            value = code.local(chosen)
            code.set_upward(self.variable_name, value)
        if not self.silent:
            code.show_value(value)
        elif self.variable_name is None:
            code.do(value)


@helper
def next_turn(context: Context, node: CycleNode, count: int) -> int:
    """Which value's turn it is."""
    state = context.render_context.dicts[-1]
    turn: int = state.get(node, 0)  # type: ignore[call-overload]
    state[node] = (turn + 1) % count  # type: ignore[index]
    return turn


@register.tag
def cycle(parser: Parser, token: Token) -> CycleNode:
    """Put out one of the arguments, the next each time: `{% cycle "row1" "row2" as rowcolors silent %}`."""
    words = token.split_contents()
    if len(words) < 2:
        raise TemplateSyntaxError("'cycle' tag requires at least two arguments")
    named: dict[str, CycleNode] = parser.__dict__.setdefault("named_cycles", {})
    if len(words) == 2:
        return _known_cycle(named, words[1])
    silent = False
    if len(words) > 4 and words[-3] == "as":
        if words[-1] != "silent":
            raise TemplateSyntaxError(f"Only 'silent' flag is allowed after cycle's name, not '{words[-1]}'.")
        silent = True
        words = words[:-1]
    name = None
    if (len(words) >= 5 and words[-2] == "as") or (len(words) == 4 and words[-2] == "as"):
        name = words[-1]
        words = words[:-2]
    node = CycleNode([parser.compile_filter(word) for word in words[1:]], name, silent=silent)
    if name is not None:
        named[name] = node
    parser.__dict__["last_cycle"] = node
    return node


def _known_cycle(named: dict[str, CycleNode], name: str) -> CycleNode:
    if not named:
        raise TemplateSyntaxError(f"No named cycles in template. {name!r} is not defined")
    if name not in named:
        raise TemplateSyntaxError(f"Named cycle {name!r} does not exist")
    named[name].met_once = False
    return named[name]


class ResetCycleNode(Node):
    """Lets a cycle start again."""

    child_nodelists = ()

    def __init__(self, node: CycleNode) -> None:
        self.node = node
        node.met_once = False

    def emit(self, code: Emitter) -> None:
        code.do(code.call(code.attribute(code.constant(self.node, "cycle"), "reset"), code.local("context")))


@register.tag
def resetcycle(parser: Parser, token: Token) -> ResetCycleNode:
    """Have the last cycle, or the one named, begin with its first value again."""
    words = token.split_contents()
    if len(words) > 2:
        raise TemplateSyntaxError(f"{words[0]!r} tag accepts at most one argument.")
    known = parser.__dict__
    if len(words) == 2:
        try:
            return ResetCycleNode(known["named_cycles"][words[1]])
        except KeyError:
            raise TemplateSyntaxError(f"Named cycle '{words[1]}' does not exist.") from None
    if "last_cycle" not in known:
        raise TemplateSyntaxError("No cycles in template.")
    return ResetCycleNode(known["last_cycle"])


class IfChangedNode(Node):
    """Rendered when its values, or its own output, differ from last time in the loop."""

    child_nodelists = ("nodelist_true", "nodelist_false")

    def __init__(self, nodelist_true: NodeList, nodelist_false: NodeList, *varlist: FilterExpression) -> None:
        self.nodelist_true = nodelist_true
        self.nodelist_false = nodelist_false
        self._varlist = varlist

    def emit(self, code: Emitter) -> None:
        now = code.temporary("now")
        if self._varlist:
            code.assign_local(
                now,
                code.list_of(code.value(expression, ignore_failures=True) for expression in self._varlist),
            )
        else:
            with code.capture("changing") as content:
                code.nodes(self.nodelist_true)
            code.assign_local(now, content)
        changed = self._changed(code, now)
        with code.block() as body:
            if self._varlist:
                code.nodes(self.nodelist_true)
            else:
                code.put(code.local(now))
        otherwise = None
        if self.nodelist_false:
            with code.block() as otherwise:
                code.nodes(self.nodelist_false)
        code.if_(changed, body, otherwise)

    def _changed(self, code: Emitter, now: str) -> Any:
        loop = code.loop()
        holder = code.local(loop.take_view()) if loop is not None else code.read("forloop")
        return code.call(
            "changes", code.local("context"), holder, code.constant(self, "ifchanged"), code.local(now)
        )


@helper
def changes(context: Context, loop: Any, node: IfChangedNode, now: Any) -> bool:
    """Whether a value differs from the last one seen by this tag in this loop; remembers it."""
    memory: Any
    if type(loop) is ForLoop:
        memory = loop.changes
    elif loop is not NOTHING and hasattr(loop, "setdefault"):
        memory = loop
    else:
        memory = context.render_context.dicts[-1]
    if node in memory and memory[node] == now:
        return False
    memory[node] = now
    return True


@register.tag
def ifchanged(parser: Parser, token: Token) -> IfChangedNode:
    """Render what changed since the last time round a loop."""
    words = token.split_contents()
    nodelist_true = parser.parse(("else", "endifchanged"))
    nodelist_false = NodeList()
    if parser.next_token().contents == "else":
        nodelist_false = parser.parse(("endifchanged",))
        parser.delete_first_token()
    return IfChangedNode(nodelist_true, nodelist_false, *(parser.compile_filter(word) for word in words[1:]))
