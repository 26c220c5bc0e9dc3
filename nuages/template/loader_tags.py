"""Tags that bring templates together: `block`, `extends`, `include`."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from nuages.template.compiler.linking import BlockContext
from nuages.template.compiler.unit import BLOCKS_KEY, Unit
from nuages.template.exceptions import TemplateDoesNotExist, TemplateSyntaxError
from nuages.template.library import Library, token_kwargs
from nuages.template.nodes import Node, NodeList
from nuages.template.origin import Origin
from nuages.template.presentation import interned
from nuages.template.template import Template
from nuages.template.tokens import Token
from nuages.template.variables import FilterExpression
from nuages.utils.functional import cached_property
from nuages.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from nuages.template.compiler.emitter import Emitter
    from nuages.template.compiler.linking import Linked
    from nuages.template.parser import Parser

register = Library()

BLOCK_CONTEXT_KEY = BLOCKS_KEY


class BlockNode(Node):
    """A block: what it holds may be overridden by templates that extend this one."""

    own_layer = True
    stands_apart = True
    nests = True

    def __init__(self, name: str, nodelist: Any, parent: Any = None) -> None:
        self.name = name
        self.nodelist = nodelist
        self.parent = parent

    def __repr__(self) -> str:
        return f"<Block Node: {self.name}. Contents: {self.nodelist!r}>"

    @cached_property
    def unit(self) -> Unit:
        """The block's function."""
        return Unit(self.nodelist, name=f"block {self.name}")

    def emit(self, code: Emitter) -> None:
        common = (
            code.local("blocks"),
            code.constant(self, "block"),
            code.switches_expression(),
            code.const(code.string_if_invalid),
        )
        if code.live:
            code.hand_over("call_block_live", code.local("context"), *common)
        else:
            code.hand_over("call_block", code.local("context"), code.everything(), *common)


class ExtendsNode(Node):
    """The whole of a template that has a parent."""

    must_be_first = True
    stands_apart = True
    context_key = "extends_context"

    def __init__(self, nodelist: NodeList, parent_name: FilterExpression, template_dirs: Any = None) -> None:
        self.nodelist = nodelist
        self.parent_name = parent_name
        self.template_dirs = template_dirs
        self.blocks: dict[str, BlockNode] = {
            block.name: block for block in nodelist.get_nodes_by_type(BlockNode)
        }
        # Parent and blocks of a literal name, as long as the loaders keep their templates.
        self.linked: dict[ExtendsNode, Linked] = {}

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: extends {self.parent_name.token}>"

    @property
    def literal(self) -> bool:
        """Whether the parent is named by a literal."""
        return not self.parent_name.is_var and not self.parent_name.filters

    def find_template(self, template_name: str, context: Any, history: list[Any] | None = None) -> Any:
        """Load the parent, passing over templates that are children here already."""
        skipped = [self.origin] if history is None else history
        try:
            template, _ = context.template.engine.find_template(template_name, skip=skipped)
        except TemplateDoesNotExist as error:
            children = [str(origin.template_name) for origin in skipped if origin is not None]
            if template_name in children:
                round_ = " -> ".join([*children[children.index(template_name) :], template_name])
                error.add_note(f"The templates extend one another without end: {round_}")
            raise
        return template

    def get_parent(self, context: Any) -> Any:
        """The parent template."""
        return self.find_parent(self.parent_name.resolve(context), context, [self.origin])

    def find_parent(self, parent: Any, context: Any, history: list[Any]) -> Any:
        """The template a value stands for: a template object, or the name of one."""
        if not parent:
            message = f"Invalid template name in 'extends' tag: {parent!r}."
            if self.parent_name.filters or self.parent_name.is_var:
                message += f" Got this from the '{self.parent_name.token}' variable."
            raise TemplateSyntaxError(message)
        if isinstance(parent, Template):
            return parent
        wrapped = getattr(parent, "template", None)
        if isinstance(wrapped, Template):
            return wrapped
        if self.origin is not None and isinstance(parent, str):
            parent = construct_relative_path(self.origin.template_name, parent)
        return self.find_template(parent, context, history)

    def constants(self, switches: Any) -> tuple[Any, ...] | None:
        """Itself, the parent's name if that is literal, and the switches."""
        return (self, self.parent_name.var, interned(switches)) if self.literal else None

    def emit(self, code: Emitter) -> None:
        code.hand_over(
            "extend",
            code.local("context"),
            code.const(None) if code.live else code.everything(),
            code.local("blocks"),
            code.constant(self, "extends"),
            code.value(self.parent_name),
            code.switches_expression(),
            code.const(code.string_if_invalid),
        )


