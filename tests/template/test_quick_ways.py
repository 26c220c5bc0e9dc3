"""What is shown often has a short way, which gives what the long one gives, and pages leave no garbage behind."""

from __future__ import annotations

import gc
import weakref
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.template import Context, Engine
from nuages.template.context import make_context
from nuages.template.filters import stringfilter
from nuages.template.filters.numbers import floatformat
from nuages.template.presentation import Switches, present, presenter_for
from nuages.test.utils import override_settings
from nuages.utils import translation

NUMBERS = st.decimals(allow_nan=True) | st.floats()


@pytest.mark.parametrize("language", ["en", "de", "fr", None])
@pytest.mark.parametrize("use_l10n", [None, False])
@given(number=NUMBERS)
def test_numbers_with_a_point_are_shown_as_the_language_writes_them(
    number: Any, language: str | None, use_l10n: bool | None
) -> None:
    switches = Switches(use_l10n=use_l10n)
    with translation.override(language):
        assert presenter_for(switches, "").show(number) == present(number, switches)


@pytest.mark.parametrize("language", ["en", "de", None])
@given(number=NUMBERS | st.integers(), places=st.integers(-5, 5) | st.sampled_from(["2u", "0", "-1"]))
def test_rounding_text_gives_what_decimal_arithmetic_gives(
    number: Any, language: str | None, places: Any
) -> None:
    class Long(type(number)):  # type: ignore[misc]
        """A number that is not taken for one of the usual types."""

    with translation.override(language):
        assert floatformat(number, places) == floatformat(Long(number), places)


def test_an_index_is_looked_up_on_lists_and_the_like() -> None:
    template = Engine().from_string("{{ x.1 }}{% if x.1 %}!{% endif %}")

    class Numbered:
        def __getitem__(self, key: Any) -> str:
            return f"item {key!r}"

    shown = [
        template.render(Context({"x": x}))
        for x in (["a", "<"], ("a", lambda: "b"), {"1": "c"}, {1: "d"}, "ef", ["g"], None, Numbered())
    ]
    assert shown == ["&lt;!", "b!", "c!", "d!", "f!", "", "", "item &#x27;1&#x27;!"]


def test_a_translated_literal_is_shown_as_it_is_in_each_language() -> None:
    template = Engine(libraries={"i18n": "nuages.templatetags.i18n"}).from_string(
        "{% load i18n %}{% translate 'yes' %}{% translate '100%' %}{% translate '<b>' as b %}{{ b }}"
    )
    for _ in range(2):
        with translation.override("de"):
            assert template.render(Context()) == f"{translation.gettext('yes')}100%<b>"
        with translation.override("en"):
            assert template.render(Context()) == "yes100%<b>"


def test_thousands_are_separated_where_that_is_set() -> None:
    template = Engine().from_string("{{ n }}|{{ d.n }}")
    values = {"n": Decimal("1234567.5"), "d": {"n": 12345.5}}
    with override_settings(USE_THOUSAND_SEPARATOR=True), translation.override("de"):
        assert template.render(Context(values)) == "1.234.567,5|12.345,5"
    with translation.override("de"):
        assert template.render(Context(values)) == "1234567,5|12345,5"


def test_a_filter_on_text_without_an_argument_gets_text_and_keeps_it_safe() -> None:
    seen = []

    @stringfilter
    def noted(value: str) -> str:
        seen.append(value)
        return value

    assert noted(5) == "5"
    assert noted("<b>") == "<b>"
    assert seen == ["5", "<b>"]
    assert stringfilter(str.upper)(7) == "7"


