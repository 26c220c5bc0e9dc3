"""The pages that developers see, and what they hide."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import pytest

from nuages.http import Http404, HttpRequest, QueryDict
from nuages.spine import twin
from nuages.test.utils import override_settings
from nuages.urls import Resolver404, re_path, resolve
from nuages.utils.safestring import mark_safe
from nuages.views.debug import (
    ExceptionReporter,
    SafeExceptionReporterFilter,
    default_urlconf,
    technical_404_response,
    technical_500_response,
)
from nuages.views.decorators.debug import sensitive_post_parameters, sensitive_variables

ATTACK = "<script>alert(1)</script>"


def asked(**post: str) -> HttpRequest:
    request = HttpRequest()
    request.method, request.path, request.path_info = "POST", "/" + ATTACK, "/" + ATTACK
    request.META.update({"HTTP_HOST": ATTACK, "SERVER_PORT": "80", "HTTP_X": ATTACK, "QUERY_STRING": ATTACK})
    request.GET = QueryDict("", mutable=True)
    request.GET[ATTACK] = ATTACK
    request.COOKIES[ATTACK] = ATTACK
    request.POST.update(post)
    return request


def report_of(function: Callable[..., Any], request: HttpRequest | None = None) -> ExceptionReporter:
    try:
        function()
    except Exception:
        return ExceptionReporter(request, *sys.exc_info())
    raise AssertionError("it was to raise")


def test_nothing_on_the_page_is_taken_for_markup() -> None:
    def failing() -> None:
        local = mark_safe(ATTACK)
        error = ValueError(mark_safe(ATTACK + local))
        error.add_note(mark_safe(ATTACK))
        try:
            raise error
        except ValueError as inner:
            raise KeyError(mark_safe(ATTACK)) from inner

    page = report_of(failing, asked(**{ATTACK: ATTACK})).get_traceback_html()
    assert ATTACK not in page and "&lt;script&gt;" in page


def test_chained_exceptions_are_told_from_the_first_on() -> None:
    def failing() -> None:
        try:
            try:
                raise ValueError("first")
            except ValueError as error:
                raise TypeError("second") from error
        except TypeError:
            raise KeyError("third")  # noqa: B904

    text = report_of(failing).get_traceback_text()
    first, second = (
        text.index("(first) was the direct cause"),
        text.index("above exception (second), another exception occurred"),
    )
    assert first < second < text.index("Exception Type: KeyError")
    assert 'raise ValueError("first")' in text


def test_a_frame_shows_source_and_marks_what_raised() -> None:
    def failing() -> None:
        value = {"a": 1}
        value["b"] + 1

    reporter = report_of(failing)
    frame = reporter.get_traceback_data()["lastframe"]
    assert frame["context_line"].strip().startswith('value["b"] + 1')
    assert frame["mark"].strip() == "^" * len('value["b"]')
    assert ("value", "{'a': 1}") in frame["vars"]


def test_values_that_cannot_be_shown_do_not_break_the_page() -> None:
    class Broken:
        def __repr__(self) -> str:
            raise MemoryError("no")

    def failing() -> None:
        broken, large = Broken(), "x" * 100_000  # noqa: F841
        raise ValueError

    page = report_of(failing).get_traceback_html()
    assert "Error in formatting: MemoryError: no" in page
    assert "&lt;trimmed" in page and len(page) < 100_000


def test_settings_that_look_like_secrets_are_hidden_at_any_depth() -> None:
    cleanse = SafeExceptionReporterFilter().cleanse_setting
    hidden = SafeExceptionReporterFilter.cleansed_substitute
    assert cleanse("X", {"url": "u", "nested": [{"api_key": "k"}], ("a", 1): ({"PASSWORD": "p"},)}) == {
        "url": "u",
        "nested": [{"api_key": hidden}],
        ("a", 1): ({"PASSWORD": hidden},),
    }
    assert cleanse("SECRET_KEY", "k") == hidden
    assert (
        "a key for tests"
        not in ExceptionReporter(None, ValueError, ValueError("x"), None).get_traceback_html()
    )


@sensitive_variables("password")
def sensitive(password: str) -> None:
    user = "".join(["vis", "ible"])  # noqa: F841
    raise ValueError


@sensitive_variables()
async def asensitive(password: str) -> None:
    raise ValueError


atwin = twin(sensitive)


def secret() -> str:
    return "".join(["hid", "den"])


@pytest.mark.parametrize(
    "call",
    [
        lambda: sensitive(secret()),
        lambda: asyncio.run(asensitive(secret())),
        lambda: asyncio.run(atwin(secret())),
    ],
)
def test_sensitive_variables_are_hidden_where_others_see_the_report(call: Callable[[], None]) -> None:
    reporter = report_of(call)
    assert "hidden" not in "".join(
        value
        for frame in reporter.get_traceback_data()["frames"]
        for _, value in frame["vars"]
        if ("asyncio" not in frame["filename"] and "nuages" not in frame["filename"]) or "hid" in value
    )
    with override_settings(DEBUG=True):
        assert "hidden" in report_of(call).get_traceback_html()


def test_sensitive_form_fields_are_hidden() -> None:
    request = asked(name="visible", card=secret())
    sensitive_post_parameters("card")(lambda request: None)(request)
    page = report_of(lambda: 1 / 0, request).get_traceback_html()  # type: ignore[arg-type, return-value]
    assert "visible" in page and "&#x27;hidden&#x27;" not in page
    for bare in (sensitive_variables, sensitive_post_parameters):
        with pytest.raises(TypeError, match="must be called to use it as a decorator"):
            bare(lambda request: None)  # type: ignore[arg-type]


def test_the_reporter_prefers_what_the_client_prefers() -> None:
    request = asked()
    request.META["HTTP_ACCEPT"] = "text/plain"
    response = technical_500_response(request, ValueError, ValueError("x"), None)
    assert (response.status_code, response["Content-Type"]) == (500, "text/plain; charset=utf-8")
    assert response._csp_config == {}  # type: ignore[attr-defined]


class Known:
    urlpatterns = [re_path(rf"^{ATTACK}/$", lambda request: None, name="known")]


def test_the_404_page_tells_which_patterns_were_tried() -> None:
    request = asked()
    request.path_info = "/nowhere"
    with override_settings(ROOT_URLCONF=Known, ALLOWED_HOSTS=["*"]):
        request.META["HTTP_HOST"] = "testserver"
        try:
            resolve("/nowhere")
        except Resolver404 as error:
            page = technical_404_response(request, error).content.decode()  # type: ignore[attr-defined]
    assert "[name=&#x27;known&#x27;]" in page or "[name='known']" in page
    assert "<code>nowhere</code>" in page and ATTACK not in page


def test_a_404_of_a_view_tells_its_reason() -> None:
    request = asked()
    request.META["HTTP_HOST"] = "testserver"
    page = technical_404_response(request, Http404(mark_safe(ATTACK))).content.decode()  # type: ignore[attr-defined]
    assert "&lt;script&gt;" in page and ATTACK not in page


def test_a_new_project_is_greeted() -> None:
    assert "The install worked successfully!" in default_urlconf(None).content.decode()  # type: ignore[attr-defined]


def test_a_report_is_made_even_where_a_setting_cannot_be_read() -> None:
    with override_settings(SECRET_KEY=""):
        page = report_of(lambda: 1 / 0, asked()).get_traceback_html()
    assert "ZeroDivisionError" in page
