"""The documented place of the template language's parts."""

from __future__ import annotations

from nuages.template.exceptions import TemplateSyntaxError
from nuages.template.lexer import DebugLexer, Lexer
from nuages.template.library import kwarg_re, token_kwargs
from nuages.template.lookup import VariableDoesNotExist
from nuages.template.nodes import Node, NodeList, TextNode, VariableNode
from nuages.template.origin import Origin
from nuages.template.parser import Parser
from nuages.template.presentation import Switches, present
from nuages.template.template import PartialTemplate, Template
from nuages.template.tokens import (
    BLOCK_TAG_END,
    BLOCK_TAG_START,
    COMMENT_TAG_END,
    COMMENT_TAG_START,
    FILTER_ARGUMENT_SEPARATOR,
    FILTER_SEPARATOR,
    SINGLE_BRACE_END,
    SINGLE_BRACE_START,
    TRANSLATOR_COMMENT_MARK,
    UNKNOWN_SOURCE,
    VARIABLE_ATTRIBUTE_SEPARATOR,
    VARIABLE_TAG_END,
    VARIABLE_TAG_START,
    Token,
    TokenType,
)
from nuages.template.variables import FilterExpression, Variable


def render_value_in_context(value: object, context: object) -> str:
    """The text of a value as a variable tag shows it."""
    autoescape = getattr(context, "autoescape", True)
    return present(
        value, Switches(autoescape, getattr(context, "use_l10n", None), getattr(context, "use_tz", None))
    )


__all__ = [
    "BLOCK_TAG_END",
    "BLOCK_TAG_START",
    "COMMENT_TAG_END",
    "COMMENT_TAG_START",
    "FILTER_ARGUMENT_SEPARATOR",
    "FILTER_SEPARATOR",
    "SINGLE_BRACE_END",
    "SINGLE_BRACE_START",
    "TRANSLATOR_COMMENT_MARK",
    "UNKNOWN_SOURCE",
    "VARIABLE_ATTRIBUTE_SEPARATOR",
    "VARIABLE_TAG_END",
    "VARIABLE_TAG_START",
    "DebugLexer",
    "FilterExpression",
    "Lexer",
    "Node",
    "NodeList",
    "Origin",
    "Parser",
    "PartialTemplate",
    "Template",
    "TemplateSyntaxError",
    "TextNode",
    "Token",
    "TokenType",
    "Variable",
    "VariableDoesNotExist",
    "VariableNode",
    "kwarg_re",
    "render_value_in_context",
    "token_kwargs",
]
