from __future__ import annotations

import asyncio
from typing import Any

import pytest

from nuages.spine import spawn
from nuages.template import Context, TemplateSyntaxError
from nuages.template.base import Parser
from nuages.template.defaulttags import ForNode
from nuages.template.library import Library
from tests.template.conftest import engine_of


def rendered(source: str, templates: dict[str, str] | None = None, **values: Any) -> str:
    return engine_of(templates).from_string("{% load own %}" + source).render(Context(values))


def test_nodes_that_render_their_children_see_every_variable() -> None:
    source = "{% for x in xs %}{% with y=x %}{% shout %}{{ x }}{{ y }}{{ forloop.counter }}{% endshout %}{% endwith %}{% endfor %}"
    assert rendered(source, xs="ab") == "AA1BB2"


def test_nodes_that_set_variables_set_them_in_their_layer() -> None:
    assert rendered("{% with x=1 %}{% remember %}{{ seen }}{% endwith %}[{{ seen }}]") == "1[]"


def test_built_in_tags_inside_custom_ones_keep_their_state() -> None:
    assert (
        rendered("{% for x in xs %}{% shout %}{% cycle 'a' 'b' %}{% endshout %}{% endfor %}", xs="123")
        == "ABA"
    )


def test_blocks_inside_custom_tags_are_overridden() -> None:
    templates = {
        "base": "{% load own %}{% shout %}{% block b %}base{% endblock %}{% endshout %}",
        "child": "{% extends 'base' %}{% block b %}{{ block.super }} child {{ x }}{% endblock %}",
    }
    assert engine_of(templates).get_template("child").render(Context({"x": "v"})) == "BASE CHILD V"


def test_layers_come_and_go_as_documented() -> None:
    assert rendered("{% layers %}{% with a=1 %}{% layers %}{% endwith %}{% layers %}") == "232"


def test_functions_of_either_colour_make_tags() -> None:
    assert rendered("{% later x %}|{% later 2 as y %}{{ y|upper }}", x=1) == "later 1|LATER 2"


def test_block_and_inclusion_tags() -> None:
    templates = {"card.html": "<{{ title }}{{ x }}>"}
    assert (
        rendered("{% wrapped name='i' %}{{ x }}{% endwrapped %}{% card 'T' %}", templates, x="&")
        == "[i:&amp;amp;]<T>"
    )


def test_a_subclass_with_its_own_render_is_called() -> None:
    class Twice(ForNode):
        def render(self, context: Any) -> str:
            return super().render(context) * 2

    register = Library()

    @register.tag
    def twice(parser: Parser, token: Any) -> Twice:
        nodelist = parser.parse(("endtwice",))
        parser.delete_first_token()
        return Twice(["x"], parser.compile_filter("xs"), False, nodelist)

    engine = engine_of()
    engine.template_builtins.append(register)
    assert engine.from_string("{% twice %}{{ x }}{% endtwice %}").render(Context({"xs": "ab"})) == "abab"


def test_wrong_arguments_are_refused_while_parsing() -> None:
    with pytest.raises(TemplateSyntaxError, match="'wrapped' received too many positional arguments"):
        rendered("{% wrapped 1 2 %}{% endwrapped %}")


def test_templates_wait_for_coroutines_in_both_colours() -> None:
    async def name() -> str:
        await asyncio.sleep(0)
        return "<n>"

    class Rows:
        async def __aiter__(self) -> Any:
            for number in range(3):
                await asyncio.sleep(0)
                yield number

    source = "{{ name }}{% for n in rows %}{{ n }}{% endfor %}{% if name == '<n>' %}!{% endif %}"

    def page() -> str:
        return rendered(source, name=name, rows=Rows())

    async def main() -> str:
        return await spawn(page)

    assert page() == asyncio.run(main()) == "&lt;n&gt;012!"
