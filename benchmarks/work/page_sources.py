"""The templates of the page rows, in Django's language and in Jinja2's (which MiniJinja reads too).

The page has inheritance three deep, two includes in a loop, URLs, translations, thirty uses of filters and a form.
What Jinja2 has no filter for is written as its users would: an operator, a method, a condition, or a function of
ours among its filters and globals (`pages_jinja`). It has no URLs of its own; its `url` is an f-string.
"""

from __future__ import annotations

import datetime

TABLE = """<table>{% for row in rows %}<tr class="{% if forloop.counter|divisibleby:2 %}even{% else %}odd{% endif %}">\
<td>{{ row.name }}</td><td>{{ row.count }}</td><td>{{ row.note|upper }}</td></tr>{% endfor %}</table>"""

JINJA_TABLE = """<table>{% for row in rows %}<tr class="{% if loop.index is divisibleby(2) %}even{% else %}odd{% endif %}">\
<td>{{ row.name }}</td><td>{{ row.count }}</td><td>{{ row.note|upper }}</td></tr>{% endfor %}</table>"""

BASE = """<!doctype html>
<title>{% block title %}Site{% endblock %}</title>
<nav>{% for link in links %}<a href="{% url "item" link.id %}">{{ link.name }}</a>{% endfor %}</nav>
{% block main %}{% endblock %}
<footer>{% translate "Home" %} {{ title|lower }} {{ summary|truncatewords:5 }}</footer>
"""

JINJA_BASE = """<!doctype html>
<title>{% block title %}Site{% endblock %}</title>
<nav>{% for link in links %}<a href="{{ url("item", link.id) }}">{{ link.name }}</a>{% endfor %}</nav>
{% block main %}{% endblock %}
<footer>{{ _("Home") }} {{ title|lower }} {{ summary|truncatewords(5) }}</footer>
"""

ITEM = """<li class="{{ item.name|slugify }}">{{ item.name|capfirst }} {{ item.count|add:1 }} \
{{ item.note|default:"-"|truncatechars:10 }} {{ item.count|pluralize }} {{ item.tags|join:", " }} \
{{ item.price|floatformat:2 }} {{ item.tags|length }} {% if item.count|divisibleby:2 %}even{% endif %}</li>
"""

JINJA_ITEM = """<li class="{{ item.name|slugify }}">{{ item.name|capfirst }} {{ item.count + 1 }} \
{{ (item.note|default("-"))|truncatechars(10) }} {{ "" if item.count == 1 else "s" }} {{ item.tags|join(", ") }} \
{{ "%.2f"|format(item.price) }} {{ item.tags|length }} {% if item.count is divisibleby(2) %}even{% endif %}</li>
"""

META = """<small>{{ item.when|date:"Y-m-d" }} {{ item.name|lower|cut:" " }} {{ item.tags|first|upper }} \
{{ item.tags|last|title }} {{ item.good|yesno:"yes,no" }}</small>
"""

JINJA_META = """<small>{{ item.when.strftime("%Y-%m-%d") }} {{ item.name|lower|replace(" ", "") }} \
{{ item.tags|first|upper }} {{ item.tags|last|title }} {{ "yes" if item.good else "no" }}</small>
"""

TEMPLATES = {
    "base.html": "{% load i18n %}" + BASE,
    "section.html": '{% extends "base.html" %}{% load i18n %}{% block title %}{% translate "Search" %} – '
    "{{ block.super }}{% endblock %}{% block main %}<h1>{{ title|title }}</h1>"
    '<p>{{ summary|linebreaksbr }}</p><a href="?q={{ title|urlencode }}">{{ summary|wordcount }}</a>'
    "{% block inner %}{% endblock %}{% endblock %}",
    "item.html": ITEM,
    "meta.html": META,
    "page.html": '{% extends "section.html" %}{% load i18n %}{% block inner %}<ul>{% for item in items %}'
    '{% include "item.html" %}{% include "meta.html" %}{% empty %}{% translate "None" %}{% endfor %}</ul>'
    "{% with n=items|length %}{% blocktranslate count n=n %}one{% plural %}{{ n }} items{% endblocktranslate %}{% endwith %}"
    "<b>{{ markup|striptags }}</b>{{ markup|safe }}{{ size|filesizeformat }}{{ nothing|default_if_none:'–' }}"
    "{{ items|slice:':3'|length }}{{ title|center:20 }}FORM{% endblock %}",
}

