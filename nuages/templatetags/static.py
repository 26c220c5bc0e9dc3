"""`{% load static %}`: addresses of static and uploaded files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin

from nuages.apps import apps
from nuages.conf import settings
from nuages.template import Library, TemplateSyntaxError
from nuages.template.tags.values import AsNode
from nuages.utils.encoding import iri_to_uri
from nuages.utils.html import conditional_escape

if TYPE_CHECKING:
    from nuages.template.compiler.emitter import Emitter
    from nuages.template.parser import Parser
    from nuages.template.tokens import Token
    from nuages.template.variables import FilterExpression

register = Library()


class PrefixNode(AsNode):
    """The address below which files of a kind are served."""

    def __init__(self, varname: str | None = None, name: str | None = None) -> None:
        if name is None:
            raise TemplateSyntaxError("Prefix nodes must be given a name to return.")
        self.varname = self.asvar = varname
        self.name = name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} for {self.name!r}>"

    @classmethod
    def handle_token(cls, parser: Parser, token: Token, name: str) -> PrefixNode:
        """The node of `{% get_static_prefix as varname %}`."""
        words = token.contents.split()
        if len(words) > 1 and words[1] != "as":
            raise TemplateSyntaxError(f"First argument in '{words[0]}' must be 'as'")
        return cls(words[2] if len(words) > 2 else None, name)

    @classmethod
    def handle_simple(cls, name: str) -> str:
        """The setting's value, ready for a page."""
        return iri_to_uri(getattr(settings, name, "")) or ""

    def emit(self, code: Emitter) -> None:
        prefix = code.call(code.constant(type(self).handle_simple, "prefix"), code.const(self.name))
        self.finish(code, prefix)


@register.tag
def get_static_prefix(parser: Parser, token: Token) -> PrefixNode:
    """Put out STATIC_URL, or keep it with `as`."""
    return PrefixNode.handle_token(parser, token, "STATIC_URL")


@register.tag
def get_media_prefix(parser: Parser, token: Token) -> PrefixNode:
    """Put out MEDIA_URL, or keep it with `as`."""
    return PrefixNode.handle_token(parser, token, "MEDIA_URL")


class StaticNode(AsNode):
    """The address of a static file."""

    def __init__(self, varname: str | None = None, path: FilterExpression | None = None) -> None:
        if path is None:
            raise TemplateSyntaxError("Static template nodes must be given a path to return.")
        self.path = path
        self.varname = self.asvar = varname

    def __repr__(self) -> str:
        return f"{type(self).__name__}(varname={self.varname!r}, path={self.path!r})"

    @classmethod
    def handle_simple(cls, path: Any) -> str:
        """The address of a path."""
        if apps.is_installed("nuages.contrib.staticfiles") or apps.is_installed("django.contrib.staticfiles"):
            from nuages.contrib.staticfiles.storage import staticfiles_storage

            return staticfiles_storage.url(path)  # type: ignore[no-any-return]
        return urljoin(PrefixNode.handle_simple("STATIC_URL"), quote(str(path)))

    @classmethod
    def handle_token(cls, parser: Parser, token: Token) -> StaticNode:
        """The node of `{% static "path" as varname %}`."""
        words = token.split_contents()
        if len(words) < 2:
            raise TemplateSyntaxError(f"'{words[0]}' takes at least one argument (path to file)")
        varname = words[-1] if len(words) >= 4 and words[-2] == "as" else None
        return cls(varname, parser.compile_filter(words[1]))

    def url(self, context: Any) -> str:
        """The address in a context."""
        return self.handle_simple(self.path.resolve(context))

    def emit(self, code: Emitter) -> None:
        kind = type(self)
        if kind.url is StaticNode.url:
            address = code.call(code.constant(kind.handle_simple, "static"), code.value(self.path))
        else:
            address = code.call(code.attribute(code.constant(self, "static"), "url"), code.local("context"))
        if code.switches.autoescape and not self.asvar:
            address = code.call(code.constant(conditional_escape, "conditional_escape"), address)
        self.finish(code, address)

    @property
    def needs_context(self) -> bool:  # type: ignore[override]
        """Subclasses may look at the context to find the address."""
        return type(self).url is not StaticNode.url


@register.tag("static")
def do_static(parser: Parser, token: Token) -> StaticNode:
    """Put out the address of a static file: `{% static "css/base.css" %}`."""
    return StaticNode.handle_token(parser, token)


def static(path: Any) -> str:
    """The address of a static file, for use in Python."""
    return StaticNode.handle_simple(path)


__all__ = ["PrefixNode", "StaticNode", "register", "static"]
