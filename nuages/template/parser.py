"""Second stage: tokens to nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from nuages.template.exceptions import TemplateSyntaxError
from nuages.template.nodes import Node, NodeList, TextNode, VariableNode
from nuages.template.origin import Origin
from nuages.template.tokens import UNKNOWN_SOURCE, Token, TokenType
from nuages.template.variables import FilterExpression, warn_of_double_dot
from nuages.utils.text import get_text_list

Compilation = Callable[["Parser", Token], Any]

# Open tags from which on their number is to blame when Python has no stack left.
_DEEP = 100


class Parser:
    """Turns tokens into a node list, asking the loaded tag libraries for the nodes of tags.

    `tokens` is kept with the next token last, so that taking one is cheap.
    """

    def __init__(
        self,
        tokens: Iterable[Token],
        libraries: dict[str, Any] | None = None,
        builtins: Sequence[Any] | None = None,
        origin: Origin | None = None,
    ) -> None:
        self.tokens = list(tokens)[::-1]
        self.tags: dict[str, Compilation] = {}
        self.filters: dict[str, Callable[..., Any]] = {}
        # The open tags, innermost last: (name, token).
        self.command_stack: list[tuple[str, Token]] = []
        # For what tags want to leave on the template, such as partials.
        self.extra_data: dict[str, Any] = {}
        # Whether a tag of somebody else was met, who may make nodes of anything.
        self.knows_strangers = False
        self.libraries = libraries or {}
        self.origin = origin
        for library in builtins or ():
            self.add_library(library)

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__} tokens={self.tokens!r}>"

    # Parsing

    def parse(self, parse_until: Iterable[str] | None = None) -> NodeList:
        """Nodes up to (not including) one of the named tags, or to the end."""
        ends = tuple(parse_until or ())
        nodes = NodeList()
        while self.tokens:
            token = self.tokens.pop()
            kind = token.token_type
            if kind is TokenType.TEXT:
                text = TextNode(token.contents)
                text.token = token
                text.origin = self.origin
                nodes.append(text)
            elif kind is TokenType.VAR:
                self.extend_nodelist(nodes, VariableNode(self._expression(token)), token)
            elif kind is TokenType.BLOCK:
                words = token.contents.split(None, 1)
                if not words:
                    raise self.error(token, f"Empty block tag on line {token.lineno}")
                if words[0] in ends:
                    self.prepend_token(token)
                    return nodes
                self.extend_nodelist(nodes, self._tag(words[0], token, ends), token)
        if ends:
            self.unclosed_block_tag(ends)
        return nodes

    def _expression(self, token: Token) -> FilterExpression:
        if not token.contents:
            raise self.error(token, f"Empty variable tag on line {token.lineno}")
        try:
            expression = self.compile_filter(token.contents)
        except TemplateSyntaxError as error:
            raise self.error(token, error) from None
        if ".." in token.contents:
            warn_of_double_dot(expression, self._template_name() or UNKNOWN_SOURCE, token.lineno)
        return expression

    def _tag(self, name: str, token: Token, ends: tuple[str, ...]) -> Any:
        compilation = self.tags.get(name)
        if compilation is None:
            self.invalid_block_tag(token, name, ends)
        is_ours = compilation.__module__.startswith("nuages.") or getattr(compilation, "reads_as_ours", False)
        if not is_ours:
            self.knows_strangers = True
        self.command_stack.append((name, token))
        try:
            node = compilation(self, token)
        except RecursionError:
            if len(self.command_stack) < _DEEP:
                # The stack was used up by what loads this template.
                raise
            error = TemplateSyntaxError("Tags are nested too deeply")
            raise self.error(token, error) from None
        except Exception as error:
            raise self.error(token, error) from error.__cause__
        self.command_stack.pop()
        return node

    def skip_past(self, endtag: str) -> None:
        """Throw tokens away up to and including the named tag."""
        while self.tokens:
            token = self.next_token()
            if token.token_type is TokenType.BLOCK and token.contents == endtag:
                return
        self.unclosed_block_tag([endtag])

    def extend_nodelist(self, nodelist: NodeList, node: Any, token: Token) -> None:
        """Append a node, which thereby learns its place in the template."""
        if node.must_be_first and nodelist.contains_nontext:
            where = f"'{self._template_name()}'" if self._template_name() else "the template"
            raise self.error(token, f"{{% {token.contents} %}} must be the first tag in {where}.")
        if not isinstance(node, TextNode):
            nodelist.contains_nontext = True
        node.token = token
        node.origin = self.origin
        nodelist.append(node)

    # Tokens

    def next_token(self) -> Token:
        """Take the next token."""
        return self.tokens.pop()

    def prepend_token(self, token: Token) -> None:
        """Put a token back."""
        self.tokens.append(token)

    def delete_first_token(self) -> None:
        """Drop the next token, usually the end tag that parse() stopped at."""
        del self.tokens[-1]

    # Names

    def add_library(self, lib: Any) -> None:
        """Make a library's tags and filters known from here on."""
        self.tags.update(lib.tags)
        self.filters.update(lib.filters)

    def compile_filter(self, token: str) -> FilterExpression:
        """The expression a word of a tag stands for."""
        return FilterExpression(token, self)

    def find_filter(self, filter_name: str) -> Callable[..., Any]:
        """The function of a filter."""
        function = self.filters.get(filter_name)
        if function is None:
            error = TemplateSyntaxError(f"Invalid filter: {filter_name!r}")
            self._note_likely(error, filter_name, self.filters, "filters")
            raise error
        return function

    # Errors

    def error(self, token: Token, e: Any) -> Exception:
        """The exception to raise for `e`, marked with the token it is about."""
        error: Exception = e if isinstance(e, Exception) else TemplateSyntaxError(e)
        if not hasattr(error, "token"):
            error.token = token  # type: ignore[attr-defined]
        if isinstance(error, TemplateSyntaxError) and error.template_name is None:
            name = self.origin.name if self.origin is not None else UNKNOWN_SOURCE
            error.template_name = None if name == UNKNOWN_SOURCE else name
        return error

    def invalid_block_tag(
        self, token: Token, command: str, parse_until: Iterable[str] | None = None
    ) -> NoReturn:
        """Refuse a tag that no library knows, or that does not belong here."""
        ends = list(parse_until or ())
        expected = ""
        if ends:
            quoted = [f"'{end}'" for end in ends]
            expected = f", expected {get_text_list(quoted, 'or')}"
        error = TemplateSyntaxError(
            f"Invalid block tag on line {token.lineno}: '{command}'{expected}. "
            "Did you forget to register or load this tag?"
        )
        self._note_likely(error, command, [*ends, *self.tags], "tags")
        raise self.error(token, error)

    def unclosed_block_tag(self, parse_until: Iterable[str]) -> NoReturn:
        """Refuse a template that ends within a tag."""
        command, token = self.command_stack.pop()
        error = TemplateSyntaxError(
            f"Unclosed tag on line {token.lineno}: '{command}'. Looking for one of: {', '.join(parse_until)}."
        )
        raise self.error(token, error)

    def _note_likely(self, error: Exception, name: str, known: Iterable[str], kind: str) -> None:
        """Say which library has the name, or which name is nearly the same."""
        for library_name, library in self.libraries.items():
            if name in getattr(library, kind):
                error.add_note(
                    f"It is in the library '{library_name}': put {{% load {library_name} %}} at the top."
                )
                return
        from difflib import get_close_matches  # Only errors need it.

        close = get_close_matches(name, list(known), n=1)
        if close:
            shown = f"{{% {close[0]} %}}" if kind == "tags" else f"|{close[0]}"
            error.add_note(f"Did you mean {shown}?")

    def _template_name(self) -> Any:
        return self.origin.template_name if self.origin is not None else None


def parse(tokens: Iterable[Token], engine: Any) -> NodeList:
    """The nodes of a template, with the tags an engine knows."""
    return Parser(tokens, engine.template_libraries, engine.template_builtins).parse()


__all__ = ["Node", "Parser", "parse"]
