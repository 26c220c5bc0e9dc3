from __future__ import annotations

from collections.abc import Iterator

import pytest

from nuages.template import Context
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
    assert next(pieces) == "<head>"
    assert next(pieces) == "t</head>"
    assert not started
    assert "".join(pieces) == "SLOW<foot>"


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
