"""Filters given what they are not meant for, where nothing else says what becomes of it."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from nuages.contrib.humanize.templatetags.humanize import apnumber, intcomma, intword
from nuages.template import Context, Engine
from nuages.template.defaultfilters import floatformat
from nuages.utils.safestring import SafeString
from tests.template.conftest import Render

MOMENT = datetime.datetime(2024, 2, 29, 13, 5)


@pytest.mark.parametrize(
    ("source", "value", "shown"),
    [
        # What is no time has none, whatever the format.
        ("{{ x|time }}", "noon", ""),
        ("{{ x|time }}", 12, ""),
        ("{{ x|time }}", MOMENT.date(), ""),
        ("{{ x|time:f }}", "noon", ""),
        ("{{ x|time }}", MOMENT, "1:05 p.m."),
        ("{{ x|time:'H:i' }}", MOMENT.time(), "13:05"),
        # Formats of times have nothing of dates, unless as plain text.
        ("{{ x|time:'D H:i' }}", MOMENT, ""),
        ("{{ x|time:'Y-m-d' }}", MOMENT.time(), ""),
        (r"{{ x|time:'\D H:i' }}", MOMENT, "D 13:05"),
        # An empty format is none.
        ("{{ x|date:'' }}", MOMENT, "Feb. 29, 2024"),
        ("{{ x|date:f }}", MOMENT.date(), "Feb. 29, 2024"),
        ("{{ x|time:'' }}", MOMENT, "1:05 p.m."),
        # Whatever is between the items is made text.
        ("{{ x|join:0 }}", ("a", "b"), "a0b"),
        ("{{ x|join:0 }}", ["a", "<b>"], "a0&lt;b&gt;"),
        # As `str.join` does, which takes text only; items are made text when they are escaped.
        ("{% autoescape off %}{{ x|join:',' }}{% endautoescape %}", ["a", "<b>"], "a,<b>"),
        ("{% autoescape off %}{{ x|join:',' }}{% endautoescape %}", [1, 2], "[1, 2]"),
        ("{{ x|join:',' }}", [1, 2], "1,2"),
        # A dictionary is an item, not a list below the one before.
        ("{{ x|unordered_list }}", ["a", {"k": 1}], "\t<li>a</li>\n\t<li>{&#x27;k&#x27;: 1}</li>"),
        ("{{ x|unordered_list }}", ["a", ["b"]], "\t<li>a\n\t<ul>\n\t\t<li>b</li>\n\t</ul>\n\t</li>"),
        # Forms send both signs at the end of a line.
        ("{{ x|wordwrap:3 }}", "one two\r\n\r\nsix", "one\ntwo\n\nsix"),
    ],
)
def test_values_of_the_wrong_kind(source: str, value: Any, shown: str, render: Render) -> None:
    assert render(source, x=value, f="") == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(1234.56, 1234), ("999", 999), (True, 1), ("many", "many"), (None, None)]
)
def test_small_numbers_in_words_are_whole(value: Any, shown: Any) -> None:
    assert intword(value) == shown


def test_numbers_that_are_not_spelled_out_stay_numbers_and_are_grouped() -> None:
    assert [apnumber(value) for value in ("12345", 12.5, 3)] == [12345, 12, "three"]


def test_a_format_that_a_visitor_chose_makes_nothing_safe() -> None:
    context = Context({"form": "s<b>", "text": SafeString("<i>")})
    rendered = (
        Engine().from_string('{{ text|stringformat:form }} {{ text|stringformat:"s<b>" }}').render(context)
    )
    assert rendered == "&lt;i&gt;&lt;b&gt; <i><b>"


@pytest.mark.parametrize(
    ("value", "grouped"),
    [
        ("-0.5", "-0.5"),
        ("-1234.5", "-1,234.5"),
        ("123456 files", "123,456 files"),
        ("007", "007"),
        ("about 1000", "about 1000"),
    ],
)
def test_digits_are_grouped_without_a_language_as_they_stand(value: str, grouped: str) -> None:
    assert intcomma(value, use_l10n=False) == grouped


def test_yesno_with_more_than_three_words_has_none_for_the_third(render: Render) -> None:
    source = "{{ x|yesno:'yes,no,maybe,never' }} {{ x|yesno:words }}"
    assert render(source, x=None, words="yes,no,maybe,never") == "no no"
    assert render(source, x=True, words="yes,no,maybe,never") == "yes yes"


def test_a_filter_tag_puts_out_whatever_its_filter_gives(render: Render) -> None:
    assert render("{% filter make_list %}ab{% endfilter %}") == "['a', 'b']"


def test_widthratio_shows_nothing_where_a_filter_lacks_its_argument(render: Render) -> None:
    assert render("a{% widthratio x|add:missing 10 100 %}b", x=1) == "ab"
    assert render("{% widthratio x|add:more 10 100 as width %}{{ width }}", x=1, more=1) == "20"


@pytest.mark.parametrize(
    ("places", "shown"), [(2.0, "1.50"), (Decimal(1), "1.5"), (True, "1.5"), (float("inf"), "1.5")]
)
def test_places_may_be_a_number_of_any_kind(places: Any, shown: str) -> None:
    assert floatformat(1.5, places) == shown
