from __future__ import annotations

from typing import Any

import pytest

from nuages.template import Context, Template, TemplateDoesNotExist, TemplateSyntaxError, instrumentation
from nuages.template.loader_tags import BLOCK_CONTEXT_KEY, BlockContext, BlockNode
from nuages.template.presentation import interned
from nuages.test import override_settings
from nuages.test.signals import template_rendered
from nuages.test.utils import instrumented_test_render
from nuages.urls import NoReverseMatch, path
from tests.template.conftest import engine_of

FAMILY = {
    "base": "<{% block a %}base{% endblock %}|{% for x in xs %}{% block row %}{{ x }}{{ forloop.counter }}{% endblock %}{% endfor %}>",
    "middle": "{% extends 'base' %}{% block a %}{{ block.super }}+middle{% endblock %}",
    "leaf": "{% extends 'middle' %}{% block a %}{% with v='w' %}{{ block.super }}{% endwith %}+leaf{{ v }}{% endblock %}"
    "{% block row %}[{{ block.super }}]{% endblock %}",
}


def rendered(name: str, templates: dict[str, str] | None = None, **values: Any) -> str:
    return engine_of({**FAMILY, **(templates or {})}).get_template(name).render(Context(values))


def test_super_at_any_depth_and_blocks_in_loops() -> None:
    assert rendered("leaf", xs="ab") == "<base+middle+leaf|[a1][b2]>"
    assert rendered("middle", xs="a") == "<base+middle|a1>"


def test_super_sees_variables_set_around_it() -> None:
    family = {
        "p": "{% block b %}({{ v }}){% endblock %}",
        "c": "{% extends 'p' %}{% block b %}{% with v=1 %}{{ block.super }}{% endwith %}{% endblock %}",
    }
    assert rendered("c", family) == "(1)"


@pytest.mark.parametrize("place", ["", "{% load own %}{% remember %}"])
def test_super_has_no_value_where_a_filter_lacks_its_argument(place: str) -> None:
    templates = {
        "p": "[{% block b %}{{ 1|add:missing }}{% endblock %}]",
        "c": "{% extends 'p' %}{% block b %}" + place + "<{{ block.super }}>{% endblock %}",
    }
    assert rendered("c", templates) == "[<>]"


@override_settings(ROOT_URLCONF=type("Routes", (), {"urlpatterns": [path("x/", print, name="somewhere")]}))
@pytest.mark.parametrize("place", ["", "{% load own %}{% remember %}"])
def test_super_raises_what_else_goes_wrong_in_the_overridden_block(place: str) -> None:
    templates = {
        "p": "[{% block b %}{% url 'nowhere' %}{% endblock %}]",
        "c": "{% extends 'p' %}{% block b %}" + place + "<{{ block.super }}>{% endblock %}",
    }
    with pytest.raises(NoReverseMatch):
        rendered("c", templates)


def test_super_in_a_template_without_parent_is_an_error() -> None:
    with pytest.raises(TemplateSyntaxError, match=r"block\.super"):
        rendered("alone", {"alone": "{% block b %}{{ block.super }}{% endblock %}"})


def test_the_parent_may_be_a_variable_or_a_template() -> None:
    child = "{% extends parent %}{% block a %}child{% endblock %}"
    engine = engine_of({**FAMILY, "child": child})
    for parent in ("base", engine.get_template("base")):
        assert engine.get_template("child").render(Context({"parent": parent})) == "<child|>"


def test_reset_loaders_bring_changed_parents() -> None:
    templates = {"p": "old {% block b %}{% endblock %}", "c": "{% extends 'p' %}{% block b %}x{% endblock %}"}
    engine = engine_of(templates)
    child = engine.get_template("c")
    assert child.render(Context()) == "old x"
    templates["p"] = "new {% block b %}{% endblock %}"
    assert child.render(Context()) == "old x"
    engine.template_loaders[0].reset()
    assert child.render(Context()) == "new x"


def test_the_parent_comes_from_the_engine_that_renders() -> None:
    family = {"c": "{% extends 'p' %}{% block b %}x{% endblock %}"}
    one = engine_of({**family, "p": "one {% block b %}{% endblock %}", "around": "{% include child %}"})
    other = engine_of({**family, "p": "other {% block b %}{% endblock %}"})
    child = other.get_template("c")
    around = one.get_template("around")
    for _ in range(2):
        assert child.render(Context()) == "other x"
        assert around.render(Context({"child": child})) == "one x"


