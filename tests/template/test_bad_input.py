"""Templates that nobody means well with: too deep, too long, round in circles. They render or are refused clearly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nuages.template import Context, TemplateDoesNotExist, TemplateSyntaxError
from tests.template.conftest import engine_of

Render = Callable[..., str]

PAIRS = [
    ("{% if a %}", "{% endif %}"),
    ("{% if no %}{% else %}", "{% endif %}"),
    ("{% for x in b %}", "{% endfor %}"),
    ("{% with a=a %}", "{% endwith %}"),
    ("{% autoescape off %}", "{% endautoescape %}"),
    ("{% filter lower %}", "{% endfilter %}"),
    ("{% spaceless %}", "{% endspaceless %}"),
    ("{% ifchanged %}", "{% endifchanged %}"),
    ("{% ifchanged a %}", "{% endifchanged %}"),
    ("{% wrapped %}", "{% endwrapped %}"),
    ("{% shout %}", "{% endshout %}"),
]


def notes_of(error: BaseException) -> str:
    return "\n".join(getattr(error, "__notes__", ()))


@pytest.mark.parametrize(("opening", "closing"), PAIRS)
@pytest.mark.parametrize("depth", [13, 14, 15, 40, 59, 60, 61, 200])
def test_deeply_nested_tags_render(opening: str, closing: str, depth: int) -> None:
    source = "{% load own %}" + opening * depth + "{{ a }}" + closing * depth
    template = engine_of().from_string(source)
    shown = template.render(Context({"a": "x", "b": [1]}))
    assert shown.lower().replace("[b:", "").replace("]", "") == "x"
    assert "".join(template.stream(Context({"a": "x", "b": [1]}))) == shown


@pytest.mark.parametrize(("opening", "closing"), PAIRS)
def test_thousands_of_nested_tags_are_refused_with_their_place(opening: str, closing: str) -> None:
    source = "{% load own %}\n" + opening * 5000 + "x" + closing * 5000
    with pytest.raises(TemplateSyntaxError, match="Tags are nested too deeply") as caught:
        engine_of({"page": source}).get_template("page")
    assert "In template page, line 2, column" in notes_of(caught.value)


def test_what_compiles_at_all_compiles_far_down_the_stack() -> None:
    template = engine_of().from_string("{% if a %}" * 200 + "x" + "{% endif %}" * 200)

    def below(frames: int) -> str:
        return template.render(Context({"a": 1})) if frames == 0 else below(frames - 1)

    assert below(500) == "x"


@pytest.mark.parametrize(
    "condition",
    [
        " and ".join(["a"] * 2000),
        " or ".join(["no"] * 1999 + ["a"]),
        "not " * 2000 + "a",
        "a" + " == a" * 20,
        "a in b and not c or a != b and a or not a in c",
    ],
)
def test_conditions_may_be_long(render: Render, condition: str) -> None:
    loops = "{% for x in c %}" * 13, "{% endfor %}" * 13
    source = f"{loops[0]}{{% if {condition} %}}yes{{% endif %}}{loops[1]}"
    assert render(source, a=True, b=[True], c=[1]) == "yes"


def test_hundreds_of_branches() -> None:
    branches = "".join(f"{{% elif n == {number} %}}{number}" for number in range(500))
    template = engine_of().from_string("{% if no %}no" + branches + "{% else %}other{% endif %}")
    shown = [template.render(Context({"n": number})) for number in range(501)]
    assert shown == [*map(str, range(500)), "other"]


def test_thousands_of_branches(render: Render) -> None:
    assert render("{% if no %}no" + "{% elif no %}no" * 3000 + "{% else %}other{% endif %}") == "other"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{{ a" + "|upper" * 5000 + " }}", "More than 500 filters in one expression"),
        ("{{ a" + ".b" * 5000 + " }}", "More than 500 look-ups in one expression"),
        ("{% for a in b %}{{ forloop" + ".parentloop" * 5000 + " }}{% endfor %}", "More than 500 look-ups"),
    ],
)
def test_endless_expressions_are_refused(source: str, message: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=message) as caught:
        engine_of().from_string(source)
    assert "line 1, column" in notes_of(caught.value)


def test_long_expressions_are_not(render: Render) -> None:
    assert render("{{ a" + "|add:1" * 500 + " }}", a=1) == "501"


@pytest.mark.parametrize(
    ("templates", "round_"),
    [
        ({"t": "{% include 't' %}"}, "t -> t"),
        ({"t": "a{% include 'u' %}", "u": "{% if 1 %}{% include 't' %}{% endif %}"}, "u -> t|t -> u"),
        ({"t": "{% extends 'u' %}", "u": "a{% include 't' %}"}, "u -> t|t -> u"),
        ({"t": "{% block a %}{% include name %}{% endblock %}"}, "t -> t"),
        ({"t": "{% load own %}{% shout %}{% include 't' %}{% endshout %}"}, "t -> t"),
    ],
)
@pytest.mark.parametrize("colour", ["rendered", "streamed"])
def test_templates_that_include_one_another_without_end_say_so(
    templates: dict[str, str], round_: str, colour: str
) -> None:
    template = engine_of(templates, debug=True).get_template("t")
    with pytest.raises(TemplateSyntaxError, match=f"perhaps without end: .*({round_})") as caught:
        if colour == "rendered":
            template.render(Context({"name": "t"}))
        else:
            list(template.stream(Context({"name": "t"})))
    assert "In template" in notes_of(caught.value)
    assert "without end" in caught.value.template_debug["message"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("again", ["first", "second"])
def test_templates_that_extend_one_another_without_end_say_so(again: str) -> None:
    engine = engine_of({"t": "{% extends 'u' %}", "u": "{% extends 't' %}"})
    for _ in range(1 if again == "first" else 2):
        with pytest.raises(TemplateDoesNotExist) as caught:
            engine.get_template("t").render(Context())
    assert "The templates extend one another without end: t -> u -> t" in notes_of(caught.value)


def test_recursion_of_other_code_stays_what_it_is(render: Render) -> None:
    def forever() -> Any:
        return forever()

    with pytest.raises(RecursionError):
        render("{{ f }}", f=forever)


def test_trees_are_shown_by_a_template_that_includes_itself() -> None:
    tree: dict[str, Any] = {"name": "leaf", "children": []}
    for number in range(150):
        tree = {"name": number, "children": [tree]}
    engine = engine_of({"node": "{{ n.name }},{% for n in n.children %}{% include 'node' %}{% endfor %}"})
    shown = engine.get_template("node").render(Context({"n": tree}))
    assert shown == "".join(f"{number}," for number in [*range(149, -1, -1), "leaf"])


@pytest.mark.parametrize("sign", ["{", "{{", "{% ", "{#", "}}", "{{ a|", "{{{%"])
def test_signs_that_are_never_closed_are_text(sign: str) -> None:
    source = sign * 100_000
    assert engine_of().from_string(source).render(Context()) == source


@pytest.mark.parametrize(
    "source",
    [
        "{{ a" + " " * 200_000 + "b }}",
        "{{ " + '"' * 200_001 + " }}",
        '{{ "' + '\\"' * 100_000 + " }}",
        "{{ a" + "|" * 200_000 + " }}",
        "{{ a|default:" + "'" * 200_001 + " }}",
        "{% if " + '_("' * 50_000 + " %}",
        '{% if "' + "a" * 200_000 + " %}",
        "{% if " + "a " * 50_000 + "%}{% endif %}",
        "{% with " + "a" * 100_000 + "= %}",
        "{% include 'a' with " + "b " * 50_000 + "%}",
        "{% blocktranslate with " + "b " * 50_000 + "%}",
        "{% nope" * 50_000 + " %}",
    ],
)
def test_hostile_tags_are_refused_in_good_time(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        engine_of().from_string("{% load i18n %}" + source)


@pytest.mark.slow
def test_a_hundred_thousand_tags() -> None:
    template = engine_of().from_string("{{ a }}" * 50_000 + "{% if a %}b{% endif %}" * 25_000)
    assert template.render(Context({"a": "&"})) == "&amp;" * 50_000 + "b" * 25_000


@pytest.mark.slow
def test_ten_thousand_different_names_and_blocks() -> None:
    numbers = range(10_000)
    source = "".join(f"{{{{ a{n} }}}}{{% block b{n} %}}{n}{{% endblock %}}" for n in numbers)
    assert engine_of().from_string(source).render(Context()) == "".join(map(str, numbers))


@pytest.mark.slow
def test_ten_megabytes() -> None:
    text = "some text without any tag in it\n" * 320_000
    assert engine_of().from_string(f"{text}{{{{ a }}}}{text}").render(Context({"a": 1})) == f"{text}1{text}"
