from __future__ import annotations

import dis
from collections.abc import Callable

import pytest

from nuages.template import Context, TemplateSyntaxError
from nuages.template.compiler.scope import bound_in
from nuages.template.compiler.unit import Unit
from nuages.template.presentation import interned
from tests.template.conftest import engine_of

Render = Callable[..., str]


def source_of(text: str) -> str:
    return engine_of().from_string(text).root.source()


def test_neighbouring_text_and_values_become_one_write() -> None:
    assert source_of("a{{ x }}b{{ y }}c").count("w(") == 1


def test_pieces_that_are_only_text_are_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Unit, "compiled", lambda *_, **__: pytest.fail("compiled"))
    assert engine_of().from_string("a {# b #}c").render(Context()) == "a c"
    assert engine_of().from_string("").render(Context()) == ""


def test_whatever_may_fail_has_a_place_in_the_template() -> None:
    template = engine_of({"b": ""}).from_string(
        "{% load own %}{% for x in xs %}{% for y, z in x.y reversed %}{{ forloop.last }}{% if x or y > z and not x %}{{ z|upper }}{% endif %}"
        "{% if x|default:y %}{{ y.1 }}{% elif not x %}b{% endif %}{% cycle x y as c %}{% empty %}{{ c }}{% endfor %}{% endfor %}"
        "{% with a=b.c d=e|join:f %}{% firstof a d 'g' as h %}{{ h }}{% include a with i=h only %}{% endwith %}"
        "{% ifchanged x %}{% now 'Y' as n %}{% else %}{{ n }}{% endifchanged %}{% regroup xs by k as ks %}{{ block.super }}"
        "{% block l %}{% autoescape off %}{% filter lower %}{{ x }}{% endfilter %}{% endautoescape %}{% shout %}{{ x }}{% endshout %}{% endblock %}"
        "{% spaceless %}{% widthratio a b c %}{% url a b %}{% endspaceless %}{% querystring a=b %}{% partialdef p %}{{ q }}{% endpartialdef %}"
    )
    units = [template.root, template.blocks["l"].unit, template.extra_data["partials"]["p"].root]
    switches = interned((True, None, None))
    codes = [
        unit.compiled(switches, "", streaming=streaming)[0] for unit in units for streaming in (False, True)
    ]
    placeless = {
        instruction.opname
        for code in codes
        for instruction in dis.get_instructions(code)
        if instruction.positions is None or instruction.positions.lineno is None
    }
    harmless = {
        "CALL_INTRINSIC_1",
        "COPY",
        "NOP",
        "POP_EXCEPT",
        "POP_TOP",
        "PUSH_EXC_INFO",
        "PUSH_NULL",
        "RERAISE",
        "SWAP",
    }
    moving = ("JUMP_", "LOAD_CONST", "LOAD_FAST", "LOAD_GLOBAL", "STORE_FAST")
    assert {name for name in placeless - harmless if not name.startswith(moving)} == set()


def test_literals_are_folded_into_text() -> None:
    assert source_of('{{ "<b>" }}{% comment %}{{ x }}{% endcomment %}!').endswith("w('<b>!')")


def test_loop_names_are_locals_and_loop_numbers_arithmetic() -> None:
    made = source_of("{% for x in xs %}{{ x.name }}{{ forloop.counter }}{% endfor %}")
    assert "ForLoop" not in made
    assert "names.get('x'" not in made


def test_output_is_the_same_each_time() -> None:
    text = "{% for a, b in xs %}{% with c=a|upper %}{% if c == b or a in b %}{{ c }}{% endif %}{% endwith %}{% endfor %}"
    assert source_of(text) == source_of(text)


def test_a_custom_tag_makes_its_function_live_and_no_other() -> None:
    engine = engine_of()
    template = engine.from_string(
        "{% load own %}{{ x }}{% block b %}{% shout %}{{ x }}{% endshout %}{% endblock %}"
    )
    block = template.blocks["b"]
    assert not template.root.live
    assert block.unit.live


def test_names_that_tags_set_are_known_beforehand() -> None:
    nodes = engine_of().from_string(
        "{% if a %}{% firstof b as c %}{% endif %}{% for d in e %}{% now 'Y' as f %}{% endfor %}"
    )
    assert set(bound_in(nodes.nodelist)) == {"c"}


