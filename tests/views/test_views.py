"""Class-based views, decorators of either colour, error pages, static files, shortcuts."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nuages.core.exceptions import ImproperlyConfigured, SuspiciousFileOperation
from nuages.http import Http404, HttpRequest, HttpResponse
from nuages.shortcuts import get_object_or_404, redirect, resolve_url
from nuages.spine import is_cooperative
from nuages.test.utils import override_settings
from nuages.urls import NoReverseMatch, path
from nuages.views import View
from nuages.views.decorators.cache import cache_control, never_cache
from nuages.views.decorators.clickjacking import xframe_options_sameorigin
from nuages.views.decorators.http import (
    condition,
    etag,
    last_modified,
    require_GET,
    require_http_methods,
    require_safe,
)
from nuages.views.decorators.vary import vary_on_cookie, vary_on_headers
from nuages.views.defaults import bad_request, page_not_found, permission_denied, server_error
from nuages.views.static import serve, was_modified_since


def asked(method: str = "GET", **meta: str) -> HttpRequest:
    request = HttpRequest()
    request.method, request.path, request.path_info = method, "/", "/"
    request.META.update(meta)
    return request


def answer(view: Callable[..., Any], request: HttpRequest | None = None) -> Any:
    response = view(request or asked())
    return asyncio.run(response) if asyncio.iscoroutine(response) else response


def plain(request: Any) -> HttpResponse:
    return HttpResponse("content")


async def coloured(request: Any) -> HttpResponse:
    return HttpResponse("content")


both = pytest.mark.parametrize("view", [plain, coloured])


class Plain(View):
    greeting = "hello"

    def get(self, request: Any, name: str = "") -> HttpResponse:
        return HttpResponse(f"{self.greeting} {self.kwargs.get('name', '')}")


class Coloured(View):
    async def get(self, request: Any) -> HttpResponse:
        return HttpResponse("async")


def test_a_method_answers_its_namesake() -> None:
    view = Plain.as_view(greeting="bye")
    assert view(asked(), name="x").content == b"bye x"
    assert view(asked("HEAD")).status_code == 200
    refused = view(asked("POST"))
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert view(asked("DISPATCH")).status_code == 405
    assert view(asked("OPTIONS"))["Allow"] == "GET, HEAD, OPTIONS"


def test_async_methods_make_an_async_view() -> None:
    view = Coloured.as_view()
    assert is_cooperative(view) and not is_cooperative(Plain.as_view())
    assert answer(view).content == b"async"
    assert answer(view, asked("POST")).status_code == 405

    class Mixed(Coloured):
        def post(self, request: Any) -> None: ...

    with pytest.raises(ImproperlyConfigured, match="all sync or all async"):
        Mixed.as_view()


def test_as_view_refuses_what_is_no_attribute_and_what_is_a_method() -> None:
    with pytest.raises(TypeError, match="invalid keyword 'nope'"):
        Plain.as_view(nope=1)
    with pytest.raises(TypeError, match="The method name get is not accepted"):
        Plain.as_view(get=1)
    with pytest.raises(AttributeError, match="only on the class"):
        Plain().as_view()


@both
def test_methods_are_restricted(view: Any) -> None:
    assert answer(require_GET(view), asked("HEAD")).status_code == 405
    assert answer(require_safe(view), asked("HEAD")).status_code == 200
    assert answer(require_http_methods(["PUT"])(view), asked("PUT")).content == b"content"


@both
def test_headers_are_added(view: Any) -> None:
    assert answer(cache_control(max_age=5, private=True)(view))["Cache-Control"] == "max-age=5, private"
    assert "no-store" in answer(never_cache(view))["Cache-Control"]
    assert answer(vary_on_headers("A")(vary_on_cookie(view)))["Vary"] == "Cookie, A"
    assert answer(xframe_options_sameorigin(view))["X-Frame-Options"] == "SAMEORIGIN"
    assert asyncio.iscoroutinefunction(never_cache(view)) is asyncio.iscoroutinefunction(view)


@both
def test_conditions_are_checked_before_the_view_runs(view: Any) -> None:
    async def modified(request: Any) -> datetime.datetime:
        return datetime.datetime(2020, 1, 1)

    conditional = condition(lambda request: "tag", modified if view is coloured else None)(view)
    if view is coloured:

        async def inside() -> Any:
            from nuages.spine import spawn, wait

            return await spawn(lambda: wait(conditional(asked())))

        first = asyncio.run(inside())
        assert first["Last-Modified"] == "Wed, 01 Jan 2020 00:00:00 GMT"
    else:
        first = answer(conditional)
        assert answer(conditional, asked(HTTP_IF_NONE_MATCH='"tag"')).status_code == 304
    assert first["ETag"] == '"tag"'


def test_an_answer_without_the_view_names_what_it_was_compared_with() -> None:
    changed = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    at_once = condition(lambda request: "tag", lambda request: changed)(plain)
    one_in_the_other = last_modified(lambda request: changed)(etag(lambda request: "tag")(plain))
    for guarded in (at_once, one_in_the_other):
        whole = answer(guarded)
        same = answer(guarded, asked(HTTP_IF_NONE_MATCH='"tag"'))
        assert [whole.status_code, same.status_code] == [200, 304]
        for response in (whole, same):
            assert response["ETag"] == '"tag"'
            assert response["Last-Modified"] == "Wed, 01 Jan 2020 00:00:00 GMT"


def test_error_pages_need_no_template_and_tell_nothing() -> None:
    pages = [
        bad_request(asked(), ValueError("secret")),
        permission_denied(asked(), ValueError("secret")),
        page_not_found(asked(), Http404("secret")),
        server_error(asked()),
    ]
    assert [page.status_code for page in pages] == [400, 403, 404, 500]
    assert all(
        b"secret" not in page.content and page.content.startswith(b"<!doctype html>") for page in pages
    )


def test_static_files_stay_below_their_root(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("content")
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir" / "<b>.txt").write_text("x")
    response = serve(asked(), "a.txt", document_root=tmp_path)
    assert b"".join(response) == b"content"  # type: ignore[arg-type]
    response.close()
    assert (
        serve(asked(HTTP_IF_MODIFIED_SINCE=response["Last-Modified"]), "a.txt", tmp_path).status_code == 304
    )
    for missing in ("nope", "dir", "../" + tmp_path.name + "/nope"):
        with pytest.raises(Http404):
            serve(asked(), missing, tmp_path)
    with pytest.raises((Http404, SuspiciousFileOperation)):
        serve(asked(), "../../../../etc/passwd", tmp_path)
    listing = serve(asked(), "dir/", tmp_path, show_indexes=True).content  # type: ignore[attr-defined]
    assert b"&lt;b&gt;.txt" in listing and b"<b>" not in listing


@pytest.mark.parametrize("header", ["nonsense", "Mon, 28 May 999999999999 28:25:26 GMT", None])
def test_a_date_that_is_none_counts_as_changed(header: str | None) -> None:
    assert was_modified_since(header, 1)


class Site:
    urlpatterns = [path("page/<int:pk>/", plain, name="page")]


def test_redirects_take_views_names_objects_and_urls() -> None:
    class Page:
        def get_absolute_url(self) -> str:
            return "/object/"

    with override_settings(ROOT_URLCONF=Site):
        assert [
            resolve_url(to, *args) for to, *args in [("page", 1), (plain, 2), (Page(),), ("../up",), ("/x/",)]
        ] == [
            "/page/1/",
            "/page/2/",
            "/object/",
            "../up",
            "/x/",
        ]
        assert redirect("page", pk=3, permanent=True, preserve_request=True).status_code == 308
        with pytest.raises(NoReverseMatch):
            resolve_url("nothing")


def test_get_object_or_404_wants_something_to_get_from() -> None:
    with pytest.raises(
        ValueError,
        match=r"First argument to get_object_or_404\(\) must be a Model, Manager, or QuerySet, not 'str'",
    ):
        get_object_or_404("Article")
