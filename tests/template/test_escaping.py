from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.template import Context
from nuages.template.presentation import escape_text
from nuages.utils.html import conditional_escape, escape
from nuages.utils.safestring import mark_safe
from tests.template.conftest import engine_of

Render = Callable[..., str]

HOSTILE = st.text(alphabet="<>&\"'#;39 ab", max_size=20)
ENGINE = engine_of()

# Filters that leave text as it is but for letters and places, with the plain function that does the same.
ORACLE: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "cut:'a'": lambda text: text.replace("a", ""),
    "ljust:8": lambda text: text.ljust(8),
    "default:'-'": lambda text: text or "-",
    "slice:'1:'": lambda text: text[1:],
    "addslashes": lambda text: text.replace("\\", "\\\\").replace('"', '\\"').replace("'", "\\'"),
}


@given(HOSTILE | st.text(max_size=30))
def test_the_fast_escape_is_the_public_one(text: str) -> None:
    assert escape_text(text) == escape(text)
    assert html.unescape(escape_text(text)) == html.unescape(escape(text))


@given(HOSTILE, st.lists(st.sampled_from(sorted(ORACLE)), max_size=4))
def test_whatever_filters_do_the_result_is_escaped(text: str, filters: list[str]) -> None:
    expected = text
    for name in filters:
        expected = ORACLE[name](expected)
    source = "{{ " + "|".join(["x", *filters]) + " }}"
    shown = ENGINE.from_string(source).render(Context({"x": text}))
    assert html.unescape(shown) == html.unescape(escape(expected))
    assert not set("<>\"'") & set(shown)


@given(HOSTILE)
def test_escaping_holds_in_every_construct(text: str) -> None:
    source = (
        "{{ x }}{% firstof x %}{% cycle x x %}{% with y=x %}{{ y }}{% endwith %}{% for z in xs %}{{ z }}{{ z.0 }}{% endfor %}"
        "{{ d.k }}{% filter lower %}{{ x }}{% endfilter %}{{ missing|default:x }}{% include 'inner' %}"
    )
    engine = engine_of({"inner": "{{ x }}"})
    shown = engine.from_string(source).render(Context({"x": text, "xs": [text], "d": {"k": text}}))
    assert not set("<>\"'") & set(shown)


def test_safe_strings_and_literals_are_left_alone(render: Render) -> None:
    assert render("{{ x }}{{ '<i>' }}{{ n|default:'<b>' }}", x=mark_safe("<u>"), n="") == "<u><i><b>"


def test_objects_are_escaped_as_their_text(render: Render) -> None:
    class Named:
        def __str__(self) -> str:
            return "you & me"

    class Marked:
        def __str__(self) -> str:
            return mark_safe("you &amp; me")  # type: ignore[no-any-return]

    assert render("{{ a }}|{{ b }}", a=Named(), b=Marked()) == "you &amp; me|you &amp; me"


def test_autoescape_off_reaches_included_templates() -> None:
    engine = engine_of({"inner": "{{ x }}{% autoescape on %}{{ x }}{% endautoescape %}"})
    source = "{% autoescape off %}{{ x }}{% include 'inner' %}{% endautoescape %}{{ x }}"
    assert engine.from_string(source).render(Context({"x": "&"})) == "&&&amp;&amp;"


def test_a_filter_returning_something_callable_does_not_call_it(render: Render) -> None:
    def surprise() -> str:
        raise AssertionError("called")

    assert "surprise" in render("{{ x|default:f.0 }}", x="", f=[_Kept(surprise)])


class _Kept:
    do_not_call_in_templates = True

    def __init__(self, function: Callable[[], str]) -> None:
        self.function = function

    def __call__(self) -> Any:
        return self.function()

    def __str__(self) -> str:
        return conditional_escape(self.function.__name__)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{% firstof none x as y %}{{ y }}", "&lt;b&gt;"),
        ("{% autoescape off %}{% firstof none x as y %}{{ y }}{% endautoescape %}", "<b>"),
        ("{% cycle x as y %}{{ y }}", "&lt;b&gt;&lt;b&gt;"),
        ("{% load i18n %}{% translate x as y %}{{ y }}", "&lt;b&gt;"),
        ("{% load i18n %}{% blocktranslate asvar y %}{{ x }}{% endblocktranslate %}{{ y }}", "&lt;b&gt;"),
    ],
)
def test_what_a_tag_keeps_in_a_variable_is_escaped_once(source: str, shown: str, render: Render) -> None:
    assert render(source, x="<b>") == shown