def test_a_block_that_reads_nothing_follows_the_switches_around_it() -> None:
    family = {
        "p": "{% autoescape off %}{% include 'part' %}{% endautoescape %}|{% include 'part' %}",
        "part": "{% extends 'whole' %}{% block b %}{{ x }}{% endblock %}",
        "whole": "{% block b %}{% endblock %}",
    }
    assert rendered("p", family, x="<") == "<|&lt;"


def test_a_template_extending_itself_is_not_found() -> None:
    with pytest.raises(TemplateDoesNotExist) as caught:
        rendered("self", {"self": "{% extends 'self' %}"})
    assert caught.value.tried[0][1] == "Skipped to avoid recursion"


def test_what_a_block_sets_stays_in_it() -> None:
    source = "{% block b %}{% firstof 'x' as y %}{{ y }}{% endblock %}[{{ y }}]"
    assert rendered("t", {"t": source}) == "x[]"


def test_includes_see_loop_variables_and_their_own_extras() -> None:
    templates = {
        "row": "{{ forloop.counter }}{{ x }}{{ y }};",
        "t": "{% for x in xs %}{% include 'row' with y=x %}{% endfor %}",
    }
    assert rendered("t", templates, xs="ab") == "1aa;2bb;"


def test_only_shuts_out_everything_else() -> None:
    templates = {"row": "[{{ x }}{{ y }}]", "t": "{% include 'row' with y=x only %}"}
    assert rendered("t", templates, x=1) == "[1]"


def test_recursive_includes_end_with_their_data() -> None:
    tree = {"name": "a", "children": [{"name": "b", "children": []}, {"name": "c", "children": []}]}
    templates = {"node": "({{ node.name }}{% for node in node.children %}{% include 'node' %}{% endfor %})"}
    assert rendered("node", templates, node=tree) == "(a(b)(c))"


def test_partials_render_where_named_and_alone() -> None:
    templates = {"t": "{% partialdef card inline %}<{{ x }}>{% endpartialdef %}{% partial card %}"}
    assert rendered("t", templates, x=1) == "<1><1>"
    assert rendered("t#card", templates, x=2) == "<2>"
    with pytest.raises(TemplateDoesNotExist):
        rendered("t#other", templates)


def test_every_rendered_template_is_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, Any]] = []
    monkeypatch.setattr(
        instrumentation, "announce", lambda template, context: seen.append((template.name, context.get("x")))
    )
    templates = {
        "inner": "",
        "c": "{% extends 'base' %}{% block a %}{% for x in xs %}{% include 'inner' %}{% endfor %}{% endblock %}",
    }
    rendered("c", templates, xs=["i"])
    assert seen == [("c", None), ("base", None), ("inner", "i")]


@pytest.mark.parametrize(
    ("name", "block", "shown"),
    [
        ("base", "title", "base"),
        ("middle", "title", "middle base"),
        ("leaf", "title", "middle base"),
        ("leaf", "body", "leaf &lt; base"),
    ],
)
def test_one_block_is_rendered_by_itself_as_packages_for_that_do(name: str, block: str, shown: str) -> None:
    engine = engine_of(
        {
            "base": "<{% block title %}base{% endblock %}>{% block body %}base{% endblock %}",
            "middle": "{% extends 'base' %}{% block title %}middle {{ block.super }}{% endblock %}",
            "leaf": "{% extends 'middle' %}{% block body %}leaf {{ x }} {{ block.super }}{% endblock %}",
        }
    )
    template: Any = engine.get_template(name)
    context = Context({"x": "<"})
    with context.bind_template(template), context.render_context.push_state(template):
        chain = context.render_context[BLOCK_CONTEXT_KEY] = BlockContext()
        while template.extends:
            extends = template.nodelist[0]
            chain.add_blocks(extends.blocks)
            template = extends.get_parent(context)
        chain.add_blocks({node.name: node for node in template.nodelist.get_nodes_by_type(BlockNode)})
        wanted = chain.get_block(block)
        assert wanted is not None
        assert wanted.render(context) == shown


@pytest.mark.parametrize("colour", ["rendered", "streamed"])
@pytest.mark.parametrize(
    ("child", "shown"),
    [
        # What a block sets without looking at `block` stays in it, too.
        ("{% block a %}{% firstof x as y %}{{ y }}{% endblock %}", "[1|]"),
        ("{% block a %}{% load own %}{% remember %}{{ seen }}{% endblock %}", "[1|]"),
        ("{% block a %}{% cycle x as y silent %}{{ y }}{{ block.super }}{% endblock %}", "[111|]"),
        # The block above sees what stands around it, also where a tag of others works on the context.
        ("{% block a %}{% with y=2 %}{{ block.super }}{% endwith %}{% endblock %}", "[12|]"),
        ("{% load own %}{% block a %}{% shout %}{% endshout %}{% with y=2 %}{{ block.super }}{% endwith %}{% endblock %}", "[12|]"),
        ("{% load own %}{% block a %}{% remember %}{{ block.super }}{% endblock %}", "[11|]"),
    ],
)  # fmt: skip
def test_blocks_see_what_is_set_above_and_around_them_only(child: str, shown: str, colour: str) -> None:
    engine = engine_of(
        {
            "base": "[{% block a %}{{ x }}{{ y }}{{ seen }}{% endblock %}|{% block b %}{{ y }}{{ seen }}{% endblock %}]",
            "child": "{% extends 'base' %}" + child,
        }
    )
    template = engine.get_template("child")
    context = Context({"x": 1})
    assert (template.render(context) if colour == "rendered" else "".join(template.stream(context))) == shown


