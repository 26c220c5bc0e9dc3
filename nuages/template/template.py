"""A template: its text, its nodes, and the function made of them."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from nuages.template import instrumentation
from nuages.template.compiler.unit import Unit, switches_of
from nuages.template.context import Context
from nuages.template.diagnosis import annotate, describe, without_end
from nuages.template.lexer import DebugLexer, Lexer
from nuages.template.nodes import Node, NodeList, TextNode
from nuages.template.origin import Origin
from nuages.template.parser import Parser
from nuages.template.tokens import UNKNOWN_SOURCE, Token
from nuages.utils.functional import cached_property
from nuages.utils.safestring import SafeString

# Characters sent at once while streaming.
_PIECE = 8192


class Renderable:
    """What templates and partials share: a root unit run on a context."""

    root: Unit
    name: Any
    engine: Any

    def render(self, context: Context) -> SafeString:
        """The output with the variables of a context."""
        # What push_state() does, without the cost of a context manager: form widgets are templates too.
        state = context.render_context
        outer, state.template = state.template, self
        state.dicts.append({})
        try:
            if context.template is not None:
                return self._render(context)
            with context.bind_template(self):
                context.template_name = self.name
                return self._render(context)
        finally:
            state.dicts.pop()
            state.template = outer

    def _render(self, context: Context) -> SafeString:
        if instrumentation.announce is not None:
            instrumentation.notify(self, context)
        try:
            return SafeString(self._run(context))
        except RecursionError as error:
            annotate(error, context)
            told = without_end(error)
            if told is None:
                raise
            raise told from None
        except Exception as error:
            annotate(error, context)
            raise

    def stream(self, context: Context) -> Iterator[str]:
        """The output in pieces, each given as soon as it is there: what stands before a block before the block.

        For `StreamingHttpResponse(template.stream(context))`.
        """
        with context.render_context.push_state(self):
            if context.template is not None:
                yield from self._pieces(context)
                return
            with context.bind_template(self):
                context.template_name = self.name
                yield from self._pieces(context)

    def _pieces(self, context: Context) -> Iterator[str]:
        if instrumentation.announce is not None:
            instrumentation.notify(self, context)
        unit = self.root
        switches, invalid = switches_of(context), context.template.engine.string_if_invalid
        try:
            if unit.live:
                pieces = unit.generator(switches, invalid)(context, {}, None, None)
            else:
                pieces = unit.pieces(context, context.flatten(), None, switches, invalid)
            yield from _gathered(pieces)
        except RecursionError as error:
            annotate(error, context)
            told = without_end(error)
            if told is None:
                raise
            raise told from None
        except Exception as error:
            annotate(error, context)
            raise

    def _run(self, context: Context) -> str:
        unit = self.root
        if unit.live:
            return unit.render_live(context)
        parts: list[str] = []
        names = context.flatten()
        function = unit.function(switches_of(context), context.template.engine.string_if_invalid)
        function(context, names, None, parts.append)
        for name in unit.sets:
            # Set at the outermost level, so still there after rendering, as documented for the context.
            if name in names:
                context.set_upward(name, names[name])
        return "".join(parts)


def _gathered(pieces: Iterable[str]) -> Iterator[str]:
    """Small pieces together, but none held back where an empty one says that the next may take long."""
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size and (not piece or size >= _PIECE):
            yield "".join(held)
            held, size = [], 0
    if size:
        yield "".join(held)


@cache
def _storing() -> Any:
    # Made of templates, so it cannot be imported first.
    from nuages.template import storing

    return storing


class Template(Renderable):
    """A compiled template.

    `Template("Hello {{ name }}").render(Context({"name": "Django"}))` gives `"Hello Django"`.
    """

    def __init__(
        self, template_string: Any, origin: Origin | None = None, name: Any = None, engine: Any = None
    ) -> None:
        if engine is None:
            # Made by hand: tags come from the engine a project has configured first.
            from nuages.template.engine import Engine

            engine = Engine.get_default()
        self.name = name
        self.origin = Origin(UNKNOWN_SOURCE) if origin is None else origin
        self.engine = engine
        self.source = str(template_string)
        self.extra_data: dict[str, Any] = {}
        # Whether tags of others had a say when the nodes were made.
        self.knows_strangers = False
        pack = None
        if type(self) is Template and self.origin.loader is not None:
            pack = _storing().pack_for(self)
        if pack is None or not _storing().restored(self, pack):
            self.nodelist = self._parsed()
            if pack is not None:
                _storing().keep(self, pack)
        # For errors: the nodes know their origin, and so the text they were parsed from.
        self.origin.template = weakref.ref(self)

    @cached_property
    def nodelist(self) -> NodeList:
        """The nodes; those of a template whose functions were stored are made when they are asked for."""
        return self._parsed()

    def _parsed(self) -> NodeList:
        nodes = self.compile_nodelist()
        for partial in self.extra_data.get("partials", {}).values():
            partial.engine = self.engine
        return nodes

    def __repr__(self) -> str:
        beginning = self.source[:20].replace("\n", "")
        return f'<{type(self).__qualname__} template_string="{beginning}...">'

    def __iter__(self) -> Iterator[Any]:
        for node in self.nodelist:
            yield from node.get_nodes_by_type(Node)

    def compile_nodelist(self) -> NodeList:
        """Lex and parse the source."""
        engine = self.engine
        lexer = (DebugLexer if engine.debug else Lexer)(self.source)
        parser = Parser(lexer.tokenize(), engine.template_libraries, engine.template_builtins, self.origin)
        try:
            nodes = parser.parse()
        except Exception as error:
            describe(error, self, getattr(error, "token", None))
            raise
        self.extra_data = parser.extra_data
        self.knows_strangers = parser.knows_strangers
        return nodes

    @cached_property
    def root(self) -> Unit:  # type: ignore[override]
        """The unit of the template's outermost nodes."""
        return Unit(self.nodelist, name="template", outermost=True)

    @cached_property
    def extends(self) -> bool:
        """Whether the template has a parent."""
        from nuages.template.loader_tags import ExtendsNode

        for node in self.nodelist:
            if not isinstance(node, TextNode):
                return isinstance(node, ExtendsNode)
        return False

    @cached_property
    def blocks(self) -> dict[str, Any]:
        """The template's blocks by name."""
        from nuages.template.loader_tags import BlockNode, ExtendsNode

        last = self.nodelist[-1] if self.nodelist else None
        if type(last) is ExtendsNode:
            # All there is, but for text before it.
            return last.blocks
        return {block.name: block for block in self.nodelist.get_nodes_by_type(BlockNode)}

    def get_exception_info(self, exception: BaseException, token: Token) -> dict[str, Any]:
        """What the debug page shows of an error at a token: see `diagnosis.excerpt`."""
        from nuages.template.diagnosis import excerpt

        return excerpt(exception, self.source, self.origin.name, token.start, token.end)


