"""`{% load l10n %}`: values in the format of the language, or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nuages.template import Library, Node, TemplateSyntaxError
from nuages.utils import formats

if TYPE_CHECKING:
    from nuages.template.compiler.emitter import Emitter
    from nuages.template.parser import Parser
    from nuages.template.tokens import Token

register = Library()


@register.filter(is_safe=False)
def localize(value: Any) -> str:
    """A value in the format of the language, whatever the settings say."""
    return str(formats.localize(value, use_l10n=True))


@register.filter(is_safe=False)
def unlocalize(value: Any) -> str:
    """A value as Python writes it."""
    return str(formats.localize(value, use_l10n=False))


class LocalizeNode(Node):
    """Localization on or off for a part."""

    def __init__(self, nodelist: Any, use_l10n: bool) -> None:
        self.nodelist = nodelist
        self.use_l10n = use_l10n

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def emit(self, code: Emitter) -> None:
        with code.switched(use_l10n=self.use_l10n):
            code.nodes(self.nodelist)


@register.tag("localize")
def localize_tag(parser: Parser, token: Token) -> LocalizeNode:
    """Turn localization on or off."""
    words = token.split_contents()
    if len(words) > 2 or (len(words) == 2 and words[1] not in ("on", "off")):
        raise TemplateSyntaxError(f"{words[0]!r} argument should be 'on' or 'off'")
    nodelist = parser.parse(("endlocalize",))
    parser.delete_first_token()
    return LocalizeNode(nodelist, len(words) == 1 or words[1] == "on")
