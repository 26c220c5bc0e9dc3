"""The template rows: a table of a hundred rows, and a page with everything in it; also Jinja2 and plain f-strings."""

from __future__ import annotations

import datetime
import sys
from html import escape
from typing import Any

from benchmarks.work.common import choose, report, timed

ROW = '<tr class="{cls}"><td>{name}</td><td>{count}</td><td>{note}</td></tr>'

TABLE = """<table>{% for row in rows %}<tr class="{% if forloop.counter|divisibleby:2 %}even{% else %}odd{% endif %}">\
<td>{{ row.name }}</td><td>{{ row.count }}</td><td>{{ row.note|upper }}</td></tr>{% endfor %}</table>"""

JINJA_TABLE = """<table>{% for row in rows %}<tr class="{% if loop.index is divisibleby(2) %}even{% else %}odd{% endif %}">\
<td>{{ row.name }}</td><td>{{ row.count }}</td><td>{{ row.note|upper }}</td></tr>{% endfor %}</table>"""

TEMPLATES = {
    "base.html": "<!doctype html><title>{% block title %}Site{% endblock %}</title><nav>{% for link in links %}"
    '<a href="{% url "item" link.id %}">{{ link.name }}</a>{% endfor %}</nav>{% block main %}{% endblock %}',
    "section.html": '{% extends "base.html" %}{% load i18n %}{% block title %}{% translate "Section" %} – '
    "{{ block.super }}{% endblock %}{% block main %}<h1>{{ title|title }}</h1>{% block inner %}{% endblock %}{% endblock %}",
    "item.html": "<li>{{ item.name|capfirst }} {{ item.count|add:1 }} {{ item.note|default:'-'|truncatechars:10 }}</li>",
    "meta.html": "<small>{{ item.when|date:'Y-m-d' }} {{ item.name|lower|slugify }}</small>",
    "page.html": '{% extends "section.html" %}{% load i18n %}{% block inner %}<ul>{% for item in items %}'
    '{% include "item.html" %}{% include "meta.html" %}{% empty %}{% translate "Nothing" %}{% endfor %}</ul>'
    "{% with n=items|length %}{% blocktranslate count n=n %}one{% plural %}{{ n }} items{% endblocktranslate %}{% endwith %}"
    "<form>{{ form.as_p }}</form>{% endblock %}",
}


class Row:
    """One row of the table."""

    def __init__(self, number: int) -> None:
        self.id = number
        self.name = f"name & {number}"
        self.count = number * 3
        self.note = "a note" if number % 3 else "<b>bold</b>"
        self.when = datetime.datetime(2026, 11, 22)


def measure() -> dict[str, float]:
    """Measure through `django`, whichever that is."""
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="benchmark",
        INSTALLED_APPS=[],
        ROOT_URLCONF="benchmarks.work.routes",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [
                        (
                            "django.template.loaders.cached.Loader",
                            [("django.template.loaders.locmem.Loader", TEMPLATES)],
                        )
                    ]
                },
            }
        ],
    )
    django.setup()
    from django import forms
    from django.template import engines

    class Signup(forms.Form):
        name = forms.CharField(max_length=80, help_text="Your name")
        mail = forms.EmailField()
        age = forms.IntegerField(min_value=1, required=False)
        kind = forms.ChoiceField(choices=[(str(n), f"Choice {n}") for n in range(10)])
        agree = forms.BooleanField()

    engine: Any = engines["django"]
    table, page = engine.from_string(TABLE), engine.get_template("page.html")
    rows = [Row(n) for n in range(100)]
    context = {"title": "the title", "links": rows[:8], "items": rows[:20]}
    return {
        "100-row table": timed(lambda: table.render({"rows": rows})),
        "page: inheritance, includes, url, translation, form": timed(
            lambda: page.render({**context, "form": Signup()})
        ),
    }


def limit() -> dict[str, float]:
    """Measure the table as an f-string, escaped by hand."""
    rows = [Row(n) for n in range(100)]

    def table() -> str:
        return (
            "<table>"
            + "".join(
                ROW.format(
                    cls="odd" if number % 2 else "even",
                    name=escape(row.name),
                    count=row.count,
                    note=escape(row.note.upper()),
                )
                for number, row in enumerate(rows, 1)
            )
            + "</table>"
        )

    return {"100-row table": timed(table)}


def jinja2() -> dict[str, float]:
    """Measure the table in Jinja2."""
    import jinja2

    template = jinja2.Environment(autoescape=True).from_string(JINJA_TABLE)
    rows = [Row(n) for n in range(100)]
    return {"100-row table": timed(lambda: template.render(rows=rows))}


if __name__ == "__main__":
    match sys.argv[1]:
        case "limit":
            report(limit())
        case "jinja2":
            report(jinja2())
        case name:
            choose(name)
            report(measure())
