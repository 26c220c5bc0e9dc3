"""What a template spells out is looked at once; it shows what the long way shows."""

from __future__ import annotations

import datetime
import re
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.template import Context, Engine, RequestContext
from nuages.template.filters.dates import date
from nuages.template.filters.text import title
from nuages.test.utils import override_settings
from nuages.urls import NoReverseMatch, include, path
from nuages.utils import timezone, translation
from nuages.utils.safestring import SafeString

FORMATS = ["j F Y", "D d M y, H:i", "l \\t\\h\\e jS", "P e", "N E b", "Y-m-d", "{value} %s", "c \\", ""]
MOMENTS = (
    st.dates()
    | st.datetimes()
    | st.datetimes(timezones=st.just(datetime.UTC))
    | st.times()
    | st.sampled_from(["", None, 3, "word"])
)


@pytest.mark.parametrize("form", FORMATS)
@given(moment=MOMENTS, language=st.sampled_from(["en", "de", None]))
def test_dates_in_a_format_spelled_out_are_what_the_filter_gives(
    form: str, moment: Any, language: str | None
) -> None:
    template = Engine(autoescape=False).from_string('{{ moment|date:"' + form.replace("\\", "\\\\") + '" }}')
    with translation.override(language), timezone.override("Asia/Tokyo"):
        local = moment
        if isinstance(moment, datetime.datetime) and moment.tzinfo is not None:
            try:
                local = timezone.localtime(moment)
            except OverflowError:
                return
        assert template.render(Context({"moment": moment}, use_tz=True)) == str(date(local, form))


NUMBERS = (
    st.integers()
    | st.floats()
    | st.decimals()
    | st.booleans()
    | st.sampled_from(["", None, "1.25", "word", []])
)


def shown(expression: str, value: Any) -> str:
    return Engine().from_string("{{ value|" + expression + " }}").render(Context({"value": value}))


@pytest.mark.parametrize("argument", [1, 2, 3, -2, 0, '"2"', '"2u"', '"1g"', '"no"', 300])
@given(number=NUMBERS, language=st.sampled_from(["en", "de", None]))
def test_places_spelled_out_round_as_places_in_a_variable_do(
    argument: Any, number: Any, language: str | None
) -> None:
    with translation.override(language):
        apart = Engine().from_string("{{ value|floatformat:places }}")
        places = argument.strip('"') if isinstance(argument, str) else argument
        expected = apart.render(Context({"value": number, "places": places}))
        assert shown(f"floatformat:{argument}", number) == expected


def test_what_is_safe_stays_safe_when_it_is_no_number() -> None:
    assert shown("floatformat:1|pprint", SafeString("<q>")) == "''"
    assert shown("floatformat:1|pprint", "<q>") == "&#x27;&#x27;"


@pytest.mark.parametrize("argument", ["", ':"es"', ':"y,ies"', ':"a,b,c"'])
@given(number=NUMBERS | st.lists(st.none()))
def test_endings_spelled_out_are_those_of_the_filter(argument: str, number: Any) -> None:
    given_apart = Engine().from_string("{{ value|pluralize:endings }}")
    endings = argument[1:].strip('"') or "s"
    try:
        expected = given_apart.render(Context({"value": number, "endings": endings}))
    except OverflowError:
        return
    assert shown(f"pluralize{argument}", number) == expected


@pytest.mark.parametrize("words", ["yes,no", "a,b,c", "one", "a,b,c,d", "<,>"])
@pytest.mark.parametrize("value", [True, False, None, 0, "x", []])
def test_words_spelled_out_are_those_of_the_filter(words: str, value: Any) -> None:
    given_apart = Engine().from_string("{{ value|yesno:words }}")
    expected = given_apart.render(Context({"value": value, "words": words}))
    assert shown(f'yesno:"{words}"', value) == expected


@pytest.mark.parametrize("between", [", ", "<br>", " & ", ""])
@given(
    items=st.lists(st.text() | st.builds(SafeString, st.text()) | st.integers())
    | st.text()
    | st.none()
    | st.integers()
)
def test_what_joins_spelled_out_is_safe_and_the_items_are_escaped(between: str, items: Any) -> None:
    apart = Engine().from_string("{{ value|join:between }}")
    assert shown(f'join:"{between}"', items) == apart.render(
        Context({"value": items, "between": SafeString(between)})
    )


@given(st.text(alphabet="ab'Z 0é٣"))
def test_a_title_has_capitals_at_the_start_of_words_only(text: str) -> None:
    expected = re.sub(r"([a-z])'([A-Z])", lambda m: m[0].lower(), text.title())
    expected = re.sub(r"\d([A-Z])", lambda m: m[0].lower(), expected)
    assert title(text) == expected


def view(request: Any) -> None: ...


class Routes:
    """A URL configuration."""

    urlpatterns = [
        path("a&b/<str:s>/", view, name="page"),
        path("n/", include(([path("<int:n>/", view, name="x")], "app"), namespace="one")),
        path("m/", include(([path("<int:n>/", view, name="x")], "app"), namespace="two")),
    ]


@override_settings(ROOT_URLCONF=Routes)
def test_urls_are_escaped_where_text_is() -> None:
    shown = [
        Engine().from_string(source).render(Context({"s": "it's", "missing": None}))
        for source in (
            "{% url 'page' s %}",
            "{% url 'page' s=s %}",
            "{% autoescape off %}{% url 'page' s %}{% endautoescape %}",
            "{% url 'page' s as kept %}{{ kept }}",
            "{% url 'none' s as kept %}[{{ kept }}]",
        )
    ]
    escaped = "/a&amp;b/it&#x27;s/"
    assert shown == [escaped, escaped, "/a&b/it's/", escaped, "[]"]


@override_settings(ROOT_URLCONF=Routes)
def test_a_url_is_one_of_the_application_that_the_request_is_in() -> None:
    template = Engine().from_string("{% for n in list %}{% url 'app:x' n %} {% endfor %}")
    for application, letter in (("one", "n"), ("two", "m"), ("one", "n")):
        request = SimpleNamespace(current_app=application)
        context = RequestContext(request, {"list": [1, 2]})
        context.template = template
        assert template.render(context) == f"/{letter}/1/ /{letter}/2/ "


@override_settings(ROOT_URLCONF=Routes)
def test_a_url_that_there_is_not_is_told_as_ever() -> None:
    template = Engine().from_string("{% for n in list %}{% url 'page' n %}{% endfor %}")
    with pytest.raises(NoReverseMatch, match=r"Reverse for 'page' with arguments '\('a/b',\)' not found"):
        template.render(Context({"list": ["x", "a/b"]}))