class PartialTemplate(Renderable):
    """A part of a template defined with `{% partialdef %}`, rendered like a template."""

    def __init__(
        self,
        nodelist: NodeList,
        origin: Origin,
        name: str,
        source_start: int | None = None,
        source_end: int | None = None,
    ) -> None:
        self.nodelist = nodelist
        self.origin = origin
        self.name = name
        self.engine: Any = None
        # While a question about its nodes is being answered: see `tags.partials.PartialNode`.
        self.is_asked = False
        self._source_start = source_start
        self._source_end = source_end

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__}: {self.name!r} of {self.origin!r}>"

    @cached_property
    def root(self) -> Unit:  # type: ignore[override]
        """The unit of the partial's nodes."""
        return Unit(self.nodelist, name=f"partial {self.name}")

    def get_exception_info(self, exception: BaseException, token: Token) -> dict[str, Any]:
        """What the debug page shows, taken from the whole template."""
        whole = self._whole()
        return whole.get_exception_info(exception, token)  # type: ignore[no-any-return]

    def _whole(self) -> Any:
        """The template that the partial is part of."""
        template = self.origin.template() if self.origin.template is not None else None
        return template or self.origin.loader.get_template(self.origin.template_name)

    def find_partial_source(self, full_source: str) -> str:
        """The partial's own text within its template's."""
        start, end = self._source_start, self._source_end
        known = start is not None and end is not None and end <= len(full_source)
        return full_source[start:end] if known else ""

    @property
    def source(self) -> str:
        """The partial's text; known in debug mode only."""
        template = self._whole()
        if not template.engine.debug:
            warnings.warn(
                "PartialTemplate.source is only available when template debugging is enabled.",
                RuntimeWarning,
                stacklevel=2,
            )
        return self.find_partial_source(template.source)
