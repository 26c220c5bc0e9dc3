"""Writing the paths of one view again and again, as `{% url %}` in a loop does.

A `Writer` takes the values of a route's parameters and gives the path, or None where `Names.reverse` has to be asked:
for an answer, or for the error that says why there is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from nuages.urls.exceptions import NoReverseMatch
from nuages.utils.http import escape_leading_slashes
from nuages.utils.translation import get_language

if TYPE_CHECKING:
    from nuages.urls.reversing import Names

# What RFC 3986 allows in a path segment beyond letters, digits and "-._~", and the slash.
_SAFE = "!$&'()*+,;=" + "/~:@"


_harmless = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=/:@]*").fullmatch


def quoted(text: str) -> str:
    """Return text as it stands in a path."""
    return text if _harmless(text) else quote(text, safe=_SAFE)


# (parameter, how it is written (None: by `str`), the test it has to pass, how it is quoted (None: never), what follows)
Step = tuple[str, Callable[[Any], str] | None, Callable[[str], Any], Callable[[str], str] | None, str]

Writer = Callable[..., str | None]


def writer_for(
    names: Names, view: str, prefix: str, keywords: tuple[str, ...], count: int, current_app: str | None
) -> Writer:
    """Return the writer of a view's paths for so many values, which are `keywords` or go by their places."""
    if not names.is_translated(view, current_app):
        return _writer(names, view, prefix, keywords, count, current_app)
    known: dict[str | None, Writer] = {}

    def in_the_language(*values: Any) -> str | None:
        language = get_language()
        write = known.get(language)
        if write is None:
            write = known[language] = _writer(names, view, prefix, keywords, count, current_app)
        return write(*values)

    return in_the_language


def _writer(
    names: Names, view: str, prefix: str, keywords: tuple[str, ...], count: int, current_app: str | None
) -> Writer:
    if not count:
        try:
            url = names.reverse(view, prefix, (), {}, current_app)
        except NoReverseMatch:
            return no_path
        return lambda: url
    form = names.quick_form(view, current_app, count, set(keywords))
    if form is None:
        return no_path
    start, steps = form
    write = _of_steps(quoted(prefix) + start, steps)
    order = [keywords.index(name) for name, *_ in steps] if keywords else list(range(count))
    return write if order == list(range(count)) else _in_order(write, order)


def no_path(*values: Any) -> None:
    """Write nothing."""


def _in_order(write: Writer, order: list[int]) -> Writer:
    def in_order(*values: Any) -> str | None:
        return write(*[values[place] for place in order])

    return in_order


def _of_steps(start: str, steps: list[Step]) -> Writer:
    """Return the writer of a route."""
    if len(steps) == 1 and len(start) > 1 and not start.startswith("//"):
        return _of_step(start, steps[0])

    texts = [_of_step("", step) for step in steps]

    def path(*values: Any) -> str | None:
        url = start
        for write, value in zip(texts, values):
            text = write(value)
            if text is None:
                return None
            url += text
        return escape_leading_slashes(url)

    return path


# Of the values that a page writes paths for, the next page has many too.
_REMEMBERED_AT_MOST = 1024
#: Types of values whose texts stay the same; what a writer that `lasts` gives for them does, too.
LASTING = frozenset({str, int})


def _of_step(start: str, step: Step) -> Writer:
    """Return the writer of one parameter and the texts around it.

    What it wrote for a text or number it remembers, unless a converter of the project has a say.
    """
    _, to_url, matches, quote_if_needed, end = step

    def text(value: Any) -> str | None:
        if to_url is not None or type(value) is not str:
            try:
                value = str((to_url or str)(value))
            except ValueError:
                return None
        if matches(value) is None:
            return None
        return f"{start}{value if quote_if_needed is None else quote_if_needed(value)}{end}"

    if to_url is not None:
        return text
    remembered: dict[str | int, str] = {}

    def remembered_text(value: Any) -> str | None:
        if type(value) not in LASTING:
            return text(value)
        found = remembered.get(value)
        if found is None and (found := text(value)) is not None:
            if len(remembered) >= _REMEMBERED_AT_MOST:
                remembered.clear()
            remembered[value] = found
        return found

    remembered_text.lasts = True  # type: ignore[attr-defined]
    return remembered_text
