from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from nuages.http import StreamingHttpResponse
from nuages.template import Context, Template, TemplateDoesNotExist, instrumentation
from nuages.template.backends.django import DjangoTemplates
from nuages.test.signals import template_rendered
from nuages.utils.module_loading import import_string
from tests.template.conftest import engine_of

TEMPLATES = {
    "base": "<head>{% block title %}t{% endblock %}</head>{% block body %}{% endblock %}<foot>",
    "page": "{% extends 'base' %}{% block body %}{% for x in xs %}{% include 'row' %}{% endfor %}{{ block.super }}{% endblock %}",
    "row": "<{{ x }}>",
    "live": "{% extends 'base' %}{% load own %}{% block body %}{% shout %}{{ slow }}{% endshout %}{% endblock %}",
}


@pytest.mark.parametrize("name", ["page", "live"])
def test_a_stream_gives_what_rendering_gives(name: str) -> None:
    template = engine_of(TEMPLATES).get_template(name)
    values = {"xs": ["a", "&"], "slow": "s"}
    assert "".join(template.stream(Context(values))) == template.render(Context(values))


def test_the_head_is_sent_before_the_body_is_ready() -> None:
    started: list[str] = []

    def slow() -> str:
        started.append("body")
        return "slow"

    pieces = engine_of(TEMPLATES).get_template("live").stream(Context({"slow": slow}))
    assert next(pieces) + next(pieces) == "<head>t</head>"
    assert not started
    assert "".join(pieces) == "SLOW<foot>"


@pytest.mark.parametrize(
    "body", ["{{ slow }}", "{% for x in slow %}{{ x }}{% endfor %}", "{% include slow %}"]
)
def test_what_follows_the_head_is_not_waited_for(body: str) -> None:
    def slow() -> str:
        raise AssertionError("asked for too early")

    template = engine_of().from_string(f"<head><title>{{{{ t }}}}</title></head><body>{body}")
    assert next(template.stream(Context({"slow": slow, "t": "T"}))) == "<head><title>T</title></head>"


def test_what_precedes_a_loop_is_not_held_back_by_it() -> None:
    template = engine_of().from_string(
        "<h1>A</h1>{% for x in slow %}{% for y in x %}{{ y }}{% endfor %}{% endfor %}"
    )
    pieces = template.stream(Context({"slow": lambda: [[1, 2], [3]]}))
    assert list(pieces) == ["<h1>A</h1>", "123"]


def test_iterators_are_followed_and_not_gathered() -> None:
    taken: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    engine = engine_of({"rows": "{% for n in numbers %}{{ forloop.counter }}{{ text }}{% endfor %}"})
    template = engine.from_string("{% block a %}{% include 'rows' %}{% endblock %}")
    pieces = template.stream(Context({"numbers": numbers(), "text": "x" * 4000}))
    assert next(pieces).startswith("1x")
    assert taken == [0, 1, 2]
    assert len("".join(pieces)) > 300_000


@pytest.mark.parametrize(
    "body",
    [
        "{{ forloop.revcounter }}",
        "{% if forloop.last %}{{ n }}{% endif %}",
        "{{ forloop.length }}{{ forloop }}",
        "{{ forloop.counter }}{% empty %}none",
        "{% ifchanged n %}{{ n }}{% endifchanged %}",
        "{% cycle 'a' 'b' %}{{ forloop.first }}",
    ],
)
@pytest.mark.parametrize("ending", ["", " reversed"])
def test_iterators_give_the_same_whatever_the_loop_asks_of_them(body: str, ending: str) -> None:
    template = engine_of().from_string(f"{{% for n in ns{ending} %}}{body}{{% endfor %}}")
    streamed = "".join(template.stream(Context({"ns": iter([1, 1, 2])})))
    assert streamed == template.render(Context({"ns": [1, 1, 2]}))


def test_included_templates_are_told_of_in_a_stream_too() -> None:
    told: list[tuple[str, object]] = []

    def receive(sender: object, template: Template, context: Context, **kwargs: object) -> None:
        told.append((str(template.name), context.get("x")))

    template_rendered.connect(receive)
    before = instrumentation.announce
    instrumentation.announce = lambda template, context: template_rendered.send(
        None, template=template, context=context
    )
    try:
        list(engine_of(TEMPLATES).get_template("page").stream(Context({"xs": ["a"]})))
    finally:
        instrumentation.announce = before
        template_rendered.disconnect(receive)
    assert told == [("page", None), ("base", None), ("row", "a")]


def test_backends_stream_too() -> None:
    for name in ("django.DjangoTemplates", "jinja2.Jinja2"):
        params = {"NAME": "x", "DIRS": [], "APP_DIRS": False, "OPTIONS": {}}
        backend = import_string(f"nuages.template.backends.{name}")(params)
        template = backend.from_string("<b>{% for n in ns %}{{ n }}{% endfor %}</b>")
        response = StreamingHttpResponse(template.stream({"ns": (n for n in "a&")}))
        assert response.getvalue() == b"<b>a&amp;</b>"


def test_a_missing_template_names_its_backend_in_a_stream_too() -> None:
    backend = DjangoTemplates({"NAME": "x", "DIRS": [], "APP_DIRS": False, "OPTIONS": {}})
    with pytest.raises(TemplateDoesNotExist) as caught:
        list(backend.from_string("{% include 'gone' %}").stream())
    assert caught.value.backend is backend


MEASURED = """
import resource, sys
from nuages.conf import settings
settings.configure()
import nuages
nuages.setup()
from nuages.template import Context, Engine

engine = Engine(loaders=[("nuages.template.loaders.locmem.Loader", {
    "base": "<html><head></head><body>{% block body %}{% endblock %}</body></html>",
    "page": "{% extends 'base' %}{% block body %}{% include 'rows' %}{% endblock %}",
    "rows": "{% for row in rows %}<tr><td>{{ row.name }}</td><td>{{ row.note }}</td></tr>{% endfor %}",
})])
template = engine.get_template("page")

def streamed(count):
    rows = ({"name": f"row {n}", "note": "<" + "x" * 400} for n in range(count))
    return sum(len(piece) for piece in template.stream(Context({"rows": rows})))

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

streamed(10)
idle = peak()
size = streamed(125_000)
print(size // 1_000_000, peak() - idle)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="asks the system for the peak of memory")
def test_a_page_of_fifty_megabytes_takes_less_than_twenty() -> None:
    done = subprocess.run([sys.executable, "-c", MEASURED], capture_output=True, text=True, check=True)
    size, grown = map(int, done.stdout.split())
    assert size >= 50
    assert grown < 20


def test_long_output_comes_in_pieces_of_bounded_size() -> None:
    template = engine_of().from_string("{% for x in xs %}{{ x }}{% endfor %}")
    sizes = [len(piece) for piece in template.stream(Context({"xs": ["x" * 100] * 1000}))]
    assert sum(sizes) == 100_000
    assert max(sizes) < 10_000


def test_the_context_is_as_before_even_when_the_stream_is_left() -> None:
    context = Context({"xs": range(10**6)})
    pieces: Iterator[str] = engine_of().from_string("{% for x in xs %}{{ x }}{% endfor %}").stream(context)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert len(context.dicts) == 2
    assert context.template is None


def test_errors_in_a_stream_are_marked() -> None:
    pieces = engine_of({"t": "{{ f }}"}).get_template("t").stream(Context({"f": lambda: 1 / 0}))
    with pytest.raises(ZeroDivisionError) as caught:
        list(pieces)
    assert "In template t, line 1, column 1: {{ f }}" in caught.value.__notes__