JINJA_TEMPLATES = {
    "base.html": JINJA_BASE,
    "section.html": '{% extends "base.html" %}{% block title %}{{ _("Search") }} – '
    "{{ super() }}{% endblock %}{% block main %}<h1>{{ title|title }}</h1>"
    '<p>{{ summary|linebreaksbr }}</p><a href="?q={{ title|urlencode }}">{{ summary|count_words }}</a>'
    "{% block inner %}{% endblock %}{% endblock %}",
    "item.html": JINJA_ITEM,
    "meta.html": JINJA_META,
    "page.html": '{% extends "section.html" %}{% block inner %}<ul>{% for item in items %}'
    '{% include "item.html" %}{% include "meta.html" %}{% else %}{{ _("None") }}{% endfor %}</ul>'
    "{% with n=items|length %}{{ ngettext('one', '%(num)s items', n) }}{% endwith %}"
    "<b>{{ markup|strip_markup }}</b>{{ markup|safe }}{{ size|file_size }}{{ '–' if nothing is none else nothing }}"
    "{{ items[:3]|length }}{{ title|middle(20) }}{% endblock %}",
}

#: One thing at a time: (ours, Jinja2's or None where it has no such thing).
SINGLE: dict[str, tuple[str, str | None]] = {
    "fifty variables": (
        "".join(f"<i>{{{{ rows.{n}.name }}}} {{{{ title }}}}</i>" for n in range(25)),
        "".join(f"<i>{{{{ rows[{n}].name }}}} {{{{ title }}}}</i>" for n in range(25)),
    ),
    "for, with counter and last": (
        "{% for row in rows %}{{ forloop.counter }}{{ row.name }}{% if not forloop.last %}, {% endif %}{% endfor %}",
        "{% for row in rows %}{{ loop.index }}{{ row.name }}{% if not loop.last %}, {% endif %}{% endfor %}",
    ),
    "if chains": (
        "{% for row in rows %}{% if row.count > 200 and row.good %}a{% elif row.count > 100 or not row.good %}b"
        "{% elif row.name == title %}c{% elif title in row.name %}d{% else %}e{% endif %}{% endfor %}",
        "{% for row in rows %}{% if row.count > 200 and row.good %}a{% elif row.count > 100 or not row.good %}b"
        "{% elif row.name == title %}c{% elif title in row.name %}d{% else %}e{% endif %}{% endfor %}",
    ),
    "chain of four filters": (
        "{% for row in rows %}{{ row.note|default:'-'|lower|truncatechars:8|upper }}{% endfor %}",
        "{% for row in rows %}{{ (row.note|default('-'))|lower|truncatechars(8)|upper }}{% endfor %}",
    ),
    "include in a loop": (
        '{% for row in rows %}{% include "one.html" %}{% endfor %}',
        '{% for row in rows %}{% include "one.html" %}{% endfor %}',
    ),
    "inheritance three deep": ('{% extends "middle.html" %}{% block a %}A{{ block.super }}{% endblock %}',
        '{% extends "middle.html" %}{% block a %}A{{ super() }}{% endblock %}'),
    "dates": (
        "{% for row in rows %}{{ row.when|date:'Y-m-d H:i' }}{% endfor %}",
        "{% for row in rows %}{{ row.when.strftime('%Y-%m-%d %H:%M') }}{% endfor %}",
    ),
    "dates with names of months": (
        "{% for row in rows %}{{ row.when|date:'j F Y' }}{% endfor %}",
        "{% for row in rows %}{{ row.when.strftime('%d %B %Y') }}{% endfor %}",
    ),
    "translated text": (
        "{% load i18n %}{% for row in rows %}{% translate 'Search' %}{% blocktranslate with name=row.name %}Hello {{ name }}"
        "{% endblocktranslate %}{% endfor %}",
        "{% for row in rows %}{{ _('Search') }}{% trans name=row.name %}Hello {{ name }}{% endtrans %}{% endfor %}",
    ),
    "url with an argument": ("{% for row in rows %}{% url 'item' row.id %}{% endfor %}", None),
    "url without": ("{% for row in rows %}{% url 'about' %}{% endfor %}", None),
}  # fmt: skip

#: What the single templates include and extend; the same in both languages but for the marked word.
SINGLE_PARTS = {
    "one.html": "<p>{{ row.name }} {{ row.count }}</p>",
    "bottom.html": "<html>{% block a %}a{% endblock %}{% block b %}b{% endblock %}{% block c %}c{% endblock %}</html>",
    "middle.html": '{% extends "bottom.html" %}{% block b %}B{{ SUPER }}{% endblock %}',
}


class Row:
    """One row of the table, one item of the page."""

    def __init__(self, number: int) -> None:
        self.id = number
        self.name = f"name & {number}"
        self.count = number * 3
        self.note = "a note" if number % 3 else "<b>bold and long</b>"
        self.when = datetime.datetime(2026, 11, 22, 13, 5)
        self.tags = ["one", "two", "three & more"]
        self.price = number * 1.25
        self.good = number % 2 == 0


ROWS = [Row(number) for number in range(100)]

CONTEXT = {
    "title": "the title",
    "summary": "A text that goes on for longer than\neight words, as texts will",
    "links": ROWS[:8],
    "items": ROWS[:20],
    "markup": "<em>some</em> <b>markup</b>",
    "size": 123456,
    "nothing": None,
}