class IncludeNode(Node):
    """Another template's output, with more variables or only those given."""

    context_key = "__include_context"

    def __init__(
        self,
        template: FilterExpression,
        *args: Any,
        extra_context: dict[str, FilterExpression] | None = None,
        isolated_context: bool = False,
        **kwargs: Any,
    ) -> None:
        self.template = template
        self.extra_context = extra_context or {}
        self.isolated_context = isolated_context
        super().__init__(*args, **kwargs)
        # Engine, its resets, the name, the template: as long as the loaders keep their templates.
        self.known: tuple[Any, int, str, Any] | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__}: template={self.template!r}>"

    def find_template(self, wanted: Any, context: Any) -> Any:
        """The template a value stands for: anything with a render method, a name, or several names to try."""
        engine = context.template.engine
        if callable(getattr(wanted, "render", None)):
            # A backend's template wraps one of ours.
            return getattr(wanted, "template", wanted)
        template = self._load(wanted or (), context, engine)
        if engine.generation is not None and not self.template.is_var and not self.template.filters:
            self.known = engine, engine.resets, wanted, template
        return template

    def _load(self, wanted: Any, context: Any, engine: Any) -> Any:
        if isinstance(wanted, str):
            here = self.origin.template_name if self.origin is not None else None
            names: tuple[str, ...] = (construct_relative_path(here, wanted),)
        else:
            names = tuple(wanted)
        # Within one rendering a name is loaded once per tag, however often the tag is met.
        loaded = context.render_context.dicts[0].setdefault(self, {})
        template = loaded.get(names)
        if template is None:
            template = loaded[names] = engine.select_template(names)
        return template

    def emit(self, code: Emitter) -> None:
        extra = code.const(None)
        if self.extra_context:
            extra = code.dict_of({name: code.value(value) for name, value in self.extra_context.items()})
        code.hand_over(
            "include",
            code.local("context"),
            code.const(None) if code.live else code.everything(),
            code.constant(self, "include"),
            code.value(self.template),
            extra,
            code.switches_expression(),
        )


def construct_relative_path(
    current_template_name: Any, relative_name: str, allow_recursion: bool = False
) -> str:
    """The full name of a template named `./sibling.html` or `../other.html`; other names as they are."""
    unquoted = relative_name
    quoted = len(relative_name) > 1 and relative_name[0] == relative_name[-1] and relative_name[0] in "\"'"
    if quoted:
        unquoted = relative_name[1:-1]
    if not unquoted.startswith(("./", "../")):
        return relative_name
    if current_template_name is None:
        raise TemplateSyntaxError(
            f"The relative path {relative_name if quoted else repr(relative_name)} cannot be evaluated due to an "
            "unknown template origin."
        )
    folder = posixpath.dirname(str(current_template_name).lstrip("/"))
    path = posixpath.normpath(posixpath.join(folder, unquoted))
    if path.startswith("../"):
        raise TemplateSyntaxError(
            f"The relative path '{relative_name}' points outside the file hierarchy that template "
            f"'{current_template_name}' is in."
        )
    if not allow_recursion and str(current_template_name).lstrip("/") == path:
        raise TemplateSyntaxError(
            f"The relative path '{relative_name}' was translated to template name '{path}', the same template in "
            "which the tag appears."
        )
    return f'"{path}"' if quoted else path


@register.tag("block")
def do_block(parser: Parser, token: Token) -> BlockNode:
    """Define a block that can be overridden by child templates."""
    words = token.contents.split()
    if len(words) != 2:
        raise TemplateSyntaxError(f"{words[0]!r} tag takes only one argument")
    name = words[1]
    seen = parser.__dict__.setdefault("block_names", set())
    if name in seen:
        raise TemplateSyntaxError(f"{words[0]!r} tag with name {name!r} appears more than once")
    seen.add(name)
    nodelist = parser.parse(("endblock",))
    end = parser.next_token()
    acceptable = ("endblock", f"endblock {name}")
    if end.contents not in acceptable:
        parser.invalid_block_tag(end, "endblock", acceptable)
    return BlockNode(name, nodelist)


@register.tag("extends")
def do_extends(parser: Parser, token: Token) -> ExtendsNode:
    """Say that this template extends a parent, named by a literal or a variable."""
    words = token.split_contents()
    if len(words) != 2:
        raise TemplateSyntaxError(f"{words[0]!r} takes one argument")
    here = parser.origin.template_name if parser.origin is not None else None
    word = words[1]
    if word[0] == word[-1] and word[0] in "\"'" and len(word) > 1:
        word = construct_relative_path(here, word, allow_recursion=False)
    parent_name = parser.compile_filter(word)
    nodelist = parser.parse()
    if nodelist.get_nodes_by_type(ExtendsNode):
        raise TemplateSyntaxError(f"{words[0]!r} cannot appear more than once in the same template")
    return ExtendsNode(nodelist, parent_name)


@register.tag("include")
def do_include(parser: Parser, token: Token) -> IncludeNode:
    """Render another template here: `{% include "foo.html" with bar="BAZ" only %}`."""
    words = token.split_contents()
    if len(words) < 2:
        raise TemplateSyntaxError(
            f"{words[0]!r} tag takes at least one argument: the name of the template to be included."
        )
    options: dict[str, Any] = {}
    remaining = words[2:]
    while remaining:
        option = remaining.pop(0)
        if option in options:
            raise TemplateSyntaxError(f"The {option!r} option was specified more than once.")
        if option == "with":
            options[option] = token_kwargs(remaining, parser, support_legacy=False)
            if not options[option]:
                raise TemplateSyntaxError(f'"with" in {words[0]!r} tag needs at least one keyword argument.')
        elif option == "only":
            options[option] = True
        else:
            raise TemplateSyntaxError(f"Unknown argument for {words[0]!r} tag: {option!r}.")
    here = parser.origin.template_name if parser.origin is not None else None
    word = words[1]
    if word[0] == word[-1] and word[0] in "\"'" and len(word) > 1:
        word = construct_relative_path(here, word, allow_recursion=True)
    return IncludeNode(
        parser.compile_filter(word),
        extra_context=options.get("with"),
        isolated_context=options.get("only", False),
    )


__all__ = [
    "BLOCK_CONTEXT_KEY",
    "BlockContext",
    "BlockNode",
    "ExtendsNode",
    "IncludeNode",
    "Origin",
    "SafeString",
    "TemplateDoesNotExist",
    "construct_relative_path",
    "mark_safe",
    "register",
]
