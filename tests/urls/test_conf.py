"""Writing URL configurations: what is refused at the door."""

from __future__ import annotations

from typing import Any

import pytest

from nuages.core.exceptions import ImproperlyConfigured
from nuages.urls import include, path, re_path
from nuages.urls.route import beginning_of, stays_in_segment
from nuages.views import View


def view(request: Any) -> None: ...


@pytest.mark.parametrize(
    "route, message",
    [
        ("<nope:x>/", "uses invalid converter 'nope'"),
        ("<int:1>/", "isn't a valid Python identifier"),
        ("<int:a>/<str:a>/", "more than once"),
        ("<str: a>/", "cannot contain whitespace"),
    ],
)
def test_a_malformed_route_is_refused(route: str, message: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=message):
        path(route, view)


def test_what_is_no_view_is_refused() -> None:
    with pytest.raises(TypeError, match="view must be a callable or a list/tuple"):
        path("x/", "a.b.c")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"pass View\.as_view\(\), not View\(\)"):
        path("x/", View())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="kwargs argument must be a dict, but got str"):
        re_path("x/", view, "name")  # type: ignore[arg-type]


def test_a_namespace_needs_an_application() -> None:
    with pytest.raises(ImproperlyConfigured, match="without providing an app_name"):
        include([], namespace="x")
    with pytest.raises(ImproperlyConfigured, match="3-tuple"):
        include(([], "a", "b"))
    assert include(([], "app")) == ([], "app", "app")


def test_what_is_known_of_an_expression() -> None:
    assert beginning_of(r"^a/b\.c/(\d+)/$").text == "a/b.c/"
    assert beginning_of("^a/$") == ("a/", True, True)
    assert beginning_of("a/").text == beginning_of("(?i)^a/").text == ""


@pytest.mark.parametrize(
    "regex, stays",
    [
        ("[0-9]+", True),
        ("[^/]+", True),
        (r"\w{4}", True),
        ("[a-z]|[0-9]", True),
        (".+", False),
        (r"\D+", False),
        ("[^a]+", False),
        ("[!-9]+", False),
        ("a?", False),
        ("(a)", False),
    ],
)
def test_whether_an_expression_can_meet_a_slash(regex: str, stays: bool) -> None:
    assert stays_in_segment(regex) is stays
