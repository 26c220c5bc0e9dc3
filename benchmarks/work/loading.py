"""Loading two hundred templates: parsing (Django), parsing and compiling, and reading what was compiled before.

`python -m benchmarks.work.loading WHO FOLDER` prints the processor seconds; WHO is `django`, `nuages` (nothing is kept)
or `kept` (compiled templates are kept in the folder: the first process fills it, the next ones read it). `loading` is
until all can be rendered, `first page` until each has been rendered once, which is what somebody waits for.
"""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.work.common import choose, report

COUNT = 200

#: This module is the URL configuration, too: the templates link to pages.
urlpatterns: list[Any] = []

#: Kinds of templates as sites have them; NUMBER makes each of a kind another one.
KINDS = [
    """{% extends "base0.html" %}{% load i18n static %}
{% block title %}{% translate "Section" %} NUMBER – {{ block.super }}{% endblock %}
{% block content %}
<h1>{{ objectNUMBER.title|title }}</h1>
{% if user.is_authenticated and objectNUMBER.owner == user %}<a href="{% url 'edit' objectNUMBER.pk %}">{% translate "Edit" %}</a>
{% elif perms.change or objectNUMBER.open %}<a href="{% url 'view' objectNUMBER.pk %}">{% translate "View" %}</a>{% else %}–{% endif %}
<dl>
{% for field in objectNUMBER.fields %}<dt>{{ field.label|capfirst }}</dt><dd>{{ field.value|default:"-"|truncatechars:40 }}</dd>
{% empty %}<dt>{% translate "Nothing" %}</dt>{% endfor %}
</dl>
<p>{% blocktranslate with name=objectNUMBER.owner.name %}Written by {{ name }}{% endblocktranslate %}</p>
{{ objectNUMBER.text|linebreaks }}
{% endblock %}
""",
    """{% load i18n %}<table class="listNUMBER">
<thead><tr>{% for header in headers %}<th{{ header.attributes }}>{% if header.sortable %}<a href="{{ header.url }}">\
{{ header.text|capfirst }}</a>{% else %}{{ header.text }}{% endif %}</th>{% endfor %}</tr></thead>
<tbody>{% for row in rowsNUMBER %}<tr class="{% if forloop.counter|divisibleby:2 %}even{% else %}odd{% endif %}">
{% for cell in row.cells %}<td>{{ cell.value|floatformat:2 }} {{ cell.unit|upper }}</td>{% endfor %}
<td>{{ row.when|date:"Y-m-d" }}</td><td>{% if row.count > 10 and not row.hidden %}{{ row.count }}{% endif %}</td></tr>
{% endfor %}</tbody></table>
{% if page.has_next %}<a href="?page={{ page.next }}">{% translate "Next" %}</a>{% endif %}
""",
    """<form method="post" action="{{ actionNUMBER }}">{% csrf_token %}
{{ form.non_field_errors }}
{% for field in form %}<div class="{% if field.errors %}wrong{% endif %}">{{ field.label_tag }}{{ field }}
{% if field.help_text %}<small>{{ field.help_text|safe }}</small>{% endif %}{{ field.errors }}</div>{% endfor %}
<button name="saveNUMBER">{{ label|default:"Save" }}</button></form>
""",
    """<li class="{% cycle 'a' 'b' %}"><a href="{{ item.url }}">{{ item.name|slugify }}</a> {{ item.priceNUMBER|floatformat:2 }}
{% include "item3.html" with thing=item.thing only %}{% with total=item.a|add:item.b %}{{ total }}{% endwith %}</li>
""",
    """<!doctype html><html><head><title>{% block title %}Site NUMBER{% endblock %}</title>
{% block head %}<link rel="stylesheet" href="/styleNUMBER.css">{% endblock %}</head>
<body class="{% block class %}{% endblock %}">{% block header %}<nav>{% for link in links %}
<a href="{{ link.url }}"{% if link.current %} class="current"{% endif %}>{{ link.name }}</a>{% endfor %}</nav>{% endblock %}
{% if messages %}<ul>{% for message in messages %}<li class="{{ message.tags }}">{{ message }}</li>{% endfor %}</ul>{% endif %}
{% block content %}{% endblock %}{% block footer %}<footer>{{ year }} {% now "Y" %}</footer>{% endblock %}</body></html>
""",
]  # fmt: skip


