"""Tags about the text itself: escaping, comments, whitespace, literal text, tokens for forms."""

from __future__ import annotations

import sys
import warnings
from pprint import pformat
from typing import TYPE_CHECKING, Any

from nuages.conf import settings
from nuages.template.compiler.runtime import helper
from nuages.template.context import Context
from nuages.template.exceptions import TemplateSyntaxError
from nuages.template.lookup import Missing
from nuages.template.nodes import Node, NodeList, TextNode
from nuages.template.tags import register
from nuages.template.tokens import (
    BLOCK_TAG_END,
    BLOCK_TAG_START,
    COMMENT_TAG_END,
    COMMENT_TAG_START,
    SINGLE_BRACE_END,
    SINGLE_BRACE_START,
    VARIABLE_TAG_END,
    VARIABLE_TAG_START,
    Token,
    TokenType,
)
from nuages.template.variables import FilterExpression
from nuages.utils.html import conditional_escape, escape, format_html, strip_spaces_between_tags
from nuages.utils.html.escaping import escape_text

if TYPE_CHECKING:
    from nuages.template.compiler.emitter import Emitter
    from nuages.template.parser import Parser


class AutoEscapeControlNode(Node):
    """Escaping on or off for a part."""

    def __init__(self, setting: bool, nodelist: NodeList) -> None:
        self.setting = setting
        self.nodelist = nodelist

    def emit(self, code: Emitter) -> None:
        with code.switched(autoescape=self.setting):
            code.nodes(self.nodelist)


@register.tag
def autoescape(parser: Parser, token: Token) -> AutoEscapeControlNode:
    """Turn escaping on or off."""
    words = token.contents.split()
    if len(words) != 2:
        raise TemplateSyntaxError("'autoescape' tag requires exactly one argument.")
    if words[1] not in ("on", "off"):
        raise TemplateSyntaxError("'autoescape' argument should be 'on' or 'off'")
    nodelist = parser.parse(("endautoescape",))
    parser.delete_first_token()
    return AutoEscapeControlNode(words[1] == "on", nodelist)


class CommentNode(Node):
    """Nothing."""

    child_nodelists = ()

    def emit(self, code: Emitter) -> None:
        pass


@register.tag
def comment(parser: Parser, token: Token) -> CommentNode:
    """Leave everything up to `{% endcomment %}` out."""
    parser.skip_past("endcomment")
    return CommentNode()


class CsrfTokenNode(Node):
    """The hidden form field against cross-site request forgery."""

    child_nodelists = ()

    def emit(self, code: Emitter) -> None:
        code.put(code.call("csrf_field", code.read("csrf_token")))


@helper
def csrf_field(token: Any) -> str:
    """The field for a token, nothing for a request that needs none."""
    if type(token) is not Missing and token:
        text = str(token)
        if text == "NOTPROVIDED":
            return ""
        return f'<input type="hidden" name="csrfmiddlewaretoken" value="{escape_text(text)}">'
    if settings.DEBUG:
        warnings.warn(
            "A {% csrf_token %} was used in a template, but the context did not provide the value.  "
            "This is usually caused by not using RequestContext.",
            stacklevel=2,
        )
    return ""


@register.tag
def csrf_token(parser: Parser, token: Token) -> CsrfTokenNode:
    """Put out the hidden field that forms need."""
    return CsrfTokenNode()


class CspNonceAttrNode(Node):
    """The nonce attribute of a script or link, or media files that carry it."""

    child_nodelists = ()

    def __init__(self, media: FilterExpression | None = None) -> None:
        self.media = media

    def emit(self, code: Emitter) -> None:
        nonce = code.call("settle", code.read("csp_nonce"))
        if self.media is None:
            code.put(code.call("nonce_attribute", nonce))
        else:
            code.put(code.call("media_with_nonce", code.value(self.media), nonce))


def _is_absent(nonce: Any) -> bool:
    # A lazy nonce that nobody has used yet is false, and still the one to use.
    return nonce is None or type(nonce) is Missing or (isinstance(nonce, str) and not nonce)


@helper
def nonce_attribute(nonce: Any) -> str:
    """`nonce="..."` when there is one."""
    if _is_absent(nonce):
        return ""
    return format_html('nonce="{}"', nonce)


@helper
def media_with_nonce(media: Any, nonce: Any) -> str:
    """Media files as HTML, each element with the nonce when there is one."""
    if _is_absent(nonce):
        return str(media.render())
    return str(media.render(attrs={"nonce": nonce}))


@register.tag
def csp_nonce_attr(parser: Parser, token: Token) -> CspNonceAttrNode:
    """Put out the nonce that the content security policy asks for."""
    words = token.split_contents()
    if len(words) > 2:
        raise TemplateSyntaxError(f"{words[0]!r} takes at most one argument, a Media object.")
    return CspNonceAttrNode(parser.compile_filter(words[1]) if len(words) == 2 else None)


class DebugNode(Node):
    """Everything a template author may want to know."""

    child_nodelists = ()
    needs_context = True

    def emit(self, code: Emitter) -> None:
        code.put(code.call("debug_text", code.local("context")))


@helper
def debug_text(context: Context) -> str:
    """The context's layers and the imported modules."""
    if not settings.DEBUG:
        return ""
    layers = [str(escape(pformat(layer))) for layer in context]
    return "".join([*layers, "\n\n", str(escape(pformat(sys.modules)))])


