"""Some of the template rows as functions of f-strings, with the escaping done by hand."""

from __future__ import annotations

from typing import Any

from markupsafe import _escape_inner  # type: ignore[attr-defined]

from benchmarks.work.common import timed
from benchmarks.work.page_peers import FILTERS, gettext, ngettext
from benchmarks.work.page_sources import CONTEXT, ROWS
from benchmarks.work.pages import WITHOUT_FORM

capfirst, slugify, truncatechars, truncatewords, linebreaksbr, strip_markup = (
    FILTERS[name]
    for name in ("capfirst", "slugify", "truncatechars", "truncatewords", "linebreaksbr", "strip_markup")
)


def escape(text: str) -> str:
    """Escape for HTML, in C."""
    return _escape_inner(text)  # type: ignore[no-any-return]


def table(rows: list[Any]) -> str:
    """The table."""
    return (
        "<table>"
        + "".join(
            [
                f'<tr class="{"odd" if number % 2 else "even"}"><td>{escape(row.name)}</td><td>{row.count}</td>'
                f"<td>{escape(row.note.upper())}</td></tr>"
                for number, row in enumerate(rows, 1)
            ]
        )
        + "</table>"
    )


def item(one: Any) -> str:
    """What `item.html` and `meta.html` say of an item."""
    return (
        f'<li class="{slugify(one.name)}">{escape(capfirst(one.name))} {one.count + 1} '
        f"{escape(truncatechars(one.note or '-', 10))} {'' if one.count == 1 else 's'} {escape(', '.join(one.tags))} "
        f"{one.price:.2f} {len(one.tags)} {'' if one.count % 2 else 'even'}</li>\n"
        f"<small>{one.when:%Y-%m-%d} {escape(one.name.lower().replace(' ', ''))} {escape(one.tags[0].upper())} "
        f"{escape(one.tags[-1].title())} {'yes' if one.good else 'no'}</small>\n"
    )


def page(context: dict[str, Any]) -> str:
    """The page without its form."""
    title, summary, items, markup = (context[name] for name in ("title", "summary", "items", "markup"))
    links = "".join([f'<a href="/item/{link.id}/">{escape(link.name)}</a>' for link in context["links"]])
    count = len(items)
    return (
        f"<!doctype html>\n<title>{gettext('Search')} – Site</title>\n<nav>{links}</nav>\n"
        f'<h1>{escape(title.title())}</h1><p>{linebreaksbr(escape(summary))}</p><a href="?q={FILTERS["urlencode"](title)}">'
        f"{len(summary.split())}</a><ul>{''.join(map(item, items)) or gettext('None')}</ul>"
        f"{ngettext('one', '%(num)s items', count) % {'num': count}}<b>{escape(strip_markup(markup))}</b>{markup}"
        f"{FILTERS['file_size'](context['size'])}{'–' if context['nothing'] is None else context['nothing']}"
        f"{len(items[:3])}{escape(title.center(20))}"
        f"\n<footer>{gettext('Home')} {escape(title.lower())} {escape(truncatewords(summary, 5))}</footer>\n"
    )


def loop(rows: list[Any]) -> str:
    """The rows, numbered."""
    last = len(rows)
    return "".join(
        [f"{number}{escape(row.name)}{'' if number == last else ', '}" for number, row in enumerate(rows, 1)]
    )


def measure() -> dict[str, float]:
    """Measure them."""
    return {
        "100-row table": timed(lambda: table(ROWS)),
        WITHOUT_FORM: timed(lambda: page(CONTEXT)),
        "for, with counter and last": timed(lambda: loop(ROWS)),
        "dates": timed(lambda: "".join([f"{row.when:%Y-%m-%d %H:%M}" for row in ROWS])),
    }