#: What the kinds extend and include.
PARTS = {
    "base0.html": "<html>{% block title %}{% endblock %}{% block content %}{% endblock %}</html>",
    "item3.html": "<i>{{ thing }}</i>",
}


def written(folder: Path) -> list[str]:
    """Write the templates where they are not yet; return their names."""
    for name, source in PARTS.items():
        (folder / name).write_text(source)
    names = []
    for number in range(COUNT):
        name = f"page{number}.html"
        path = folder / name
        if not path.exists():
            path.write_text(KINDS[number % len(KINDS)].replace("NUMBER", str(number)))
        names.append(name)
    return names


def variables(number: int) -> dict[str, Any]:
    """What a template shows: twelve objects that have every attribute, in lists."""
    rows = [SimpleNamespace(
        label="label", value="a value", label_tag="<label>", help_text="help", errors="", name="name", url="/u/", text="text",
        attributes="", sortable=row % 2, current=row == 3, unit="cm", when=date(2026, 11, row + 1), count=row * 3,
        hidden=False, tags="tag", cells=[SimpleNamespace(value=row * 1.5, unit="m")] * 6,
    ) for row in range(12)]  # fmt: skip
    owner = SimpleNamespace(name="owner")
    thing = SimpleNamespace(title="title", owner=owner, pk=number, open=True, fields=rows, text="one\n\ntwo")
    item = SimpleNamespace(url="/u/", name="A name", thing="thing", a=1, b=2, **{f"price{number}": 3.5})
    return {
        f"object{number}": thing, f"rows{number}": rows, f"action{number}": "/save/", "headers": rows, "form": rows,
        "links": rows, "messages": rows, "item": item, "user": SimpleNamespace(is_authenticated=True), "label": "",
        "perms": SimpleNamespace(change=True), "page": SimpleNamespace(has_next=True, next=2), "year": 2026,
    }  # fmt: skip


def measure(who: str, folder: Path) -> dict[str, float]:
    """Return the processor time it takes to have all templates ready to render, and to render each once."""
    import django
    from django.conf import settings

    sources, another = folder / "templates", folder / "another"
    for made in (sources, another):
        made.mkdir(exist_ok=True)
    names = written(sources)
    (another / "first.html").write_text("{{ a.b|upper }}")
    own = {} if who == "django" else {"TEMPLATE_CODE_CACHE": str(folder / "kept") if who == "kept" else False}
    settings.configure(SECRET_KEY="benchmark", INSTALLED_APPS=[], ROOT_URLCONF=__name__, **own)
    django.setup()
    from django.template import Context, Engine
    from django.urls import path

    urlpatterns.extend(path(f"{name}/<int:pk>/", written, name=name) for name in ("edit", "view"))

    engine = Engine(
        dirs=[str(sources), str(another)],
        libraries={name: f"django.templatetags.{name}" for name in ("i18n", "static")},
    )
    # What is done once in a process is not what is measured.
    first = engine.get_template("first.html")
    if who != "django":
        ready(first)
    first.render(Context(variables(0)))
    contexts = [Context(variables(number)) for number in range(COUNT)]
    started = time.process_time()
    templates = []
    for name in names:
        template = engine.get_template(name)
        if who != "django":
            ready(template)
        templates.append(template)
    loaded = time.process_time()
    for template, context in zip(templates, contexts, strict=True):
        template.render(context)
    return {"loading": loaded - started, "first page": time.process_time() - started}


def ready(template: object) -> None:
    """Have the functions of a template's body and of its blocks made, as rendering it would."""
    from nuages.template.presentation import interned

    switches = interned((True, None, None))
    for unit in (template.root, *(block.unit for block in template.blocks.values())):  # type: ignore[attr-defined]
        unit.function(switches, "")


if __name__ == "__main__":
    choose("django" if sys.argv[1] == "django" else "nuages")
    report(measure(sys.argv[1], Path(sys.argv[2])))
