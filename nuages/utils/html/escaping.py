"""Escaping text for HTML, and building HTML from escaped parts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from markupsafe import _escape_inner  # type: ignore[attr-defined]

from nuages.utils.functional import Promise, keep_lazy, keep_lazy_text
from nuages.utils.safestring import SafeString, mark_safe

C = TypeVar("C", bound=type)


def escape_text(text: str) -> str:
    """Escape an exact `str` without marking the result as safe: the inner part of everything here."""
    escaped: str = _escape_inner(text)
    if escaped is text or "&#" not in escaped:
        return escaped
    # MarkupSafe writes quotes as decimal references; an `&#` of the text itself reads `&amp;#` by now.
    return escaped.replace("&#39;", "&#x27;").replace("&#34;", "&quot;")


def escape(text: Any) -> SafeString:
    """Return the text with &, <, > and quotes written as entities; a lazy text stays lazy."""
    if type(text) is str:
        return SafeString(escape_text(text))
    if isinstance(text, Promise):
        return _escape_later(text)
    return SafeString(escape_text(str.__str__(str(text))))


@keep_lazy(SafeString)
def _escape_later(text: Promise) -> SafeString:
    return escape(str(text))


def conditional_escape(text: Any) -> SafeString:
    """Escape the text unless it is marked as safe or knows its own HTML."""
    kind = type(text)
    if kind is str:
        return SafeString(escape_text(text))
    if kind is SafeString:
        return text  # type: ignore[no-any-return]
    if isinstance(text, Promise):
        text = str(text)
    if hasattr(text, "__html__"):
        return text.__html__()
    return escape(text)


def format_html(format_string: str, *args: Any, **kwargs: Any) -> SafeString:
    """Format HTML like `str.format`, with all arguments escaped that are not safe already."""
    if not (args or kwargs):
        raise TypeError("args or kwargs must be provided.")
    safe_kwargs = {name: conditional_escape(value) for name, value in kwargs.items()}
    return SafeString(format_string.format(*map(conditional_escape, args), **safe_kwargs))


def format_html_join(sep: str, format_string: str, args_generator: Iterable[Any]) -> SafeString:
    """Format one piece of HTML for each set of arguments (a sequence or a mapping) and join them."""
    pieces = (
        format_html(format_string, **args) if isinstance(args, Mapping) else format_html(format_string, *args)
        for args in args_generator
    )
    return SafeString(conditional_escape(sep).join(pieces))


_JS_SPECIAL = "\\'\"><&=-;`\u2028\u2029" + "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))
_JS_ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in _JS_SPECIAL}


_js_special = re.compile(f"[{re.escape(_JS_SPECIAL)}]").search


@keep_lazy(SafeString)
def escapejs(value: Any) -> SafeString:
    """Escape a text for use inside a JavaScript string."""
    text = str(value)
    return SafeString(text.translate(_JS_ESCAPES) if _js_special(text) else text)


_JSON_SCRIPT_ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in "<>&"}


def json_script(value: Any, element_id: str | None = None, encoder: Any = None) -> SafeString:
    """Return a script element holding the value as JSON, for JavaScript to read."""
    if encoder is None:
        from nuages.core.serializers.json import DjangoJSONEncoder as encoder
    text = mark_safe(json.dumps(value, cls=encoder).translate(_JSON_SCRIPT_ESCAPES))
    if element_id:
        return format_html('<script id="{}" type="application/json">{}</script>', element_id, text)
    return format_html('<script type="application/json">{}</script>', text)


_EMPTY_LINES = re.compile(r"\n{2,}")


@keep_lazy_text
def linebreaks(value: Any, autoescape: bool = False) -> str:
    """Make paragraphs of parts separated by empty lines, and line breaks of single newlines."""
    from nuages.utils.text import normalize_newlines

    paragraphs = _EMPTY_LINES.split(normalize_newlines(str(value)))
    shown = [escape_text(part) for part in paragraphs] if autoescape else paragraphs
    return "\n\n".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in shown)


def avoid_wrapping(value: str) -> str:
    """Replace spaces by ones at which no line breaks."""
    return value.replace(" ", "\xa0")


def html_safe(klass: C) -> C:
    """Class decorator: what `__str__()` returns is HTML."""
    if "__html__" in klass.__dict__:
        raise ValueError(f"can't apply @html_safe to {klass.__name__} because it defines __html__().")
    if "__str__" not in klass.__dict__:
        raise ValueError(f"can't apply @html_safe to {klass.__name__} because it doesn't define __str__().")
    as_text: Any = klass.__str__
    klass.__str__ = lambda self: mark_safe(as_text(self))  # type: ignore[assignment]
    klass.__html__ = lambda self: str(self)  # type: ignore[attr-defined]
    return klass