def test_only_what_is_part_of_a_function_counts_for_how_deep_it_is() -> None:
    def live(opening: str, closing: str) -> bool:
        return engine_of().from_string(opening + "{{ x }}" + closing).root.live

    assert not live("{% for x in xs %}" * 13, "{% endfor %}" * 13)
    assert live("{% for x in xs %}" * 14, "{% endfor %}" * 14)
    assert not live("{% if x %}" * 59, "{% endif %}" * 59)
    assert live("{% if x %}" * 60, "{% endif %}" * 60)
    assert not live(
        "{% if x %}" * 40 + "{% block b %}" + "{% if x %}" * 40,
        "{% endif %}" * 40 + "{% endblock %}" + "{% endif %}" * 40,
    )


def test_loop_name_hides_outer_name_and_gives_it_back(render: Render) -> None:
    assert render("{% for x in xs %}{{ x }}{% endfor %}{{ x }}", xs=[1, 2], x="o") == "12o"


def test_a_name_set_in_a_loop_stays_for_the_next_round(render: Render) -> None:
    source = "{% for x in xs %}[{{ last }}]{% firstof x as last %}{% endfor %}{{ last }}"
    assert render(source, xs=[1, 2, 3]) == "[][1][2]"


def test_a_name_set_at_the_top_is_in_the_context_afterwards() -> None:
    context = Context({"a": "x"})
    assert engine_of().from_string("{% firstof a as b %}{{ b }}").render(context) == "x"
    assert context["b"] == "x"


def test_a_cycle_sets_the_variable_of_its_outer_layer(render: Render) -> None:
    source = "{% cycle 'a' 'b' as c silent %}{% for x in xs %}{% with y=x %}{% cycle c %}{{ c }}{% endwith %}{% endfor %}{{ c }}"
    assert render(source, xs=[1, 2]) == "baa"


def test_nested_loops_know_their_parents(render: Render) -> None:
    source = (
        "{% for x in xs %}{% for y in xs %}{{ forloop.parentloop.counter }}{{ forloop.revcounter0 }}"
        "{% if forloop.first %}f{% endif %}{% if forloop.last %}l{% endif %} {% endfor %}{% endfor %}"
    )
    assert render(source, xs="ab") == "11f 10l 21f 20l "


def test_loops_nested_deeper_than_python_allows(render: Render) -> None:
    depth = 30
    source = (
        "".join(f"{{% for x{n} in xs %}}" for n in range(depth))
        + "{{ x0 }}{{ forloop.counter }}"
        + "{% endfor %}" * depth
    )
    assert render(source, xs=["a"]) == "a1"


def test_tags_nested_without_measure_are_an_error_not_a_crash(render: Render) -> None:
    with pytest.raises(TemplateSyntaxError, match="nested too deeply"):
        render("{% if a %}" * 3000 + "{% endif %}" * 3000)


def test_very_many_tags_compile(render: Render) -> None:
    assert render("{{ a }}" * 5000, a="x") == "x" * 5000


@pytest.mark.parametrize("condition", ["a and not b", "a or b", "a > 1 and b.c and not c", "a == 1"])
def test_a_condition_whose_parts_may_fail_alike_is_one_expression(condition: str) -> None:
    assert source_of(f"{{% if {condition} %}}x{{% endif %}}").count("try:") == 1


def test_a_part_that_fails_counts_as_false_for_what_stands_around_it(render: Render) -> None:
    assert render("{% if a < 1 or b %}yes{% endif %}", b=True) == "yes"
    assert render("{% if not a.b < 1 and b %}yes{% endif %}", b=True) == "yes"
    assert render("{% if b and not a.b < 1 or a < 1 %}yes{% endif %}", b=True) == "yes"


def test_conditions_that_cannot_be_worked_out_are_false(render: Render) -> None:
    assert render("{% if a < 1 or b %}yes{% else %}no{% endif %}", b=False) == "no"
    assert render("{% if not a.b < 1 %}yes{% endif %}") == "yes"
    assert render("{% if x|default:missing %}yes{% else %}no{% endif %}") == "no"


@pytest.mark.parametrize("invalid", ["", "INVALID", "[%s]"])
def test_string_if_invalid(invalid: str) -> None:
    engine = engine_of(string_if_invalid=invalid)
    shown = invalid % "a.b" if "%s" in invalid else invalid
    assert engine.from_string("{{ a.b }}").render(Context()) == shown
    assert engine.from_string("{{ a.b|default:'d' }}").render(Context()) == (shown or "d")
    assert engine.from_string("{% for x in a.b %}x{% empty %}none{% endfor %}").render(Context()) == "none"
