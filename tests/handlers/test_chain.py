"""The folded chain: middleware and views of either colour, in either lane."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from nuages.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed, PermissionDenied
from nuages.core.handlers.base import BaseHandler
from nuages.core.handlers.wsgi import WSGIRequest
from nuages.core.signals import got_request_exception
from nuages.http import Http404, HttpResponse
from nuages.spine import cooperative, in_worker
from nuages.test.utils import override_settings
from nuages.urls import get_urlconf, path, reverse
from nuages.utils.decorators import async_only_middleware, sync_and_async_middleware
from nuages.utils.deprecation import MiddlewareMixin

HERE = __name__
events: list[str] = []


@pytest.fixture(autouse=True)
def _fresh() -> None:
    events.clear()


def view(request: Any, **kwargs: Any) -> HttpResponse:
    events.append("view")
    return HttpResponse("worker" if in_worker() else "plain")


async def async_view(request: Any) -> HttpResponse:
    await asyncio.sleep(0)
    events.append("view")
    return HttpResponse("async")


class Hooked(MiddlewareMixin):
    name = "outer"

    def process_request(self, request: Any) -> None:
        events.append(f"{self.name} in")

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> None:
        events.append(f"{self.name} view")

    def process_response(self, request: Any, response: Any) -> Any:
        events.append(f"{self.name} out")
        return response


class Inner(Hooked):
    name = "inner"


class AsyncHooks(MiddlewareMixin):
    async def process_request(self, request: Any) -> None:
        await asyncio.sleep(0)
        events.append("async in")

    async def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> None:
        events.append("async view")


def function(get_response: Callable[..., Any]) -> Callable[..., Any]:
    def middleware(request: Any) -> Any:
        events.append("function in")
        response = get_response(request)
        events.append("function out")
        return response

    return middleware


@async_only_middleware
def only_async(get_response: Callable[..., Any]) -> Callable[..., Any]:
    async def middleware(request: Any) -> Any:
        await asyncio.sleep(0)
        events.append("async in")
        response = await get_response(request)
        events.append("async out")
        return response

    return middleware


@sync_and_async_middleware
def hybrid(get_response: Callable[..., Any]) -> Callable[..., Any]:
    if asyncio.iscoroutinefunction(get_response):

        async def amiddleware(request: Any) -> Any:
            return await get_response(request)

        return amiddleware
    return get_response


class Raising(MiddlewareMixin):
    def process_request(self, request: Any) -> None:
        raise Http404


class Unused:
    def __init__(self, get_response: Any) -> None:
        raise MiddlewareNotUsed


def nothing(get_response: Any) -> None: ...


def neither(get_response: Any) -> Any:
    return get_response


neither.sync_capable = neither.async_capable = False  # type: ignore[attr-defined]


class Answering(MiddlewareMixin):
    def process_exception(self, request: Any, exception: Exception) -> HttpResponse:
        return HttpResponse(f"caught {exception}")


def path_of(*names: str) -> list[str]:
    return [f"{HERE}.{name}" for name in names]


@pytest.mark.parametrize("target, body", [(view, b"plain"), (async_view, b"async")])
@pytest.mark.parametrize("server", ["wsgi", "asgi"])
def test_every_kind_of_middleware_wraps_every_kind_of_view(
    site: Any, server: str, target: Any, body: bytes
) -> None:
    made = site(
        path("", target),
        MIDDLEWARE=path_of("Hooked", "function", "only_async", "AsyncHooks", "hybrid", "Inner"),
    )
    answer = getattr(made, server)()
    assert (answer.status, events) == (
        200,
        [
            "outer in",
            "function in",
            "async in",
            "async in",
            "inner in",
            "outer view",
            "async view",
            "inner view",
            "view",
            "inner out",
            "async out",
            "function out",
            "outer out",
        ],
    )
    assert answer.body in (body, b"worker")


def test_a_view_that_waits_well_runs_on_the_loop_and_others_in_threads(site: Any) -> None:
    made = site(
        path(
            "plain/", lambda request: HttpResponse(str(threading.current_thread() is threading.main_thread()))
        ),
        path("marked/", cooperative(lambda request: HttpResponse(str(in_worker())))),
    )
    assert made.asgi("/plain/").body == b"False"
    assert made.asgi("/marked/").body == b"True"


def test_where_a_request_belongs_shows_at_once_for_paths_that_stand_in_the_configuration(site: Any) -> None:
    def asked_for(address: str) -> WSGIRequest:
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": address, "wsgi.input": __import__("io").BytesIO()}
        return WSGIRequest(environ)

    site(path("plain/", view), path("waits/", async_view), path("<int:number>/", view))
    handler = BaseHandler()
    handler.load_middleware()
    # Before anything was resolved, the module of the patterns is not there.
    assert not handler.is_for_threads(asked_for("/plain/"))
    assert not handler.is_cooperative(asked_for("/plain/")) and handler.is_cooperative(asked_for("/waits/"))
    assert handler.is_for_threads(asked_for("/plain/"))
    assert not any(map(handler.is_for_threads, map(asked_for, ("/waits/", "/7/", "/nowhere/"))))


def test_plain_middleware_that_may_block_keeps_requests_in_threads(site: Any, caplog: Any) -> None:
    def lane_of(*middleware: str, is_async: bool = False) -> bool:
        caplog.clear()
        site(path("", async_view), MIDDLEWARE=list(middleware))
        handler = BaseHandler()
        with override_settings(DEBUG=True), caplog.at_level("DEBUG", "django.request"):
            handler.load_middleware(is_async)
        request = WSGIRequest(
            {"REQUEST_METHOD": "GET", "wsgi.input": None, "wsgi.url_scheme": "http"}
            | {"wsgi.input": __import__("io").BytesIO()}
        )
        return handler.is_cooperative(request)

    assert lane_of() and lane_of("nuages.middleware.common.CommonMiddleware", *path_of("only_async"))
    assert not lane_of(*path_of("function"))
    # Its plain form may block, its async form does not.
    assert not lane_of(*path_of("hybrid"))
    assert lane_of(*path_of("hybrid"), is_async=True) and not caplog.messages
    # Hooks are plain functions, whatever lies around them.
    for name in ("function", "Hooked", "Inner"):
        assert not lane_of(*path_of(name), is_async=True)
        assert caplog.messages == [f"Asynchronous handler adapted for middleware {HERE}.{name}."]


def test_what_is_raised_inside_is_a_response_one_layer_out(site: Any) -> None:
    made = site(path("", view), MIDDLEWARE=path_of("Hooked", "Inner", "Raising"))
    assert made.wsgi().status == 404
    assert events == ["outer in", "inner in", "inner out", "outer out"]


def test_unused_middleware_is_left_out_and_broken_one_is_told(site: Any) -> None:
    assert site(path("", view), MIDDLEWARE=path_of("Unused")).wsgi().status == 200
    with pytest.raises(ImproperlyConfigured, match="nothing returned None"):
        site(path("", view), MIDDLEWARE=path_of("nothing")).wsgi()
    with pytest.raises(RuntimeError, match="at least one of sync_capable/async_capable"):
        site(path("", view), MIDDLEWARE=path_of("neither")).wsgi()


@pytest.mark.parametrize("server", ["wsgi", "asgi"])
def test_middleware_may_answer_for_a_view_that_raises(site: Any, server: str) -> None:
    def failing(request: Any) -> HttpResponse:
        raise ValueError("this")

    async def afailing(request: Any) -> HttpResponse:
        raise ValueError("that")

    made = site(path("", failing), path("a/", afailing), MIDDLEWARE=path_of("Answering"))
    assert getattr(made, server)("/").body == b"caught this"
    assert getattr(made, server)("/a/").body == b"caught that"


def test_a_view_has_to_return_a_response(site: Any, caplog: Any) -> None:
    made = site(
        path("", lambda request: None),
        path("c/", lambda request: asyncio.sleep(0)),
        DEBUG_PROPAGATE_EXCEPTIONS=True,
    )
    with pytest.raises(ValueError, match="returned None instead"):
        made.wsgi()
    with pytest.raises(ValueError, match="unawaited coroutine"):
        made.wsgi("/c/")


class Switching(MiddlewareMixin):
    def process_request(self, request: Any) -> None:
        request.urlconf = Switched
        request.path_info = "/renamed/"


class Switched:
    urlpatterns = [path("renamed/", lambda request: HttpResponse(reverse("new")), name="new")]


@pytest.mark.parametrize("server", ["wsgi", "asgi"])
def test_middleware_may_change_path_and_urlconf_after_the_lane_was_chosen(site: Any, server: str) -> None:
    made = site(path("", view, name="old"), MIDDLEWARE=path_of("Switching"))
    assert getattr(made, server)().body == b"/renamed/"


def test_concurrent_async_views_do_not_wait_for_each_other(site: Any) -> None:
    waiting: list[asyncio.Event] = []

    async def meeting(request: Any) -> HttpResponse:
        waiting.append(asyncio.Event())
        if len(waiting) == 20:
            for event in waiting:
                event.set()
        await asyncio.wait_for(waiting[-1].wait(), 5)
        return HttpResponse("met")

    made = site(path("", meeting))

    async def all_at_once() -> list[Any]:
        return await asyncio.gather(*(made.asked("/") for _ in range(20)))

    assert {answer.body for answer in asyncio.run(all_at_once())} == {b"met"}


def test_errors_are_logged_once_with_their_status(site: Any, caplog: Any) -> None:
    def failing(request: Any) -> HttpResponse:
        raise ValueError("secret")

    made = site(path("", failing))
    with caplog.at_level(logging.WARNING, "django.request"):
        answer = made.wsgi()
    assert (answer.status, b"secret" in answer.body) == (500, False)
    assert [(record.levelname, record.status_code) for record in caplog.records] == [("ERROR", 500)]


class First(Hooked):
    name = "first"


class Last(Hooked):
    name = "last"


class Late(MiddlewareMixin):
    async def process_response(self, request: Any, response: Any) -> Any:
        await asyncio.sleep(0)
        raise PermissionDenied


class Shortcut(Hooked):
    name = "shortcut"

    def process_request(self, request: Any) -> Any:
        super().process_request(request)
        return HttpResponse("short")


class Falsy(HttpResponse):
    def __bool__(self) -> bool:
        return False


class Undecided(MiddlewareMixin):
    async def process_request(self, request: Any) -> Any:
        return Falsy()


@pytest.mark.parametrize(
    "between, status, told",
    [
        (["Raising"], 404, ["first in", "outer in", "outer out", "first out"]),
        (["Late"], 403, ["first in", "outer in", "last in", "view", "last out", "outer out", "first out"]),
        (
            ["Shortcut"],
            200,
            ["first in", "outer in", "shortcut in", "shortcut out", "outer out", "first out"],
        ),
        (
            ["Undecided"],
            200,
            ["first in", "outer in", "last in", "view", "last out", "outer out", "first out"],
        ),
        (["function", "Raising"], 404, ["first in", "outer in", "function in", "function out"]),
    ],
)
def test_a_layer_that_answers_or_fails_leaves_those_outside_of_it_their_turn(
    site: Any, between: list[str], status: int, told: list[str]
) -> None:
    made = site(path("", view), MIDDLEWARE=path_of("First", "Hooked", *between, "Last"))
    assert made.wsgi().status == status
    assert [event for event in events if "view" not in event or event == "view"][: len(told)] == told
    assert events[-1] == "first out"


def test_an_error_that_is_to_propagate_is_told_at_each_layer(site: Any) -> None:
    def told(**kwargs: Any) -> None:
        events.append("told")

    made = site(
        path("", view), MIDDLEWARE=path_of("First", "Hooked", "Broken"), DEBUG_PROPAGATE_EXCEPTIONS=True
    )
    got_request_exception.connect(told)
    try:
        with pytest.raises(ZeroDivisionError):
            made.wsgi()
    finally:
        got_request_exception.disconnect(told)
    assert events == ["first in", "outer in", "told", "told", "told"]


class Broken(MiddlewareMixin):
    def process_request(self, request: Any) -> None:
        raise ZeroDivisionError


class SwitchedByMiddleware(MiddlewareMixin):
    def process_request(self, request: Any) -> None:
        request.urlconf = Elsewhere


class Elsewhere:
    urlpatterns = (path("", view), path("broken/", lambda request: 1 / 0))


@pytest.mark.parametrize("asked", ["/", "/broken/", "/missing/"])
def test_the_urlconf_of_a_request_ends_with_it(site: Any, asked: str) -> None:
    made = site(MIDDLEWARE=path_of("SwitchedByMiddleware"))
    made.wsgi(asked)
    assert get_urlconf() is None
    with override_settings(DEBUG_PROPAGATE_EXCEPTIONS=True), suppress(ZeroDivisionError):
        made.wsgi(asked)
    assert get_urlconf() is None
