"""How fast templates render: a table of a hundred rows and a whole page, beside Jinja2, f-strings and Django.

Run it by itself: `python benchmarks/templates.py`. Django and Jinja2 are measured where they can be imported.
The numbers are medians; the ratios are against nuages, so that 3.0 means three times as long.
"""

from __future__ import annotations

import importlib.util
import statistics
import sys
import time
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

TABLE = """<table>
{% for row in rows %}<tr class="{% cycle 'odd' 'even' %}"><td>{{ forloop.counter }}</td><td>{{ row.name }}</td>\
<td>{{ row.price }}</td><td>{% if row.stock > 10 %}many{% elif row.stock %}{{ row.stock }}{% else %}none{% endif %}</td>\
<td>{{ row.note }}</td></tr>
{% endfor %}</table>"""

TABLE_JINJA = """<table>
{% for row in rows %}<tr class="{{ loop.cycle('odd', 'even') }}"><td>{{ loop.index }}</td><td>{{ row.name }}</td>\
<td>{{ row.price }}</td><td>{% if row.stock > 10 %}many{% elif row.stock %}{{ row.stock }}{% else %}none{% endif %}</td>\
<td>{{ row.note }}</td></tr>
{% endfor %}</table>"""

BASE = """<!doctype html><html lang="en"><head><title>{% block title %}Site{% endblock %}</title>\
{% block head %}<meta charset="utf-8">{% endblock %}</head><body>\
<nav>{% for link in links %}<a href="{{ link.url }}"{% if link.current %} class="current"{% endif %}>{{ link.title }}</a>\
{% endfor %}</nav><main>{% block content %}{% endblock %}</main><footer>{% block footer %}{{ year }}{% endblock %}</footer>\
</body></html>"""

SECTION = """{% extends "base.html" %}{% block title %}{{ section.title }} | {{ BLOCK_SUPER }}{% endblock %}\
{% block content %}<h1>{{ section.title|upper }}</h1>{% block inner %}{% endblock %}{% endblock %}"""

PAGE = """{% extends "section.html" %}{% block inner %}<p>{{ intro|truncatewords:8 }}</p><ul>\
{% for item in items %}<li>{% include "item.html" %}{% include "tags.html" %}</li>{% endfor %}</ul>\
<form method="post">{% for field in fields %}<p><label for="{{ field.id }}">{{ field.label }}</label>\
<input name="{{ field.name }}" value="{{ field.value|default:"" }}">{% if field.errors %}<b>{{ field.errors|join:", " }}</b>\
{% endif %}</p>{% endfor %}</form>{% endblock %}"""

ITEM = """<a href="{{ item.url }}">{{ item.title|title }}</a> {{ item.text|truncatewords:5|lower }} ({{ item.votes|add:1 }})"""
TAGS = """{% for tag in item.tags %}<i>{{ tag|capfirst }}</i>{% if not LAST %}, {% endif %}{% endfor %}"""


class Row:
    """One row of the table."""

    def __init__(self, number: int) -> None:
        self.name = f"Item {number}"
        self.price = f"{number}.50 EUR"
        self.stock = number % 13
        self.note = "<b>new & shiny</b>" if number % 5 == 0 else "in use"


class Thing:
    """Anything with attributes."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


def table_context() -> dict[str, Any]:
    return {"rows": [Row(number) for number in range(100)]}


def page_context() -> dict[str, Any]:
    return {
        "year": 2025,
        "section": Thing(title="Flying & sailing"),
        "intro": "A text that goes on for longer than eight words, as texts will when nobody stops them",
        "links": [Thing(url=f"/section/{n}/", title=f"Section {n}", current=n == 3) for n in range(8)],
        "items": [
            Thing(
                url=f"/item/{n}/",
                title=f"the title of item {n}",
                text="Some words about <this> item & what it is good for",
                votes=n,
                tags=["one", "two", "three"],
            )
            for n in range(20)
        ],
        "fields": [
            Thing(
                id=f"id_{n}",
                label=f"Field {n}",
                name=f"field_{n}",
                value="v" * n,
                errors=["Too short"] * (n % 2),
            )
            for n in range(6)
        ],
    }


def fstring_table(context: dict[str, Any]) -> str:
    """What a patient person would write by hand."""
    parts = ["<table>\n"]
    for number, row in enumerate(context["rows"]):
        stock = "many" if row.stock > 10 else escape(str(row.stock)) if row.stock else "none"
        parts.append(
            f'<tr class="{"even" if number % 2 else "odd"}"><td>{number + 1}</td><td>{escape(row.name)}</td>'
            f"<td>{escape(row.price)}</td><td>{stock}</td><td>{escape(row.note)}</td></tr>\n"
        )
    parts.append("</table>")
    return "".join(parts)


def django_sources(kind: str) -> dict[str, str]:
    """The templates in this language or in Jinja2's."""
    jinja = kind == "jinja2"
    sources = {
        "table.html": TABLE_JINJA if jinja else TABLE,
        "base.html": BASE,
        "section.html": SECTION.replace("BLOCK_SUPER", "super()" if jinja else "block.super"),
        "page.html": PAGE,
        "item.html": ITEM,
        "tags.html": TAGS.replace("LAST", "loop.last" if jinja else "forloop.last"),
    }
    if jinja:
        changes = {
            "|truncatewords:8": "|truncatewords(8)",
            "|truncatewords:5": "|truncatewords(5)",
            '|default:""': '|default("")',
            '|join:", "': '|join(", ")',
            "|add:1": " + 1",
            "|capfirst": "|capitalize",
        }
        for name, source in sources.items():
            for old, new in changes.items():
                source = source.replace(old, new)
            sources[name] = source
    return sources


