"""Writing HTML by hand, safely; specified in ref/utils. Templates are usually the better way."""

from __future__ import annotations

from nuages.utils.html.escaping import (
    avoid_wrapping,
    conditional_escape,
    escape,
    escapejs,
    format_html,
    format_html_join,
    html_safe,
    json_script,
    linebreaks,
)
from nuages.utils.html.links import MAX_URL_LENGTH, Urlizer, smart_urlquote, urlize
from nuages.utils.html.tags import VOID_ELEMENTS, strip_spaces_between_tags, strip_tags
from nuages.utils.safestring import mark_safe

__all__ = [
    "MAX_URL_LENGTH",
    "VOID_ELEMENTS",
    "Urlizer",
    "avoid_wrapping",
    "conditional_escape",
    "escape",
    "escapejs",
    "format_html",
    "format_html_join",
    "html_safe",
    "json_script",
    "linebreaks",
    "mark_safe",
    "smart_urlquote",
    "strip_spaces_between_tags",
    "strip_tags",
    "urlize",
]
