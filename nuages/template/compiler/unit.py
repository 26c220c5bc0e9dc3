"""A piece of template that is one Python function: a template's body, a block, a partial.

A unit is compiled when it is first called, once per set of switches. It is *live* when it holds a tag that we
do not know, which may look at or change the Context; otherwise it works on plain names and leaves the Context
alone.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import Any

from nuages.template.compiler.emitter import LOOPS_AT_MOST, TAGS_AT_MOST, Emitter
from nuages.template.compiler.runtime import HELPERS, place_of
from nuages.template.context import Context
from nuages.template.nodes import TextNode
from nuages.template.presentation import Switches, interned
from nuages.utils.functional import cached_property
from nuages.utils.garbage import undisturbed

Blocks = Any
Writer = Callable[[str], Any]
Function = Callable[[Context, dict[str, Any], Blocks, Writer], None]

Generating = Callable[[Context, dict[str, Any], Blocks, None], Iterator[str]]

BLOCKS_KEY = "nuages.blocks"

# By the kind of the one node and its place: the code, and the names of its constants.
_alike: dict[tuple[type, str, str, str], tuple[CodeType, tuple[str, ...], bool]] = {}
_ALIKE_AT_MOST = 256


#: Calls after which a function with a loop is compiled anew, for the types that it has met by then.
OFTEN = 40

#: The same for one without a loop, which may stand in the loop of another template.
VERY_OFTEN = 1000


def have_to_be_live(nodes: Sequence[Any]) -> bool:
    """Whether a function of these nodes needs the Context itself.

    It does where a node is one that we do not know, or hands the Context on; and where tags stand so deep in one
    another that some become functions of their own, which find their variables in the Context.
    """
    waiting = [(nodes, 0, 0)]
    while waiting:
        within, tags, loops = waiting.pop()
        if tags >= TAGS_AT_MOST or loops >= LOOPS_AT_MOST:
            return True
        for node in within:
            if type(node) is TextNode:
                continue
            if not node.compiles or node.needs_context:
                return True
            if node.child_nodelists and not node.stands_apart:
                waiting += [(children, tags + 1, loops + node.nests) for children in node.children()]
    return False


def text_of(nodes: Sequence[Any]) -> str | None:
    """What nodes put out that are nothing but text; None for any others."""
    if any(type(node) is not TextNode for node in nodes):
        return None
    return "".join([node.s for node in nodes])


def putting(text: str) -> Function:
    """The function of nodes that are only text, as many blocks are: there is nothing to compile."""

    def put_text(context: Context, names: dict[str, Any], blocks: Blocks, write: Writer) -> None:
        write(text)

    def put_nothing(context: Context, names: dict[str, Any], blocks: Blocks, write: Writer) -> None:
        pass

    return put_text if text else put_nothing


def switches_of(context: Context) -> Switches:
    """The switches a context is set to."""
    return interned((context.autoescape, context.use_l10n, context.use_tz))


def _calls_before(function: Function) -> int:
    """How often a function is called before it is compiled anew; 0 for one that gains nothing by that."""
    names = function.__code__.co_names  # type: ignore[attr-defined]
    if not any("_show_" in name for name in names):
        return 0
    return OFTEN if "loop_values" in names else VERY_OFTEN


class Unit:
    """Nodes that are compiled to one function."""

    def __init__(
        self,
        nodes: Sequence[Any],
        *,
        name: str,
        live: bool = False,
        outermost: bool = False,
        alone: bool = False,
    ) -> None:
        self._nodes = nodes
        self.name = name
        self.outermost = outermost
        # One node whose own `emit` is meant, though a subclass may have a `render` around it.
        self.alone = alone
        self._asked_to_be_live = live
        self._functions: dict[tuple[Switches, str], Function] = {}
        self._generators: dict[tuple[Switches, str], Generating] = {}
        # How often each of the functions will be asked for before it is compiled anew.
        self._calls_left: dict[tuple[Switches, str], int] = {}
        # The one asked for last, and whether it is called with the variables as they are: pages are rendered under
        # the same switches nearly always.
        self.last: tuple[Any, Any, Any, bool] = None, None, None, False
        self.sets: frozenset[str] = frozenset()
        self.uses_block = False

    @property
    def nodes(self) -> Sequence[Any]:
        """The nodes."""
        return self._nodes

    @cached_property
    def live(self) -> bool:
        """Whether the function needs the Context itself."""
        return self._asked_to_be_live or have_to_be_live(self.nodes)

    def tree(
        self,
        switches: Switches,
        string_if_invalid: str = "",
        *,
        name: str = "render",
        streaming: bool = False,
        emitter: type[Emitter] = Emitter,
    ) -> tuple[ast.Module, Emitter]:
        """The Python module of the function, and what it was made with."""
        code = emitter(
            switches, string_if_invalid, live=self.live, outermost=self.outermost, streaming=streaming
        )
        return code.function(self.nodes, name=name, alone=self.alone), code

    def function(self, switches: Switches, string_if_invalid: str) -> Function:
        """The compiled function."""
        last = self.last
        if last[0] is switches and last[1] is string_if_invalid:
            return last[2]  # type: ignore[no-any-return]
        key = (switches, string_if_invalid)
        function = self._functions.get(key)
        if function is None:
            function = self._functions[key] = self._made(switches, string_if_invalid, streaming=False)
            return function
        left = self._calls_left.get(key)
        if left is None:
            # The one that it was made for counts.
            left = _calls_before(function) - 1
        if left == 1:
            function = self._functions[key] = self._made_for_rows(function, switches, string_if_invalid)
        if left <= 1:
            self.last = switches, string_if_invalid, function, not (self.uses_block or self.sets)
        self._calls_left[key] = left - 1
        return function

    def _made_for_rows(self, function: Function, switches: Switches, string_if_invalid: str) -> Function:
        """What shows the objects that are looped over more quickly; the same function where nothing does."""
        # Not before something is called often: most processes come to that only after a while, or never.
        from nuages.template.compiler.rows import RowEmitter

        compiled, code = self.compiled(switches, string_if_invalid, emitter=RowEmitter)
        if not code.is_quicker:
            return function
        return self._function_of(compiled, code.constants, code.root_names, code.may_read("block"))  # type: ignore[no-any-return]

    def generator(self, switches: Switches, string_if_invalid: str) -> Generating:
        """The same as a generator of pieces."""
        key = (switches, string_if_invalid)
        generator = self._generators.get(key)
        if generator is None:
            generator = self._generators[key] = self._made(switches, string_if_invalid, streaming=True)
        return generator

    def _made(self, switches: Switches, string_if_invalid: str, *, streaming: bool) -> Any:
        if not streaming:
            text = text_of(self.nodes)
            if text is not None:
                return putting(text)
            constants = self.nodes[0].constants(switches) if len(self.nodes) == 1 and not self.live else None
            if constants is not None:
                return self._made_alike(constants, switches, string_if_invalid)
        compiled, code = self.compiled(switches, string_if_invalid, streaming=streaming)
        reads_block = code.may_read("block")
        if streaming:
            return self._function_of(compiled, code.constants, code.root_names, reads_block)
        return self.adopt(switches, string_if_invalid, compiled, code.constants, code.root_names, reads_block)

    def _made_alike(self, constants: tuple[Any, ...], switches: Switches, string_if_invalid: str) -> Any:
        """The function of a node whose Python is known from another template, as that of `extends` is."""
        (node,) = self.nodes
        key = type(node), self.name, string_if_invalid, str(place_of(node))
        known = _alike.get(key)
        if known is None:
            compiled, code = self.compiled(switches, string_if_invalid)
            if len(_alike) >= _ALIKE_AT_MOST:
                _alike.clear()
            known = _alike[key] = compiled, tuple(code.constants), code.may_read("block")
        compiled, names, reads_block = known
        return self.adopt(
            switches,
            string_if_invalid,
            compiled.replace(co_filename=self.filename),
            dict(zip(names, constants, strict=True)),
            frozenset(),
            reads_block,
        )

    def compiled(
        self,
        switches: Switches,
        string_if_invalid: str,
        *,
        streaming: bool = False,
        emitter: type[Emitter] = Emitter,
    ) -> tuple[CodeType, Emitter]:
        """The code of the function, and what it was made with."""
        # A syntax tree has thousands of parts, and goes as a whole.
        with undisturbed():
            # With the name that tracebacks then show, such as `in block title`.
            module, code = self.tree(
                switches, string_if_invalid, name=self.name, streaming=streaming, emitter=emitter
            )
            whole = compile(module, self.filename, "exec", dont_inherit=True)
            del module
        (function,) = (part for part in whole.co_consts if isinstance(part, CodeType))
        return function, code

    def adopt(
        self,
        switches: Switches,
        string_if_invalid: str,
        compiled: CodeType,
        constants: dict[str, Any],
        sets: frozenset[str],
        reads_block: bool,
    ) -> Any:
        """Take code that was compiled for these switches, and its constants; gives its function."""
        function = self._function_of(compiled, constants, sets, reads_block)
        self._functions[switches, string_if_invalid] = function
        return function

    def _function_of(
        self, compiled: CodeType, constants: dict[str, Any], sets: frozenset[str], reads_block: bool
    ) -> Any:
        self.sets = sets
        self.uses_block = self.live or reads_block
        constants["__builtins__"], constants["__nuages_unit__"] = HELPERS, self
        return FunctionType(compiled, constants)

    @cached_property
    def origin(self) -> Any:
        """Where the nodes come from."""
        return next((node.origin for node in self.nodes if getattr(node, "origin", None) is not None), None)

    @property
    def filename(self) -> str:
        """What tracebacks call the place."""
        return str(self.origin.name) if self.origin is not None else f"<template {self.name}>"

    @property
    def origin_template(self) -> Any:
        """The template that the nodes were parsed for, if it is still there."""
        reference = getattr(self.origin, "template", None)
        return reference() if reference is not None else None

    def source(self, switches: Switches | None = None, string_if_invalid: str = "") -> str:
        """The function as Python text, for reading."""
        return ast.unparse(self.tree(switches or Switches(), string_if_invalid)[0])

    # Calling

    def render_live(self, context: Context) -> str:
        """The output on a real context, whose blocks and switches count."""
        parts: list[str] = []
        template = context.template
        invalid = template.engine.string_if_invalid if template is not None else ""
        function = self.function(switches_of(context), invalid)
        function(context, {}, context.render_context.get(BLOCKS_KEY), parts.append)
        return "".join(parts)

    def call(
        self,
        context: Context,
        names: dict[str, Any],
        blocks: Blocks,
        write: Writer,
        switches: Switches,
        invalid: str,
    ) -> None:
        """Run the function with `names` visible; what it sets stays its own."""
        function = self.function(switches, invalid)
        if self.live:
            with lively(context, names, blocks, switches):
                function(context, names, blocks, write)
            return
        function(context, dict(names) if self.sets else names, blocks, write)

    def pieces(
        self, context: Context, names: dict[str, Any], blocks: Blocks, switches: Switches, invalid: str
    ) -> Iterator[str]:
        """As `call`, giving the output piece by piece."""
        generator = self.generator(switches, invalid)
        if not self.live:
            yield from generator(context, dict(names), blocks, None)
            return
        with lively(context, names, blocks, switches):
            yield from generator(context, names, blocks, None)


@contextmanager
def lively(context: Context, names: dict[str, Any], blocks: Blocks, switches: Switches) -> Iterator[None]:
    """Bring a context up to what a live function expects to find in it, and back."""
    before = switches_of(context)
    state = context.render_context.dicts[-1]
    outer_blocks = state.get(BLOCKS_KEY)
    state[BLOCKS_KEY] = blocks
    depth = len(context.dicts)
    context.dicts.append(dict(names))
    context.autoescape, context.use_l10n, context.use_tz = switches
    try:
        yield
    finally:
        del context.dicts[depth:]
        context.autoescape, context.use_l10n, context.use_tz = before
        state[BLOCKS_KEY] = outer_blocks


__all__ = ["BLOCKS_KEY", "Unit", "lively", "switches_of"]