def dtl_renderers(package: str) -> dict[str, Callable[[], str]]:
    """Renderers of the table and the page with nuages or Django."""
    conf = importlib.import_module(f"{package}.conf")
    if not conf.settings.configured:
        conf.settings.configure(TEMPLATES=[], USE_I18N=True, LANGUAGE_CODE="en")
    importlib.import_module(package).setup()
    template = importlib.import_module(f"{package}.template")
    sources = django_sources(package)
    engine = template.Engine(
        loaders=[
            (
                f"{package}.template.loaders.cached.Loader",
                [(f"{package}.template.loaders.locmem.Loader", sources)],
            )
        ]
    )

    def renderer(name: str, context: dict[str, Any]) -> Callable[[], str]:
        return lambda: engine.get_template(name).render(template.Context(context))

    return {"table": renderer("table.html", table_context()), "page": renderer("page.html", page_context())}


def jinja_renderers() -> dict[str, Callable[[], str]]:
    """Renderers of the table and the page with Jinja2."""
    jinja2 = importlib.import_module("jinja2")
    environment = jinja2.Environment(loader=jinja2.DictLoader(django_sources("jinja2")), autoescape=True)

    def truncatewords(text: str, count: int) -> str:
        words = text.split()
        return " ".join(words[:count]) + (" …" if len(words) > count else "")

    environment.filters["truncatewords"] = truncatewords

    def renderer(name: str, context: dict[str, Any]) -> Callable[[], str]:
        return lambda: environment.get_template(name).render(context)

    return {"table": renderer("table.html", table_context()), "page": renderer("page.html", page_context())}


def median_times(functions: dict[str, Callable[[], object]], rounds: int = 40) -> dict[str, float]:
    """Median time of each function in milliseconds, measured in turns so that a busy machine disturbs all alike."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for number in range(rounds):
        for name, function in functions.items():
            for _ in range(10):
                start = time.perf_counter()
                function()
                if number:
                    times[name].append(time.perf_counter() - start)
    return {name: statistics.median(taken) * 1000 for name, taken in times.items()}


def cold_time(package: str, count: int = 200) -> float:
    """Milliseconds to load `count` different templates and render each once."""
    template = importlib.import_module(f"{package}.template")
    engine = template.Engine(loaders=[])
    base = django_sources(package)
    texts = [f"<!-- {n} -->{base['base.html']}{base['item.html']}{base['table.html']}" for n in range(count)]
    start = time.perf_counter()
    for text in texts:
        engine.from_string(text).render(template.Context({}))
    return (time.perf_counter() - start) * 1000


def main() -> None:
    context = table_context()
    peers: dict[str, dict[str, Callable[[], str]]] = {
        "nuages": dtl_renderers("nuages"),
        "f-string": {"table": lambda: fstring_table(context)},
    }
    if importlib.util.find_spec("jinja2"):
        peers["jinja2"] = jinja_renderers()
    if importlib.util.find_spec("django"):
        peers["django"] = dtl_renderers("django")
    results = {
        work: median_times({peer: works[work] for peer, works in peers.items() if work in works})
        for work in ("table", "page")
    }
    print(f"{'':10}{'table ms':>10}{'ratio':>8}{'page ms':>10}{'ratio':>8}")
    for peer in peers:
        cells = ""
        for times in results.values():
            own = times["nuages"]
            cells += f"{times[peer]:10.3f}{times[peer] / own:8.1f}" if peer in times else f"{'-':>10}{'-':>8}"
        print(f"{peer:10}{cells}")
    print(f"200 templates cold: nuages {cold_time('nuages'):.0f} ms", end="")
    print(f", django {cold_time('django'):.0f} ms" if "django" in peers else "")


if __name__ == "__main__":
    main()
