"""What a template spells out is looked at once; it shows what the long way shows."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.template import Context, Engine, RequestContext
from nuages.template.filters.dates import date
from nuages.test.utils import override_settings
from nuages.urls import NoReverseMatch, include, path
from nuages.utils import timezone, translation

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
