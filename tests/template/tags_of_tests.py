"""Tags as third parties write them."""

from __future__ import annotations

import functools
from typing import Any

from nuages.template import Context, Library, Node, NodeList
from nuages.template.base import Parser, Token
from nuages.template.defaultfilters import register as builtin

register = Library()


class UpperNode(Node):
    """Renders what it holds itself, as the documentation shows."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        return self.nodelist.render(context).upper()


@register.tag
def shout(parser: Parser, token: Token) -> UpperNode:
    nodelist = parser.parse(("endshout",))
    parser.delete_first_token()
    return UpperNode(nodelist)


class RememberNode(Node):
    """Sets a variable by looking at another."""

    def render(self, context: Context) -> str:
        context["seen"] = context.get("x", "nothing")
        return ""


@register.tag
def remember(parser: Parser, token: Token) -> RememberNode:
    return RememberNode()


@register.simple_tag(takes_context=True)
def layers(context: Context) -> int:
    return len(context.dicts)


@register.simple_tag
async def later(value: Any) -> str:
    return f"later {value}"


@register.simple_block_tag
def wrapped(content: str, name: str = "b") -> str:
    return f"[{name}:{content}]"


@register.inclusion_tag("card.html")
def card(title: str) -> dict[str, str]:
    return {"title": title}


@register.simple_tag
def explode() -> str:
    raise ValueError("no such luck")


noted: list[Any] = []


@register.filter("noted")
def note(value: Any) -> Any:
    """Remember what a template sends through."""
    noted.append(value)
    return value


@register.filter("loud")
@functools.wraps(builtin.filters["upper"])
def loud(value: str) -> str:
    """Wrap a built-in filter, whose attributes it gets by that."""
    return f"{value.upper()}!"
