"""Filters that escape, or that make or unmake HTML."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nuages.template.compiler.folding import pure
from nuages.template.filters import register, stringfilter
from nuages.utils import html
from nuages.utils.functional import Promise
from nuages.utils.html import conditional_escape
from nuages.utils.html.escaping import escape_text
from nuages.utils.safestring import SafeData, SafeString, mark_safe
from nuages.utils.text import with_plain_newlines


@register.filter("escape", is_safe=True)
@pure
@stringfilter
def escape_filter(value: str) -> SafeString:
    """Escape, unless it is safe already."""
    return conditional_escape(value)


@register.filter(is_safe=True)
@pure
@stringfilter
def force_escape(value: str) -> SafeString:
    """Escape at once, safe or not."""
    return html.escape(value)


@register.filter(is_safe=False)
def escapeseq(value: Iterable[Any]) -> list[SafeString]:
    """Escape each item of a list."""
    return [conditional_escape(item) for item in value]


@register.filter(is_safe=True)
@pure
@stringfilter
def safe(value: str) -> SafeString:
    """Say that the text needs no escaping."""
    return mark_safe(value)  # type: ignore[no-any-return]


@register.filter(is_safe=True)
def safeseq(value: Iterable[Any]) -> list[SafeString]:
    """Say of each item of a list that it needs no escaping."""
    return [mark_safe(str(item)) for item in value]


@register.filter("escapejs")
@pure
@stringfilter
def escapejs_filter(value: str) -> SafeString:
    """Escape for use in a JavaScript string."""
    return html.escapejs(value)


@register.filter(is_safe=True)
@pure
def json_script(value: Any, element_id: str | None = None) -> SafeString:
    """A value as JSON in a script element."""
    return html.json_script(value, element_id)


@register.filter(is_safe=True)
@pure
@stringfilter
def striptags(value: str) -> str:
    """Without HTML tags, as far as that can be done."""
    return html.strip_tags(value)


@register.filter("linebreaks", is_safe=True, needs_autoescape=True)
@pure
@stringfilter
def linebreaks_filter(value: str, autoescape: bool = True) -> SafeString:
    """Paragraphs and line breaks for newlines."""
    escaping = autoescape and not isinstance(value, SafeData)
    return mark_safe(html.linebreaks(value, escaping))  # type: ignore[no-any-return]


@register.filter(is_safe=True, needs_autoescape=True)
@pure
@stringfilter
def linebreaksbr(value: str, autoescape: bool = True) -> SafeString:
    """Line breaks for newlines."""
    escaping = autoescape and not isinstance(value, SafeData)
    lines = with_plain_newlines(value)
    return SafeString((escape_text(lines) if escaping else lines).replace("\n", "<br>"))


@register.filter(is_safe=True, needs_autoescape=True)
@stringfilter
def urlize(value: str, autoescape: bool = True) -> SafeString:
    """Links for addresses in the text."""
    return mark_safe(html.urlize(value, nofollow=True, autoescape=autoescape))  # type: ignore[no-any-return]


@register.filter(is_safe=True, needs_autoescape=True)
@stringfilter
def urlizetrunc(value: str, limit: Any, autoescape: bool = True) -> SafeString:
    """Links for addresses in the text, their text cut after a number of characters."""
    linked = html.urlize(value, trim_url_limit=int(limit), nofollow=True, autoescape=autoescape)
    return mark_safe(linked)  # type: ignore[no-any-return]


@register.filter(is_safe=True, needs_autoescape=True)
def unordered_list(value: Any, autoescape: bool = True) -> SafeString:
    """The items of a list and the lists within it, without the outermost `<ul>`."""
    lines: list[str] = []
    _write_items(lines, value, 1, autoescape)
    return SafeString("\n".join(lines))


def _write_items(lines: list[str], items: Any, depth: int, escaping: bool) -> None:
    tabs = "\t" * depth
    for item, below in _with_children(items):
        text = conditional_escape(str(item)) if escaping else str(item)
        if below is None:
            lines.append(f"{tabs}<li>{text}</li>")
            continue
        lines.append(f"{tabs}<li>{text}")
        lines.append(f"{tabs}<ul>")
        _write_items(lines, below, depth + 1, escaping)
        lines.append(f"{tabs}</ul>")
        lines.append(f"{tabs}</li>")


def _with_children(items: Any) -> Iterator[tuple[Any, Any]]:
    """Each item with the list that follows it, if one does."""
    held: list[Any] = []
    for item in items:
        if held:
            if _is_list(item):
                yield held.pop(), item
                continue
            yield held.pop(), None
        held.append(item)
    if held:
        yield held[0], None


def _is_list(item: Any) -> bool:
    if isinstance(item, str | Promise | Mapping):
        return False
    if isinstance(item, types.GeneratorType):
        return True
    try:
        iter(item)
    except TypeError:
        return False
    return True
