"""The template rows in Jinja2 and MiniJinja.

Both get the filters and functions they lack written in Python, as short as they can be: they do less than Django's
(no lazy strings, no numbers in the style of a language). Messages are looked up in a dictionary.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from benchmarks.work.common import timed
from benchmarks.work.page_sources import CONTEXT, JINJA_TABLE, JINJA_TEMPLATES, ROWS, SINGLE, SINGLE_PARTS
from benchmarks.work.pages import WITHOUT_FORM

MESSAGES = {"Search": "Suche", "Home": "Start", "None": "Nichts", "Hello %(name)s": "Hallo %(name)s"}
_TAGS = re.compile(r"<[^>]*>")
_NO_SLUG = re.compile(r"[^\w\s-]")
_SPACES = re.compile(r"[-\s]+")


def url(name: str, pk: int) -> str:
    """A URL with a number in it."""
    return f"/{name}/{pk}/"


def gettext(message: str) -> str:
    """A message in another language."""
    return MESSAGES.get(message, message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """A message for a number."""
    return MESSAGES.get(singular, singular) if number == 1 else MESSAGES.get(plural, plural)


def counted(singular: str, plural: str, number: int) -> str:
    """The same with the number in it: what Jinja2's extension for translation does, for MiniJinja."""
    return ngettext(singular, plural, number) % {"num": number}


def truncatechars(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def truncatewords(text: str, count: int) -> str:
    words = text.split()
    return " ".join(words[:count]) + (" …" if len(words) > count else "")


def file_size(size: int) -> str:
    return f"{size / 1024:.1f} KB" if size >= 1024 else f"{size} bytes"


FILTERS = {
    "capfirst": lambda text: text[:1].upper() + text[1:],
    "slugify": lambda text: _SPACES.sub("-", _NO_SLUG.sub("", text.lower())).strip("-"),
    "truncatechars": truncatechars,
    "truncatewords": truncatewords,
    "linebreaksbr": lambda text: text.replace("\n", "<br>"),
    "count_words": lambda text: len(text.split()),
    "strip_markup": lambda text: _TAGS.sub("", text),
    "file_size": file_size,
    "middle": lambda text, width: text.center(width),
    "urlencode": quote,
}


def _sources() -> dict[str, str]:
    parts = {name: source.replace("SUPER", "super()") for name, source in SINGLE_PARTS.items()}
    single = {f"{name}.html": source for name, (_, source) in SINGLE.items() if source is not None}
    return JINJA_TEMPLATES | parts | single | {"table.html": JINJA_TABLE}


def _rows(render: Any, but: frozenset[str] = frozenset()) -> dict[str, float]:
    return {
        "100-row table": timed(lambda: render("table.html", {"rows": ROWS})),
        WITHOUT_FORM: timed(lambda: render("page.html", CONTEXT)),
        **{
            name: timed(lambda name=name: render(f"{name}.html", {"rows": ROWS, "title": "the title"}))
            for name, (_, source) in SINGLE.items()
            if source is not None and name not in but
        },
    }


def measure_jinja2() -> dict[str, float]:
    """Measure Jinja2."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.DictLoader(_sources()), autoescape=True, extensions=["jinja2.ext.i18n"]
    )
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(FILTERS)
    environment.globals["url"] = url
    templates = {name: environment.get_template(name) for name in _sources()}
    return _rows(lambda name, context: templates[name].render(context))


def measure_minijinja() -> dict[str, float]:
    """Measure MiniJinja, which has no `trans` tag and no `strftime`: two rows are missing."""
    import minijinja

    environment = minijinja.Environment(templates=_sources())
    for name, function in FILTERS.items():
        environment.add_filter(name, function)
    for name, called in {"url": url, "_": gettext, "ngettext": counted}.items():
        environment.add_function(name, called)
    without = frozenset({"translated text"})
    return _rows(lambda name, context: environment.render_template(name, **context), without)