@register.tag
def debug(parser: Parser, token: Token) -> DebugNode:
    """Put out the context and the modules, in debug mode only."""
    return DebugNode()


class FilterNode(Node):
    """What it holds, sent through filters."""

    def __init__(self, filter_expr: FilterExpression, nodelist: NodeList) -> None:
        self.filter_expr = filter_expr
        self.nodelist = nodelist

    def emit(self, code: Emitter) -> None:
        with code.capture("content") as content:
            code.nodes(self.nodelist)
        with code.layer({"var": code.call("safe", content)}, ()):
            # A filter may give anything: a list, say.
            code.put(code.formatted(code.value(self.filter_expr)))


@register.tag("filter")
def do_filter(parser: Parser, token: Token) -> FilterNode:
    """Send a part through filters: `{% filter force_escape|lower %}`."""
    words = token.contents.split(None, 1)
    if len(words) < 2:
        raise TemplateSyntaxError("'filter' tag requires at least one filter")
    expression = parser.compile_filter(f"var|{words[1]}")
    for function, _ in expression.filters:
        name = getattr(function, "_filter_name", None)
        if name in ("escape", "safe"):
            raise TemplateSyntaxError(f'"filter {name}" is not permitted. Use the "autoescape" tag instead.')
    nodelist = parser.parse(("endfilter",))
    parser.delete_first_token()
    return FilterNode(expression, nodelist)


class LoadNode(Node):
    """Nothing: libraries are loaded while parsing."""

    child_nodelists = ()

    def emit(self, code: Emitter) -> None:
        pass


def find_library(parser: Parser, name: str) -> Any:
    """A library by the name templates load it with."""
    try:
        return parser.libraries[name]
    except KeyError:
        known = "\n".join(sorted(parser.libraries))
        raise TemplateSyntaxError(
            f"'{name}' is not a registered tag library. Must be one of:\n{known}"
        ) from None


def load_from_library(library: Any, label: str, names: list[str]) -> Any:
    """A library of only some names of another."""
    from nuages.template.library import Library

    subset = Library()
    for name in names:
        if name in library.tags:
            subset.tags[name] = library.tags[name]
        if name in library.filters:
            subset.filters[name] = library.filters[name]
        if name not in library.tags and name not in library.filters:
            raise TemplateSyntaxError(f"'{name}' is not a valid tag or filter in tag library '{label}'")
    return subset


@register.tag
def load(parser: Parser, token: Token) -> LoadNode:
    """Load tag libraries: `{% load i18n static %}`, `{% load now from future %}`."""
    words = token.contents.split()
    if len(words) >= 4 and words[-2] == "from":
        label = words[-1]
        parser.add_library(load_from_library(find_library(parser, label), label, words[1:-2]))
    else:
        for name in words[1:]:
            parser.add_library(find_library(parser, name))
    return LoadNode()


class SpacelessNode(Node):
    """What it holds without whitespace between HTML tags."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def emit(self, code: Emitter) -> None:
        with code.capture("content") as content:
            code.nodes(self.nodelist)
        stripped = code.call(code.attribute(content, "strip"))
        code.put(code.call(code.constant(strip_spaces_between_tags, "spaceless"), stripped))


@register.tag
def spaceless(parser: Parser, token: Token) -> SpacelessNode:
    """Remove whitespace between HTML tags."""
    nodelist = parser.parse(("endspaceless",))
    parser.delete_first_token()
    return SpacelessNode(nodelist)


class TemplateTagNode(TextNode):
    """The signs of the template language as text."""

    # "openblock" is the sign before a tag, "closecomment" the one after a comment, and so on.
    mapping = {
        f"{side}{kind}": sign
        for kind, signs in (
            ("block", (BLOCK_TAG_START, BLOCK_TAG_END)),
            ("variable", (VARIABLE_TAG_START, VARIABLE_TAG_END)),
            ("brace", (SINGLE_BRACE_START, SINGLE_BRACE_END)),
            ("comment", (COMMENT_TAG_START, COMMENT_TAG_END)),
        )
        for side, sign in zip(("open", "close"), signs)
    }

    def __init__(self, tagtype: str) -> None:
        self.tagtype = tagtype
        super().__init__(self.mapping.get(tagtype, ""))


@register.tag
def templatetag(parser: Parser, token: Token) -> TemplateTagNode:
    """Put out `{%` and the like."""
    words = token.contents.split()
    if len(words) != 2:
        raise TemplateSyntaxError("'templatetag' statement takes one argument")
    if words[1] not in TemplateTagNode.mapping:
        raise TemplateSyntaxError(
            f"Invalid templatetag argument: '{words[1]}'. Must be one of: {list(TemplateTagNode.mapping)}"
        )
    return TemplateTagNode(words[1])


class VerbatimNode(TextNode):
    """Template text that is not worked on."""

    def __init__(self, content: str) -> None:
        self.content = content
        super().__init__(content)


@register.tag
def verbatim(parser: Parser, token: Token) -> VerbatimNode:
    """Put out template text as it stands."""
    parts: list[str] = []
    while parser.tokens and parser.tokens[-1].token_type is not TokenType.BLOCK:
        parts.append(parser.next_token().contents)
    if not parser.tokens:
        parser.unclosed_block_tag(["endverbatim"])
    parser.delete_first_token()
    return VerbatimNode("".join(parts))


__all__ = ["conditional_escape", "register"]
