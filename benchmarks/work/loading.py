"""Loading two hundred templates: parsing (Django), parsing and compiling, and reading what was compiled before.

`python -m benchmarks.work.loading WHO FOLDER` prints the processor seconds; WHO is `django`, `nuages` (nothing is kept)
or `kept` (compiled templates are kept in the folder: the first process fills it, the next ones read it).
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from benchmarks.work.common import choose, report

COUNT = 200

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


def written(folder: Path) -> list[str]:
    """Write the templates where they are not yet; return their names."""
    names = []
    for number in range(COUNT):
        name = f"page{number}.html"
        path = folder / name
        if not path.exists():
            path.write_text(KINDS[number % len(KINDS)].replace("NUMBER", str(number)))
        names.append(name)
    return names


def measure(who: str, folder: Path) -> float:
    """Return the processor time it takes to have all templates ready to render."""
    import django
    from django.conf import settings

    sources, another = folder / "templates", folder / "another"
    for made in (sources, another):
        made.mkdir(exist_ok=True)
    names = written(sources)
    (another / "first.html").write_text("{{ a.b|upper }}")
    own = {} if who == "django" else {"TEMPLATE_CODE_CACHE": str(folder / "kept") if who == "kept" else False}
    settings.configure(SECRET_KEY="benchmark", INSTALLED_APPS=[], **own)
    django.setup()
    from django.template import Engine

    engine = Engine(
        dirs=[str(sources), str(another)],
        libraries={name: f"django.templatetags.{name}" for name in ("i18n", "static")},
    )
    # What is done once in a process is not what is measured.
    first = engine.get_template("first.html")
    if who != "django":
        ready(first)
    started = time.process_time()
    for name in names:
        template = engine.get_template(name)
        if who != "django":
            ready(template)
    return time.process_time() - started


def ready(template: object) -> None:
    """Have the functions of a template's body and of its blocks made, as rendering it would."""
    from nuages.template.presentation import interned

    switches = interned((True, None, None))
    for unit in (template.root, *(block.unit for block in template.blocks.values())):  # type: ignore[attr-defined]
        unit.function(switches, "")


if __name__ == "__main__":
    choose("django" if sys.argv[1] == "django" else "nuages")
    report({"loading": measure(sys.argv[1], Path(sys.argv[2]))})