def test_what_a_page_was_made_of_is_free_as_soon_as_it_is_done() -> None:
    class Shown:
        name = "shown"

    template = Engine().from_string("{{ thing.name }}")
    thing = Shown()
    reference = weakref.ref(thing)
    gc.disable()
    try:
        context = make_context({"thing": thing}, object())
        assert template.render(context) == "shown"
        del context, thing
        assert reference() is None
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("a > 1 and b", True),
        ("a > 1 and b and c > 1", False),
        ("a > word and b", False),
        ("word > a or b", True),
        ("a > 1 and word in nothing", False),
        ("not word > a and b", True),
        ("a and b and a == 2 and word != 'x'", True),
        ("a > 1 and missing", False),
        ("missing is None and b", True),
    ],
)
def test_what_fails_in_a_joined_condition_is_false_and_nothing_else(condition: str, expected: bool) -> None:
    template = Engine().from_string("{% if " + condition + " %}yes{% else %}no{% endif %}")
    context = Context({"a": 2, "b": True, "c": 1, "word": "w", "nothing": None})
    assert template.render(context) == ("yes" if expected else "no")
    nodes = template.nodelist[0].conditions_nodelists
    assert bool(nodes[0][0].eval(context)) is expected


def test_short_branches_show_the_first_that_is_true() -> None:
    template = Engine().from_string(
        "{% for x in xs %}{% if x|divisibleby:2 %}{{ x }}e{% elif x|divisibleby:3 %}<{{ x }}>{% else %}-{% endif %}"
        "{% if forloop.counter|divisibleby:2 %}!{% endif %}{% if not forloop.last %},{% endif %}{% endfor %}"
    )
    assert template.render(Context({"xs": [1, 2, 3, 4]})) == "-,2e!,<3>,4e!"


class _Shelf:
    label = "a & b"
    count = 7
    nothing = None

    def named(self) -> str:
        return "called <i>"

    @property
    def gone(self) -> str:
        error = LookupError("no")
        error.silent_variable_failure = True  # type: ignore[attr-defined]
        raise error

    @property
    def broken(self) -> str:
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ it.label|upper }}", "A &amp; B"),
        ("{{ it.count|upper }}", "7"),
        ("{{ it.nothing|upper }}", "NONE"),
        ("{{ it.named|upper }}", "CALLED &lt;I&gt;"),
        ("{{ it.absent|upper }}", ""),
        ("{{ it.gone|upper }}", ""),
        ("{{ it.label|length }}", "5"),
        ("{{ it.label|safe }}", "a & b"),
        ("{% autoescape off %}{{ it.label|upper }}{% endautoescape %}", "A & B"),
        ("{{ it.itself.label|upper }}", "A &amp; B"),
        ("{{ it.itself.label }}", "a &amp; b"),
        ("{{ it.itself.count }}", "7"),
        ("{{ it.itself.nothing }}", "None"),
        ("{{ it.itself.named }}", "called &lt;i&gt;"),
        ("{{ it.itself.absent }}{{ it.absent.label }}{{ it.gone.label }}{{ it.itself.gone }}", ""),
        ("{{ it.called.label }}", "a &amp; b"),
        ("{{ it.words.key }}{{ it.pairs.0 }}{{ words.itself.key }}", "&lt;x&lt;"),
        ("{{ it.itself.itself.itself.label }}", "a &amp; b"),
        ("{% autoescape off %}{{ it.itself.label }}{% endautoescape %}", "a & b"),
        ("{{ pairs.0|upper }}", "X"),
        ("{{ words.key|upper }}", "&lt;"),
        ("{% for word in pairs %}{{ forloop.counter|add:1 }}{{ forloop.last|yesno }}{% endfor %}", "2yes"),
    ],
)
def test_a_filter_right_after_a_look_up_gets_what_it_would_get_by_itself(source: str, expected: str) -> None:
    it = _Shelf()
    words: dict[str, Any] = {"key": "<"}
    words["itself"] = words
    it.itself, it.pairs, it.words, it.called = it, ["x"], words, lambda: it  # type: ignore[attr-defined]
    context = Context({"it": it, "pairs": ["x"], "words": words})
    template = Engine().from_string(source)
    assert [template.render(context), template.render(context)] == [expected, expected]


def test_an_error_of_an_attribute_is_not_lost_before_a_filter() -> None:
    it = _Shelf()
    it.itself = it  # type: ignore[attr-defined]
    for source in ("{{ it.broken|upper }}", "{{ it.broken.label }}", "{{ it.itself.broken }}"):
        with pytest.raises(ZeroDivisionError):
            Engine().from_string(source).render(Context({"it": it}))
