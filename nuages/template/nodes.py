"""What the parser makes of a template: nodes.

Third-party tags subclass `Node` and write `render(context)`. Built-in nodes write `emit(code)` instead, which
puts their Python into the function being compiled; their `render` compiles that for the one node. There is
thus one meaning of each tag, whoever asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from nuages.template.origin import Origin
from nuages.template.tokens import Token
from nuages.template.variables import FilterExpression
from nuages.utils.safestring import SafeString

if TYPE_CHECKING:
    from nuages.template.compiler.emitter import Emitter
    from nuages.template.compiler.unit import Unit

N = TypeVar("N", bound="Node")


class Node:
    """One piece of a parsed template.

    `child_nodelists` names the attributes that hold node lists. `binds` lists the variables the node sets in
    the layer it stands in; `own_layer` says that its children are rendered in a layer of their own.
    """

    must_be_first = False
    child_nodelists: tuple[str, ...] = ("nodelist",)
    token: Token | None = None
    origin: Origin | None = None

    binds: tuple[str, ...] = ()
    own_layer = False
    # The node's Python is a loop or a try block around its children.
    nests = False
    # The node hands the Context itself to code that we do not know.
    needs_context = False
    # The node has a function of its own (a block): its children are not part of the function it stands in.
    stands_apart = False
    _alone: Unit | None = None

    def render(self, context: Any) -> str:
        """The node's output."""
        if self._alone is None:
            from nuages.template.compiler.unit import Unit

            if type(self).emit is Node.emit:
                raise NotImplementedError(f"{type(self).__name__} needs a render(context) method")
            self._alone = Unit([self], name=type(self).__name__, live=True, alone=True)
        return self._alone.render_live(context)

    def render_annotated(self, context: Any) -> str:
        """The node's output; an error is marked with the place in the template."""
        try:
            return self.render(context)
        except Exception as error:
            from nuages.template.diagnosis import annotate

            annotate(error, context, self)
            raise

    def emit(self, code: Emitter) -> None:
        """Write the node's Python. Nodes that do not are rendered through `render`."""
        raise NotImplementedError

    def constants(self, switches: Any) -> tuple[Any, ...] | None:
        """The objects that the node's Python refers to, in the order of `emit`.

        For a node whose Python is always the same but for these objects, wherever it stands alone; None for others.
        """
        return None

    @property
    def compiles(self) -> bool:
        """Whether `emit` tells all: false once a subclass has its own `render`."""
        kind = type(self)
        return kind.render is Node.render and kind.emit is not Node.emit

    def children(self) -> Iterator[Sequence[Any]]:
        """The node lists inside this node."""
        for name in self.child_nodelists:
            nodes = getattr(self, name, None)
            if nodes:
                yield nodes

    def get_nodes_by_type(self, nodetype: type[N]) -> list[N]:
        """All nodes of a kind in here, this one included, in order."""
        found: list[N] = []
        # A list as stack: templates may be nested deeper than Python likes to recurse.
        waiting: list[Any] = [self]
        while waiting:
            node = waiting.pop()
            if isinstance(node, nodetype):
                found.append(node)
            if isinstance(node, Node) and node.child_nodelists:
                for nodes in reversed([*node.children()]):
                    waiting += nodes[::-1]
        return found


class NodeList(list[Any]):
    """A list of nodes that can be rendered."""

    contains_nontext = False
    _compiled: tuple[tuple[Any, ...], Unit] | None = None

    def render(self, context: Any) -> SafeString:
        """The joined output of all nodes."""
        nodes = tuple(self)
        compiled = self._compiled
        if compiled is None or compiled[0] != nodes:
            from nuages.template.compiler.unit import Unit

            compiled = self._compiled = nodes, Unit(nodes, name="nodelist", live=True)
        return SafeString(compiled[1].render_live(context))

    def get_nodes_by_type(self, nodetype: type[N]) -> list[N]:
        """All nodes of a kind in the list and below."""
        found: list[N] = []
        for node in self:
            # Most have nothing in them.
            if type(node) is not TextNode and type(node) is not VariableNode:
                found += node.get_nodes_by_type(nodetype)
            elif isinstance(node, nodetype):
                found.append(node)
        return found


class TextNode(Node):
    """Text that is copied as it stands."""

    child_nodelists = ()

    def __init__(self, s: str) -> None:
        self.s = s

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.s[:25]!r}>"

    def render(self, context: Any) -> str:
        """The text."""
        return self.s

    @property
    def compiles(self) -> bool:
        return type(self).render is TextNode.render

    def emit(self, code: Emitter) -> None:
        code.text(self.s)


class VariableNode(Node):
    """`{{ expression }}`."""

    child_nodelists = ()

    def __init__(self, filter_expression: FilterExpression) -> None:
        self.filter_expression = filter_expression

    def __repr__(self) -> str:
        return f"<Variable Node: {self.filter_expression}>"

    def emit(self, code: Emitter) -> None:
        code.show(self.filter_expression)


def all_nodes(nodes: Iterable[Any]) -> Iterator[Any]:
    """Every node in and below `nodes`, outer ones first."""
    waiting: list[Any] = list(nodes)[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Node):
            for children in reversed(list(node.children())):
                waiting.extend(reversed(children))
