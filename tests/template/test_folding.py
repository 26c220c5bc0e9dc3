"""What is known when a template is compiled is worked out then, and only that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from nuages.template import Context
from nuages.template.defaultfilters import register as builtin
from nuages.template.presentation import Switches
from nuages.utils import translation
from tests.template.conftest import Render, engine_of
from tests.template.tags_of_tests import noted


def source_of(template: str, **options: Any) -> str:
    """The Python of a template's function, without its signature."""
    text = engine_of(**options).from_string(template).root.source()
    return "\n".join(line.strip() for line in text.splitlines()[1:])


@pytest.mark.parametrize(
    ("template", "python"),
    [
        ('a{{ "b" }}c', "w('abc')"),
        ('{{ "abc"|upper }}', "w('ABC')"),
        ('<b>{{ "<i>"|upper }}</b>', "w('<b>&lt;I&gt;</b>')"),
        ('{% autoescape off %}{{ "<i>"|upper }}{% endautoescape %}', "w('<I>')"),
        ('{{ "<i>"|lower }}', "w('<i>')"),
        ('{{ "a b c"|slugify|cut:"-"|capfirst }}!', "w('Abc!')"),
        ('{{ "a,b"|addslashes|force_escape }}', "w('a,b')"),
        ("{{ \"it's\"|escapejs }}", r"w('it\\u0027s')"),
        ('{{ ""|default:"<none>" }}', "w('<none>')"),
        ('{{ "x"|linebreaks }}', "w('<p>x</p>')"),
        ('{# gone #}a{% comment %}b{% endcomment %}{{ "c"|safe }}{% verbatim %}{{ d }}{% endverbatim %}', "w('ac{{ d }}')"),
    ],
)  # fmt: skip
def test_literals_and_their_filters_become_text(template: str, python: str) -> None:
    assert source_of(template) == python


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ('{% if "abc"|length > 2 %}yes{% endif %}', "yes"),
        ('{% if "abc"|length > 3 %}yes{% endif %}', ""),
        ('{% if "a"|upper == "A" %}yes{% endif %}', "yes"),
        ('{% with x="abc"|upper %}{{ x }}{% endwith %}', "ABC"),
        ('{% for x in "abc"|slice:":2" %}{{ x }},{% endfor %}', "a,b,"),
        ("{{ 5|add:3 }}", "8"),
        ('{{ "7"|add:"8"|divisibleby:5 }}', "True"),
        ('vote{{ 2|pluralize }} {{ 1|pluralize:"y,ies" }}', "votes y"),
        ('{% firstof none "x"|upper %}{% cycle "a"|upper "b" %}', "XA"),
    ],
)
def test_filters_of_literals_are_not_called_when_rendering(template: str, shown: str, render: Render) -> None:
    code = engine_of().from_string(template).root.compiled(Switches(), "")[1]
    assert not [name for name in code.constants if name in builtin.filters or name.endswith("_str")]
    assert render(template) == shown


@pytest.mark.parametrize(
    "template",
    [
        '{{ "2020-01-01"|date:"Y" }}',
        '{{ "abc"|random }}',
        "{{ 3.14159|floatformat:2 }}",
        "{{ 1024|filesizeformat }}",
        "{{ 1|yesno }}",
        '{{ "a b c"|truncatewords:1 }}',
        '{{ "example.org"|urlize }}',
        '{{ "a"|center:9 }}',
        '{{ "abc"|make_list }}',
        '{{ "a"|upper|default:x }}{{ "a"|add:x }}',
    ],
)
def test_filters_that_something_else_has_a_say_in_are_called(template: str) -> None:
    code = engine_of().from_string(template).root.compiled(Switches(), "")[1]
    called = {getattr(value, "__name__", "") for value in code.constants.values()}
    assert called & {"filtered", "on_text", *(function.__name__ for function in builtin.filters.values())}


def test_custom_filters_are_called_each_time_with_what_was_folded_before_them(render: Render) -> None:
    template = engine_of().from_string('{% load own %}{{ "a"|upper|noted|lower }}')
    noted.clear()
    assert [template.render(Context()) for _ in range(2)] == ["a", "a"]
    assert noted == ["A", "A"]


def test_a_custom_filter_that_wraps_a_builtin_is_no_builtin(render: Render) -> None:
    assert render('{% load own %}{{ "a"|loud }}{{ x|loud }}', x="b") == "A!B!"


def test_an_error_is_raised_when_the_place_is_reached_not_before() -> None:
    template = engine_of().from_string('{% if x %}{{ "a"|divisibleby:0 }}{% endif %}fine')
    assert template.render(Context()) == "fine"
    with pytest.raises((ValueError, ZeroDivisionError)):
        template.render(Context({"x": 1}))


def test_results_without_measure_are_not_kept() -> None:
    source = '{{ "' + "a" * 6000 + '"|add:"' + "b" * 6000 + '" }}'
    assert "bbb" in engine_of().from_string(source).render(Context())
    assert "add" in source_of(source)


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A catalogue that notes what is looked up in it."""
    looked_up: list[str] = []

    def gettext(message: str) -> str:
        looked_up.append(str(message))
        made = (
            {"Yes": "Ja <b>", "May": "Mai"}.get(message, message)
            if translation.get_language() == "de"
            else message
        )
        return type(message)(made)

    monkeypatch.setattr(translation._trans(), "gettext", gettext)
    forget()
    yield looked_up
    forget()


def forget() -> None:
    for language in ("en", "de"):
        with translation.override(language):
            translation.memory().clear()


@pytest.mark.parametrize(
    ("template", "english", "german_text"),
    [
        ('{{ _("Yes") }}', "Yes", "Ja <b>"),
        ('{{ _("Yes")|upper }}', "YES", "JA &lt;B&gt;"),
        ('{{ _("Yes")|length }}', "3", "6"),
        ('{% if _("Yes")|length > 4 %}long{% endif %}', "", "long"),
        ('{% with x=_("Yes")|lower %}{{ x }}{% endwith %}', "yes", "ja <b>"),
        ('{% autoescape off %}{{ _("Yes")|upper }}{% endautoescape %}', "YES", "JA <B>"),
        ('{{ _("Yes")|pprint }}', "&#x27;Yes&#x27;", "&#x27;Ja &lt;b&gt;&#x27;"),
    ],
)
def test_translated_literals_are_worked_out_once_a_language(
    template: str, english: str, german_text: str, german: list[str]
) -> None:
    made = engine_of().from_string(template)
    for _ in range(2):
        with translation.override("en"):
            assert made.render(Context()) == english
        with translation.override("de"):
            assert made.render(Context()) == german_text
    assert german == ["Yes", "Yes"]
