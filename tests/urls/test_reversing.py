"""From names back to paths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.urls import (
    NoReverseMatch,
    URLResolver,
    get_resolver,
    include,
    path,
    re_path,
    resolve,
    reverse,
    reverse_lazy,
    set_script_prefix,
)
from nuages.urls.forms import forms_of
from nuages.urls.resolvers import RegexPattern


def view(request: Any) -> None: ...


def other(request: Any) -> None: ...


def test_routes_are_written_with_their_arguments(routes: Callable[..., None]) -> None:
    routes(
        path("", view, name="home"),
        path("a/<int:y>/<slug:s>.html", view, name="page"),
        re_path(r"^b/(\d+)/(?:p(\d+)/)?$", other, name="b"),
    )
    assert reverse("home") == "/"
    assert (
        reverse("page", args=[2024, "x"])
        == reverse("page", kwargs={"y": "2024", "s": "x"})
        == "/a/2024/x.html"
    )
    assert [reverse("b", args=args) for args in ([1], [1, 2])] == ["/b/1/", "/b/1/p2/"]
    assert reverse(other, args=[3]) == "/b/3/"
    assert reverse("home", query={"a": [1, 2]}, fragment="top") == "/?a=1&a=2#top"
    assert reverse("home", query={"page": None, "next": "é&"}) == "/?page=None&next=%C3%A9%26"


@pytest.mark.parametrize(
    "name, args, kwargs",
    [
        ("page", [], {}),
        ("page", ["x"], {}),
        ("page", [1, 2], {}),
        ("page", [], {"z": 1}),
        ("none", [], {}),
        (None, [], {}),
    ],
)
def test_what_cannot_be_written_is_told_with_the_patterns(
    routes: Callable[..., None], name: Any, args: list[Any], kwargs: Any
) -> None:
    routes(path("a/<int:y>/", view, name="page"))
    with pytest.raises(NoReverseMatch, match=r"1 pattern\(s\) tried: \['a/|is not a valid view function"):
        reverse(name, args=args, kwargs=kwargs)


def test_of_several_patterns_with_a_name_the_last_that_fits_is_written(routes: Callable[..., None]) -> None:
    routes(path("one/", view, name="n"), path("two/", view, name="n"), path("three/<int:x>/", view, name="n"))
    assert reverse("n") == "/two/"
    assert reverse("n", args=[1]) == "/three/1/"


def test_namespaces_prefer_the_current_instance_then_the_default_then_the_last(
    routes: Callable[..., None],
) -> None:
    polls = ([path("", view, name="index")], "polls")
    routes(path("author/", include(polls, "author")), path("publisher/", include(polls, "publisher")))
    assert reverse("polls:index") == "/publisher/"
    assert reverse("polls:index", current_app="author") == "/author/"
    assert reverse("author:index", current_app="publisher") == "/author/"
    routes(path("default/", include(polls)), path("publisher/", include(polls, "publisher")))
    assert reverse("polls:index") == "/default/"
    with pytest.raises(NoReverseMatch, match="'nothing' is not a registered namespace"):
        reverse("nothing:index")
    match = resolve("/publisher/")
    assert (match.view_name, match.app_name, match.namespace) == ("publisher:index", "polls", "publisher")


def test_no_path_leads_to_another_host(routes: Callable[..., None]) -> None:
    routes(path("<path:rest>", view, name="any"))
    assert reverse("any", args=["/evil.com/"]) == "/%2Fevil.com/"


def test_the_script_prefix_goes_in_front(routes: Callable[..., None]) -> None:
    routes(path("x/", view, name="x"))
    set_script_prefix("/mount point")
    try:
        assert reverse("x") == "/mount%20point/x/"
        assert str(reverse_lazy("x")) == "/mount%20point/x/"
    finally:
        set_script_prefix("/")
    assert reverse("x") == "/x/"


@given(st.text(min_size=1), st.integers(min_value=0), st.text(min_size=1))
def test_what_is_written_is_found_again(text: str, number: int, rest: str) -> None:
    from urllib.parse import unquote

    resolver = URLResolver(
        RegexPattern(r"^/"), [path("t/<str:text>/<int:number>/<path:rest>", view, name="n")]
    )
    try:
        written = resolver.reverse("n", text=text, number=number, rest=rest)
    except (NoReverseMatch, UnicodeEncodeError):
        assert "/" in text or "\n" in rest or not (text + rest).isprintable()
        return
    found = resolver.resolve("/" + unquote(written)).kwargs
    if "/" in text:
        # The path as a whole has the form of the route, though it is split elsewhere: "0/0", 0, "0" is "0", 0, "0/0".
        assert "/".join(map(str, found.values())) == f"{text}/{number}/{rest}"
        return
    assert found == {"text": text, "number": number, "rest": rest}


@pytest.mark.parametrize(
    "regex, written",
    [
        (r"a/b+c*d?", ["a/b"]),
        (r"[xyz]\d\.(?:html)", ["x0.html"]),
        (r"(?P<a>\w+)/(?:(?P<b>\d+)/)?", ["<a>/", "<a>/<b>/"]),
        (r"(\w+)-(?P<n>x(y))", ["<_0>-<n>"]),
        (r"a{2,3}(?!x)(?<=a)", ["aa"]),
        (r"(?P<a>\w)-(?P=a)", ["<a>-<a>"]),
        (r"a|b(?:c|d)ee", []),
        (r"(", []),
    ],
)
def test_the_ways_to_write_an_expression(regex: str, written: list[str]) -> None:
    forms = forms_of(regex)
    assert [form.written({name: f"<{name}>" for name in form.params}) for form in forms] == written


def test_the_resolver_of_the_site_is_kept(routes: Callable[..., None]) -> None:
    routes(path("x/", view))
    assert get_resolver() is get_resolver()
