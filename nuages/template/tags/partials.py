"""`partialdef` and `partial`: parts of a template with a name."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from nuages.template.compiler.runtime import helper
from nuages.template.compiler.scope import bound_in
from nuages.template.compiler.unit import have_to_be_live
from nuages.template.exceptions import TemplateSyntaxError
from nuages.template.nodes import Node, NodeList
from nuages.template.tags import register
from nuages.template.template import PartialTemplate
from nuages.template.tokens import UNKNOWN_SOURCE, Token

if TYPE_CHECKING:
    from nuages.template.compiler.emitter import Emitter
    from nuages.template.parser import Parser

T = TypeVar("T")


class PartialNode(Node):
    """A partial put out: it is rendered with the context as it is and may set variables in it."""

    child_nodelists = ()

    def __init__(self, partial_name: str, partial_mapping: dict[str, PartialTemplate]) -> None:
        self.partial_name = partial_name
        # Filled while the rest of the template is parsed, so asked only when compiling.
        self.partial_mapping = partial_mapping

    @property
    def target(self) -> PartialTemplate | None:
        """The partial; None where the template defines none of this name."""
        return self.partial_mapping.get(self.partial_name)

    @property
    def binds(self) -> tuple[str, ...]:  # type: ignore[override]
        """The variables that the partial sets."""
        return self._asked(lambda nodes: tuple(sorted(set(bound_in(nodes)))), ())

    @property
    def needs_context(self) -> bool:  # type: ignore[override]
        """Whether the partial works on the context: a tag in it may set any variable."""
        return self._asked(have_to_be_live, False)

    def _asked(self, question: Callable[[NodeList], T], known: T) -> T:
        """Ask something of the partial's nodes; where it is being asked already, as the partial calls itself, `known`."""
        partial = self.target
        if partial is None or partial.is_asked:
            return known
        partial.is_asked = True
        try:
            return question(partial.nodelist)
        finally:
            partial.is_asked = False

    def emit(self, code: Emitter) -> None:
        partial = self.target
        if partial is None:
            code.do(code.call("no_such_partial", code.const(self.partial_name)))
            return
        # What the partial sets is taken over.
        names = code.const(None) if code.live else code.everything()
        kept = code.temporary("names") if self.binds and not code.live else None
        if kept is not None:
            code.assign_local(kept, code.call("dict", names))
            names = code.local(kept)
        code.hand_over(
            "call_partial",
            code.local("context"),
            names,
            code.local("blocks"),
            code.constant(partial, "partial"),
            code.switches_expression(),
            code.const(code.string_if_invalid),
        )
        if kept is not None:
            for name in self.binds:
                with code.block() as body:
                    code.set(name, code.item(kept, name))
                code.if_(code.compared(code.const(name), ast.In(), code.local(kept)), body)


class PartialDefNode(Node):
    """The definition of a partial; one that says `inline` is also part of what stands around it."""

    def __init__(self, partial_name: str, inline: bool, nodelist: NodeList) -> None:
        self.partial_name = partial_name
        self.inline = inline
        self.nodelist = nodelist
        self.own_layer = self.stands_apart = not inline

    def emit(self, code: Emitter) -> None:
        if self.inline:
            code.nodes(self.nodelist)


@helper
def no_such_partial(name: str) -> None:
    """Refuse a partial that the template does not define."""
    raise TemplateSyntaxError(f"Partial '{name}' is not defined in the current template.")


@register.tag(name="partialdef")
def partialdef_func(parser: Parser, token: Token) -> PartialDefNode:
    """Define a partial: `{% partialdef card inline %}...{% endpartialdef card %}`."""
    words = token.split_contents()
    if len(words) == 1:
        raise TemplateSyntaxError("'partialdef' tag requires a name")
    if len(words) > 3:
        raise TemplateSyntaxError("'partialdef' tag takes at most 2 arguments")
    name = words[1]
    if len(words) == 3 and words[2] != "inline":
        raise TemplateSyntaxError(
            f"The 'inline' argument does not have any parameters; either use 'inline' or remove it completely. "
            f"Got {words[2]!r}."
        )
    acceptable = ("endpartialdef", f"endpartialdef {name}")
    nodelist = parser.parse(acceptable)
    end = parser.next_token()
    if end.contents not in acceptable:
        parser.invalid_block_tag(end, "endpartialdef", acceptable)
    partials: dict[str, PartialTemplate] = parser.extra_data.setdefault("partials", {})
    if name in partials:
        where = parser.origin.name if parser.origin is not None else UNKNOWN_SOURCE
        raise TemplateSyntaxError(f"Partial '{name}' is already defined in the '{where}' template.")
    start = token.position[0] if token.position else None
    stop = end.position[1] if end.position else None
    partials[name] = PartialTemplate(nodelist, parser.origin, name, start, stop)  # type: ignore[arg-type]
    return PartialDefNode(name, len(words) == 3, nodelist)


@register.tag(name="partial")
def partial_func(parser: Parser, token: Token) -> PartialNode:
    """Put out a partial of this template."""
    words = token.split_contents()
    if len(words) != 2:
        raise TemplateSyntaxError("'partial' tag requires a single argument")
    return PartialNode(words[1], parser.extra_data.setdefault("partials", {}))


__all__ = ["PartialDefNode", "PartialNode"]
