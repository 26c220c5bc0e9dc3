"""Filters on text."""

from __future__ import annotations

import re
from pprint import pformat
from typing import Any
from urllib.parse import quote

from nuages.template.compiler.folding import pure
from nuages.template.filters import register, stringfilter
from nuages.utils.encoding import iri_to_uri
from nuages.utils.html import conditional_escape
from nuages.utils.safestring import SafeData, SafeString, mark_safe
from nuages.utils.text import Truncator, cut_plainly, phone2numeric, slug_of, wrap

_BREAKS = frozenset("'0123456789")
_INNER_CAPITAL = re.compile(r"(?<=[a-z])'(?=[A-Z])[A-Z]|(?<=\d)[A-Z]")


@register.filter(is_safe=True)
@pure
@stringfilter
def addslashes(value: str) -> str:
    """Put a backslash before quotes and backslashes."""
    for sign in "\\\"'":
        value = value.replace(sign, f"\\{sign}")
    return value


@register.filter(is_safe=True)
@pure
@stringfilter
def capfirst(value: str) -> str:
    """Capitalize the first letter."""
    return value[:1].upper() + value[1:]


@register.filter(is_safe=True)
@pure
@stringfilter
def lower(value: str) -> str:
    """All in lower case."""
    return value.lower()


@register.filter(is_safe=False)
@pure
@stringfilter
def upper(value: str) -> str:
    """All in upper case. Not safe: `&eacute;` is not `&EACUTE;`."""
    return value.upper()


# Python's own methods do the same to an exact `str`.
lower.on_str = str.lower  # type: ignore[attr-defined]
upper.on_str = str.upper  # type: ignore[attr-defined]


@register.filter(is_safe=True)
@pure
@stringfilter
def title(value: str) -> str:
    """Each word with a capital, the rest small."""
    # str.title() takes the letter after an apostrophe or a digit for the start of a word.
    titled = value.title()
    return (
        titled if _BREAKS.isdisjoint(titled) and titled.isascii() else _INNER_CAPITAL.sub(_in_small, titled)
    )


def _in_small(match: re.Match[str]) -> str:
    return match[0].lower()


@register.filter(is_safe=False)
@stringfilter
def make_list(value: str) -> list[str]:
    """The signs of a text as a list."""
    return list(value)


@register.filter(is_safe=True)
@pure
@stringfilter
def slugify(value: str) -> str:
    """ASCII letters, digits, underscores and hyphens only."""
    return slug_of(value)


@register.filter(is_safe=False)
def stringformat(value: Any, arg: str) -> str:
    """Format a value as printf does; `arg` comes after the percent sign. Safe text stays safe in a format that is."""
    # A tuple would be taken for several values.
    if isinstance(value, tuple):
        value = str(value)
    try:
        text = f"%{arg}" % value
    except (ValueError, TypeError):
        return ""
    # Words of a visitor may stand in a format that comes from a variable.
    return mark_safe(text) if isinstance(value, SafeData) and isinstance(arg, SafeData) else text


@register.filter(is_safe=True)
@pure
@stringfilter
def iriencode(value: str) -> Any:
    """Escape an IRI for use in a URL."""
    return iri_to_uri(value)


@register.filter(is_safe=False)
@pure
@stringfilter
def urlencode(value: str, safe: str | None = None) -> str:
    """Escape a value for use in a URL; `safe` are signs to be left as they are, `/` if not given."""
    return quote(value, safe="/" if safe is None else safe)


@register.filter(is_safe=True, needs_autoescape=True)
@pure
@stringfilter
def linenumbers(value: str, autoescape: bool = True) -> SafeString:
    """Put a number before each line."""
    lines = value.split("\n")
    width = len(str(len(lines)))
    escaping = autoescape and not isinstance(value, SafeData)
    numbered = (
        f"{number:0{width}}. {conditional_escape(line) if escaping else line}"
        for number, line in enumerate(lines, start=1)
    )
    return SafeString("\n".join(numbered))


def _whole(arg: Any) -> int | None:
    try:
        return int(arg)
    except ValueError:
        return None


@register.filter(is_safe=True)
@stringfilter
def truncatechars(value: str, arg: Any) -> str:
    """Cut after a number of characters."""
    length = _whole(arg)
    if length is not None and length > 0:
        short = cut_plainly(value, length)
        if short is not None:
            return short
    return value if length is None else Truncator(value).chars(length)


@register.filter(is_safe=True)
@stringfilter
def truncatechars_html(value: str, arg: Any) -> str:
    """Cut after a number of characters, closing open HTML tags; newlines stay."""
    length = _whole(arg)
    return value if length is None else Truncator(value).chars(length, html=True)


@register.filter(is_safe=True)
@stringfilter
def truncatewords(value: str, arg: Any) -> str:
    """Cut after a number of words; newlines go."""
    length = _whole(arg)
    return value if length is None else Truncator(value).words(length, truncate=" …")


@register.filter(is_safe=True)
@stringfilter
def truncatewords_html(value: str, arg: Any) -> str:
    """Cut after a number of words, closing open HTML tags; newlines stay."""
    length = _whole(arg)
    return value if length is None else Truncator(value).words(length, html=True, truncate=" …")


@register.filter(is_safe=False)
@pure
@stringfilter
def wordcount(value: str) -> int:
    """How many words there are."""
    return len(value.split())


@register.filter(is_safe=True)
@pure
@stringfilter
def wordwrap(value: str, arg: Any) -> str:
    """Wrap lines at a number of characters."""
    return wrap(value, int(arg))


@register.filter(is_safe=True)
@stringfilter
def ljust(value: str, arg: Any) -> str:
    """Left-aligned in a field of a width."""
    return value.ljust(int(arg))


@register.filter(is_safe=True)
@stringfilter
def rjust(value: str, arg: Any) -> str:
    """Right-aligned in a field of a width."""
    return value.rjust(int(arg))


@register.filter(is_safe=True)
@stringfilter
def center(value: str, arg: Any) -> str:
    """In the middle of a field of a width."""
    room = max(int(arg) - len(value), 0)
    return " " * (room // 2) + value + " " * (room - room // 2)


@register.filter
@pure
@stringfilter
def cut(value: str, arg: str) -> str:
    """Without all places where `arg` occurs."""
    shortened = value.replace(arg, "")
    # Without its semicolons, an entity is no longer one.
    return mark_safe(shortened) if isinstance(value, SafeData) and arg != ";" else shortened


@register.filter("phone2numeric", is_safe=True)
@pure
def phone2numeric_filter(value: Any) -> str:
    """A telephone number in letters as digits."""
    return phone2numeric(value)


@register.filter(is_safe=True)
@pure
def pprint(value: Any) -> str:
    """As `pprint.pprint` would show it, for debugging."""
    try:
        return pformat(value)
    except Exception as error:
        return f"Error in formatting: {type(error).__name__}: {error}"
