"""The quick way from a name to its paths gives what `reverse` gives, for every request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nuages.conf.urls.i18n import i18n_patterns
from nuages.test.utils import override_settings
from nuages.urls import (
    NoReverseMatch,
    clear_script_prefix,
    include,
    path,
    re_path,
    register_converter,
    reverse,
    set_script_prefix,
    set_urlconf,
)
from nuages.urls.base import paths_of
from nuages.utils import translation
from nuages.utils.safestring import SafeString


def view(request: Any) -> None: ...


class YearConverter:
    """A converter whose values are written in a way of its own."""

    regex = "[0-9]{4}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: Any) -> str:
        if value == "never":
            raise ValueError
        return f"{value:04d}"


register_converter(YearConverter, "year_of_writing_tests")

PATTERNS = [
    path("", view, name="home"),
    path("<path:rest>", view, name="rest"),
    path("a/<slug:s>/", view, name="page"),
    path("b/<str:s>/<int:n>/", view, name="two"),
    path("c/<year_of_writing_tests:y>/", view, name="year"),
    re_path(r"^d/(?P<a>\d+)/(?:(?P<b>\w+)/)?$", view, name="regex"),
    path("e/", view, name="several"),
    path("e/<int:n>/", view, name="several"),
    path("f/<int:n>/", view, {"more": 1}, name="extra"),
    path("f/", view, {"n": 7}, name="extra"),
    path("n/", include(([path("<int:n>/", view, name="x")], "app"), namespace="one")),
    path("m/", include(([path("<int:n>/", view, name="x")], "app"), namespace="two")),
]

CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("home", (), {}),
    ("home", (1,), {}),
    ("rest", ("/evil.example/",), {}),
    ("rest", ("a b/ä?",), {}),
    ("page", ("a-b",), {}),
    ("page", (), {"s": "a-b"}),
    ("page", ("a b",), {}),
    ("page", (), {}),
    ("page", (SafeString("safe"),), {}),
    ("page", (True,), {}),
    ("page", (1,), {}),
    ("page", (1.0,), {}),
    ("two", ("ä/b", 3), {}),
    ("two", ("ä&'b", 3), {}),
    ("two", (), {"n": 3, "s": "x"}),
    ("two", (), {"n": 3, "z": "x"}),
    ("two", ("x", -3), {}),
    ("year", (24,), {}),
    ("year", ("never",), {}),
    ("regex", (1,), {}),
    ("regex", (), {"b": "x", "a": 1}),
    ("several", (), {}),
    ("several", (4,), {}),
    ("several", (), {"n": 4}),
    ("extra", (), {"n": 7}),
    ("extra", (), {"n": 7, "more": 1}),
    ("extra", (), {"n": 7, "more": 2}),
    ("one:x", (1,), {}),
    ("app:x", (1,), {}),
    ("none:x", (1,), {}),
    ("none", (1,), {}),
]


def outcome(work: Callable[..., str], *args: Any, **kwargs: Any) -> str:
    """What comes of it: a path, or the words of the error."""
    try:
        return work(*args, **kwargs)
    except NoReverseMatch as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("application", [None, "one", "two"])
@pytest.mark.parametrize("prefix", ["/", "/ä%/", "//x/"])
def test_each_call_gives_the_path_or_the_error_that_reverse_gives(
    routes: Callable[..., None], prefix: str, application: str | None
) -> None:
    routes(*PATTERNS)
    set_script_prefix(prefix)
    try:
        for name, args, kwargs in CALLS:
            quick = paths_of(name, tuple(kwargs), len(args or kwargs))
            values = args or tuple(kwargs.values())
            expected = outcome(reverse, name, args=args, kwargs=kwargs, current_app=application)
            for _ in range(2):
                assert outcome(quick, application, *values) == expected
    finally:
        clear_script_prefix()


def test_what_is_known_of_one_request_is_not_said_to_another(routes: Callable[..., None]) -> None:
    routes(path("a/<int:n>/", view, name="page"))
    quick = paths_of("page", (), 1)
    assert quick(None, 1) == "/a/1/"
    set_script_prefix("/site/")
    try:
        assert quick(None, 1) == "/site/a/1/"
    finally:
        clear_script_prefix()
    other = (path("z/<int:n>/", view, name="page"),)
    set_urlconf(other)
    try:
        assert quick(None, 1) == "/z/1/"
    finally:
        set_urlconf(None)
    assert quick(None, 1) == "/a/1/"
    routes(path("other/<int:n>/", view, name="page"))
    assert quick(None, 1) == "/other/1/"


def test_paths_below_a_language_follow_it(routes: Callable[..., None]) -> None:
    with override_settings(LANGUAGE_CODE="en", LANGUAGES=[("en", "English"), ("de", "German")]):
        routes(*i18n_patterns(path("a/", view, name="plain"), path("a/<int:n>/", view, name="page")))
        plain, page = paths_of("plain", (), 0), paths_of("page", ("n",), 1)
        for language in ("en", "de", "en"):
            with translation.override(language):
                assert (plain(None), page(None, 1)) == (f"/{language}/a/", f"/{language}/a/1/")


def test_one_and_true_are_not_written_alike(routes: Callable[..., None]) -> None:
    routes(path("a/<slug:s>/", view, name="page"))
    quick = paths_of("page", (), 1)
    assert [quick(None, value) for value in (1, True, "1")] == ["/a/1/", "/a/True/", "/a/1/"]


def test_many_values_do_not_stay_in_memory(
    routes: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nuages.urls.writing._REMEMBERED_AT_MOST", 2)
    monkeypatch.setattr("nuages.urls.base._REMEMBERED_AT_MOST", 2)
    routes(path("a/<int:n>/", view, name="page"))
    quick = paths_of("page", (), 1)
    assert [quick(None, n % 3) for n in range(6)] == [f"/a/{n % 3}/" for n in range(6)]


def test_what_is_made_of_a_path_is_made_of_one_remembered_too(routes: Callable[..., None]) -> None:
    routes(path("a/<str:s>/", view, name="page"), path("b/<str:s>/<str:t>/", view, name="two"))
    one, two = paths_of("page", (), 1, str.upper), paths_of("two", (), 2, str.upper)
    assert [(one(None, "x"), two(None, "x", "y")) for _ in range(2)] == [("/A/X/", "/B/X/Y/")] * 2


def test_a_converter_of_the_project_is_asked_each_time(routes: Callable[..., None]) -> None:
    class Counting(YearConverter):
        asked = 0

        def to_url(self, value: Any) -> str:
            type(self).asked += 1
            return super().to_url(value)

    register_converter(Counting, "counting_of_writing_tests")
    routes(path("c/<counting_of_writing_tests:y>/", view, name="year"))
    quick = paths_of("year", (), 1)
    before = Counting.asked
    assert [quick(None, 24) for _ in range(3)] == ["/c/0024/"] * 3
    assert Counting.asked == before + 3
