"""Taking tags out of text."""

from __future__ import annotations

import re
from typing import Any

from nuages.core.exceptions import SuspiciousOperation
from nuages.utils.functional import keep_lazy_text

# https://html.spec.whatwg.org/#void-elements, and two that older pages have.
VOID_ELEMENTS = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "frame",
        "spacer",
    ]
)

# Each pass may uncover tags that others hid; nobody writes this many layers in good faith.
_MAX_PASSES = 50
_MAX_OPEN_TAGS = 50
_LONG_OPEN_TAG = re.compile(r"<[a-zA-Z][^>]{1000,}")


# Tags that any parser reads alike, so that none is needed: names whose content is text like any other, attributes in
# double quotes.
_PLAIN_TAG = re.compile(
    r"</?(?!(?:iframe|listing|no|plaintext|script|style|textarea|title|xmp))[a-z][a-z0-9]*"
    r'(?: [a-z]+(?:-[a-z]+)*(?:="[^"<>&]*")?)* ?/?>',
    re.ASCII,
)


@keep_lazy_text
def strip_tags(value: Any) -> str:
    """Remove what looks like a tag. The result is NOT safe: escape it before it goes into a page."""
    text = str(value)
    for found in _LONG_OPEN_TAG.finditer(text):
        if found[0].count("<") >= _MAX_OPEN_TAGS:
            raise SuspiciousOperation("too many unclosed tags to strip")
    if "<" not in text:
        return text
    plain, tags = _PLAIN_TAG.subn("", text)
    if tags == text.count("<") and "&" not in text:
        return plain
    # Imported when used: the parser of the standard library takes long to load.
    from nuages.utils.html.stripping import strip_once

    passes = 0
    while "<" in text and ">" in text:
        if passes >= _MAX_PASSES:
            raise SuspiciousOperation("tags are nested too deeply to strip")
        stripped = strip_once(text)
        if stripped.count("<") == text.count("<"):
            break
        text = stripped
        passes += 1
    return text


@keep_lazy_text
def strip_spaces_between_tags(value: Any) -> str:
    """Remove white space that stands between a tag and the next."""
    return re.sub(r">\s+<", "><", str(value))
