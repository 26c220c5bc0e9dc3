from __future__ import annotations

import traceback
from collections.abc import Callable

import pytest

from nuages.template import Context, TemplateDoesNotExist, TemplateSyntaxError
from nuages.views.debug import ExceptionReporter
from tests.template.conftest import engine_of

Render = Callable[..., str]


def notes_of(error: BaseException) -> str:
    return "\n".join(getattr(error, "__notes__", ()))


def test_parse_errors_name_template_line_and_column() -> None:
    engine = engine_of({"page.html": "one\ntwo {% fro x in y %}"})
    with pytest.raises(TemplateSyntaxError) as caught:
        engine.get_template("page.html")
    assert str(caught.value).startswith("Template: page.html, Invalid block tag on line 2: 'fro'")
    assert "Did you mean {% for %}?" in notes_of(caught.value)
    assert "In template page.html, line 2, column 5: {% fro x in y %}" in notes_of(caught.value)


def test_a_tag_of_a_library_not_loaded_says_which() -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        engine_of().from_string("{% translate 'x' %}")
    assert "{% load i18n %}" in notes_of(caught.value)


def test_rendering_errors_are_marked_with_the_innermost_tag() -> None:
    templates = {
        "inner": "{% load own %}\n  {% explode %}",
        "outer": "{% for x in xs %}{% include 'inner' %}{% endfor %}",
    }
    engine = engine_of(templates, debug=True)
    with pytest.raises(ValueError, match="no such luck") as caught:
        engine.get_template("outer").render(Context({"xs": [1]}))
    debug = caught.value.template_debug  # type: ignore[attr-defined]
    assert (debug["name"], debug["line"], debug["before"], debug["during"]) == (
        "inner",
        2,
        "  ",
        "{% explode %}",
    )
    assert notes_of(caught.value) == "In template inner, line 2, column 3: {% explode %}"


def test_tracebacks_show_template_lines() -> None:
    engine = engine_of({"page.html": "<p>\n{{ x.y }}</p>"})

    class Broken:
        @property
        def y(self) -> str:
            raise KeyError("deep inside")

    with pytest.raises(KeyError) as caught:
        engine.get_template("page.html").render(Context({"x": Broken()}))
    text = "".join(traceback.format_exception(caught.value))
    assert 'File "page.html", line 2' in text
    assert "{{ x.y }}" in text


def test_tracebacks_show_every_template_they_go_through() -> None:
    templates = {
        "base": "<title>\n{% block title %}{% endblock %}",
        "page": "{% extends 'base' %}\n{% block title %}{% include 'part' %}{% endblock %}",
        "part": "\n\n{{ f }}",
    }
    with pytest.raises(ZeroDivisionError) as caught:
        engine_of(templates).get_template("page").render(Context({"f": lambda: 1 / 0}))
    text = "".join(traceback.format_exception(caught.value))
    for place, line in (
        ('File "page", line 1, in template', "{% extends 'base' %}"),
        ('File "base", line 2, in template', "{% block title %}{% endblock %}"),
        ('File "page", line 2, in block title', "{% block title %}{% include 'part' %}{% endblock %}"),
        ('File "part", line 3, in template', "{{ f }}"),
    ):
        assert f"  {place}\n    {line}\n" in text


@pytest.mark.parametrize("debug", [True, False])
def test_the_debug_page_marks_the_spot(debug: bool) -> None:
    engine = engine_of({"page": "<p>\n{{ a }} {% explode_not %} {{ b }}"}, debug=debug)
    with pytest.raises(TemplateSyntaxError) as caught:
        engine.get_template("page")
    page = ExceptionReporter(None, type(caught.value), caught.value, None).get_traceback_html()
    assert "Invalid block tag on line 2: &#x27;explode_not&#x27;" in page
    assert "In template page, line 2, column 9: {% explode_not %}" in page
    assert ("<pre>{{ a }} <em>{% explode_not %}</em> {{ b }}</pre>" in page) is debug


def test_the_debug_page_shows_the_lines_of_templates_that_are_no_files() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        engine_of({"page": "one\n{{ f }} two\n"}).get_template("page").render(Context({"f": lambda: 1 / 0}))
    reporter = ExceptionReporter(None, type(caught.value), caught.value, caught.value.__traceback__)
    frame = next(frame for frame in reporter.get_traceback_frames() if frame["filename"] == "page")
    assert (frame["pre_context"], frame["context_line"]) == (["one"], "{{ f }} two")


def test_outside_debug_mode_there_is_no_excerpt() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        engine_of().from_string("{{ f }}").render(Context({"f": lambda: 1 / 0}))
    assert not hasattr(caught.value, "template_debug")


def test_missing_included_templates_are_marked_where_they_are_included() -> None:
    engine = engine_of({"t": "a\n{% include 'gone' %}"}, debug=True)
    with pytest.raises(TemplateDoesNotExist) as caught:
        engine.get_template("t").render(Context())
    assert caught.value.template_debug["during"] == "{% include 'gone' %}"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{% if a %}", "Unclosed tag on line 1: 'if'. Looking for one of: elif, else, endif."),
        ("{{ }}", "Empty variable tag on line 1"),
        ("{% %}", "Empty block tag on line 1"),
        ("{{ a|nope }}", "Invalid filter: 'nope'"),
        ("{{ a b }}", "Could not parse the remainder: ' b' from 'a b'"),
        ("{{ a-b.c|upper }}", "Invalid character ('-') in variable name: 'a-b.c'"),
        ("{{ a.-1 }}", "Invalid character ('-') in variable name: 'a.-1'"),
        ("{{ a|add:b+c }}", "Invalid character ('+') in variable name: 'b+c'"),
        ("{% partialdef card %}", "Looking for one of: endpartialdef, endpartialdef card."),
        ("{% for x of y %}{% endfor %}", "'for' statements should use the format 'for x in y'"),
        ("{% load nope %}", "'nope' is not a registered tag library"),
        ("{% block a %}{% endblock %}{% block a %}{% endblock %}", "appears more than once"),
        ("{% verbatim %}{{ x }}", "Unclosed tag on line 1: 'verbatim'"),
    ],
)
def test_bad_templates_get_the_documented_message(source: str, message: str) -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        engine_of().from_string(source)
    assert message in str(caught.value)


@pytest.mark.parametrize("condition", ["y or x", "x|default_if_none:y", "z and x or x"])
def test_a_value_that_has_no_truth_is_marked_with_the_tag_that_asks_for_it(
    condition: str, render: Render
) -> None:
    class Neither:
        def __bool__(self) -> bool:
            raise ValueError("neither")

    with pytest.raises(ValueError, match="neither") as caught:
        render(
            f"a\n {{% if {condition} %}}{{{{ x.y }}}}{{% elif y %}}{{% now 'Y' %}}{{% endif %}}",
            x=Neither(),
            y=0,
            z=0,
        )
    assert "line 2, column 2: {% if" in notes_of(caught.value)


@pytest.mark.parametrize("words", ["x in xs", "x in xs reversed", "x, y in xs"])
def test_a_list_whose_items_cannot_be_read_is_marked_with_its_tag(words: str, render: Render) -> None:
    class Broken:
        def __len__(self) -> int:
            return 3

        def __getitem__(self, index: int) -> tuple[int, int]:
            if index == 1:
                raise ValueError("no such luck")
            return (index, index)

    with pytest.raises(ValueError, match="no such luck") as caught:
        render(f"a\n {{% for {words} %}}{{{{ x }}}}\n{{{{ x }}}}{{% endfor %}}", xs=Broken())
    assert "line 2, column 2: {% for" in notes_of(caught.value)