def test_templates_that_only_extend_share_their_python_and_keep_their_names() -> None:
    engine = engine_of({"one": "{% extends 'a' %}", "two": "{% extends 'b' %}", "b": "B{{ x }}"})
    one, two = engine.get_template("one"), engine.get_template("two")
    assert two.render(Context({"x": 1})) == "B1"
    with pytest.raises(TemplateDoesNotExist, match="a") as caught:
        one.render(Context())
    assert any("one" in note and "line 1" in note for note in caught.value.__notes__)
    codes = [template.root.function(interned((True, None, None)), "").__code__ for template in (one, two)]
    assert codes[0].co_code == codes[1].co_code
    assert [code.co_filename for code in codes] == ["one", "two"]


@pytest.mark.parametrize("colour", ["rendered", "streamed"])
@pytest.mark.parametrize("place", ["", "{% load own %}{% shout %}{% endshout %}"])
@pytest.mark.parametrize(
    ("source", "shown"),
    [
        # Rendered with the context as it is, in which what it sets stays set.
        ("{% partialdef p %}{% firstof x as y %}{% endpartialdef %}{% partial p %}[{{ y }}]", "[1]"),
        ("{% partialdef p inline %}{% firstof x as y %}{% endpartialdef %}[{{ y }}]", "[1]"),
        (
            "{% partialdef p %}{% firstof x as y %}{% endpartialdef %}{% for z in 'ab' %}{% partial p %}{{ y }}{% endfor %}[{{ y }}]",
            "11[]",
        ),
        ("{% with y=0 %}{% partialdef p %}{% firstof x as y %}{% endpartialdef %}{% partial p %}{{ y }}{% endwith %}{{ y }}", "1"),
        ("{% partialdef p %}{% if no %}{% firstof x as y %}{% endif %}{% endpartialdef %}{% partial p %}[{{ y }}]", "[]"),
        ("{% load own %}{% partialdef p %}{% remember %}{% endpartialdef %}{% partial p %}[{{ seen }}]", "[1]"),
        # Its tags remember nothing from one time to the next.
        ("{% partialdef p %}{% cycle 'a' 'b' %}{% endpartialdef %}{% partial p %}{% partial p %}", "aa"),
        # Where one is defined inline it is part of what stands around it.
        (
            "{% for z in 'abc' %}{% partialdef p inline %}{% cycle 'a' 'b' %}{% ifchanged x %}!{% endifchanged %}{% endpartialdef %}"
            "{% partial p %};{% endfor %}",
            "a!a;ba;aa;",
        ),
        # It may call itself.
        (
            "{% partialdef p %}{{ n.v }}{% firstof n.v as y %}{% for n in n.c %}{% partial p %}{% endfor %}{% endpartialdef %}"
            "{% partial p %}[{{ y }}]",
            "123[1]",
        ),
    ],
)  # fmt: skip
def test_partials_work_on_the_context_around_them(source: str, shown: str, place: str, colour: str) -> None:
    tree = {"v": 1, "c": [{"v": 2, "c": []}, {"v": 3, "c": []}]}
    template = engine_of().from_string(place + source)
    context = Context({"x": 1, "n": tree})
    assert (template.render(context) if colour == "rendered" else "".join(template.stream(context))) == shown


def test_rendering_may_be_replaced_by_one_that_tells_of_the_templates_it_is_made_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(instrumentation, "announce", None)
    monkeypatch.setattr(Template, "_render", instrumented_test_render)
    told: list[str] = []

    def receive(sender: object, template: Template, **kwargs: object) -> None:
        told.append(str(template.name))

    template_rendered.connect(receive)
    try:
        page = engine_of({"page": "{% extends 'base' %}", "base": "<p>"}).get_template("page")
        assert page.render(Context()) == "<p>"
    finally:
        template_rendered.disconnect(receive)
    assert told == ["page", "base"]
