"""The template language.

A template goes through stages that can each be called by hand: `lexer.lex` cuts it into tokens, `parser.parse`
makes nodes of them, `compiler` turns the nodes into Python functions, which a `Context` is then rendered with.

The names here are the documented ones: `engines`, and what one needs to work with templates directly.
"""

from __future__ import annotations

from nuages.template.utils import EngineHandler, InvalidTemplateEngineError

engines = EngineHandler()

# The order matters: each module may use those above it.
from nuages.template.base import Node, NodeList, Origin, Variable  # noqa: E402
from nuages.template.context import Context, ContextPopException, RequestContext  # noqa: E402
from nuages.template.engine import Engine  # noqa: E402
from nuages.template.exceptions import TemplateDoesNotExist, TemplateSyntaxError  # noqa: E402
from nuages.template.library import Library  # noqa: E402
from nuages.template.lookup import VariableDoesNotExist  # noqa: E402
from nuages.template.template import PartialTemplate, Template  # noqa: E402

__all__ = [
    "Context",
    "ContextPopException",
    "Engine",
    "EngineHandler",
    "InvalidTemplateEngineError",
    "Library",
    "Node",
    "NodeList",
    "Origin",
    "PartialTemplate",
    "RequestContext",
    "Template",
    "TemplateDoesNotExist",
    "TemplateSyntaxError",
    "Variable",
    "VariableDoesNotExist",
    "engines",
]
