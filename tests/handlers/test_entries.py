"""WSGI and ASGI: malformed requests, bodies, streams, clients that go away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from nuages.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from nuages.core.handlers.asgi import ASGIHandler, ASGIRequest, headers_as_meta, split_path
from nuages.core.signals import request_finished, request_started
from nuages.http import FileResponse, HttpResponse, StreamingHttpResponse
from nuages.urls import path
from nuages.views.decorators.csrf import csrf_exempt


@csrf_exempt
def echo(request: Any) -> HttpResponse:
    return HttpResponse(request.body or request.GET.urlencode() or request.path)


@csrf_exempt
def form(request: Any) -> HttpResponse:
    return HttpResponse(repr(sorted(request.POST)) + repr(sorted(request.FILES)))


def host(request: Any) -> HttpResponse:
    return HttpResponse(request.get_host())


PATTERNS = (path("echo/", echo), path("form/", form), path("host/", host))


@pytest.mark.parametrize(
    "error, status",
    [
        (BadRequest("x"), 400),
        (SuspiciousOperation("x"), 400),
        (PermissionDenied("x"), 403),
        (KeyError("x"), 500),
    ],
)
@pytest.mark.parametrize("server", ["wsgi", "asgi"])
def test_exceptions_have_their_status(site: Any, server: str, error: Exception, status: int) -> None:
    def failing(request: Any) -> HttpResponse:
        raise error

    assert getattr(site(path("", failing)), server)().status == status


def test_malformed_requests_are_the_clients_fault(site: Any) -> None:
    made = site(*PATTERNS)
    multipart = {"CONTENT_TYPE": "multipart/form-data; boundary=x"}
    assert made.wsgi("/\xed").status == 404
    assert made.wsgi("/host/", HTTP_HOST="evil.com/x").status == 400
    assert made.wsgi("/form/", "POST", b"--x\r\nbroken\r\n\r\n--x--", **multipart).status == 400
    assert (
        made.wsgi(
            "/form/", "POST", b"a=1", CONTENT_TYPE="application/x-www-form-urlencoded; charset=latin-1"
        ).status
        == 400
    )
    assert made.wsgi("/echo/", QUERY_STRING="a=%ff\xff").status == 200
    assert made.asgi("/echo/?\xff").status == 400
    assert (
        made.asgi(
            "/form/",
            "POST",
            b"--x\r\nbroken\r\n\r\n--x--",
            [(b"content-type", b"multipart/form-data; boundary=x")],
        ).status
        == 400
    )
    assert made.asgi("/echo/", headers=[(b"content-type", b"text/plain; charset*=BOGUS''%20")]).status == 400


def test_too_much_data_is_refused(site: Any) -> None:
    made = site(*PATTERNS, DATA_UPLOAD_MAX_MEMORY_SIZE=100)
    for server in (made.wsgi, made.asgi):
        assert server("/echo/", "POST", b"x" * 101).status == 400
        assert server("/echo/", "POST", b"x" * 100).body == b"x" * 100


def test_a_chunked_form_without_a_length_is_read_under_asgi(site: Any) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'
    answer = site(*PATTERNS).asgi(
        "/form/", "POST", body, [(b"content-type", b"multipart/form-data; boundary=x")]
    )
    assert answer.body == b"['a'][]"


def test_a_large_body_is_spooled_to_disk(site: Any) -> None:
    made = site(*PATTERNS, FILE_UPLOAD_MAX_MEMORY_SIZE=1000)
    assert made.asgi("/echo/", "POST", b"x" * 200_000).body == b"x" * 200_000


def numbers() -> Iterator[str]:
    yield from ("1", "2")


async def anumbers() -> AsyncIterator[str]:
    for number in ("1", "2"):
        await asyncio.sleep(0)
        yield number


@pytest.mark.parametrize("make", [numbers, anumbers])
def test_streams_of_either_colour_are_sent_from_either_lane(site: Any, make: Any) -> None:
    async def aview(request: Any) -> StreamingHttpResponse:
        return StreamingHttpResponse(make())

    made = site(path("", lambda request: StreamingHttpResponse(make())), path("a/", aview))
    assert made.asgi("/").body == made.asgi("/a/").body == b"12"


def test_files_are_sent_whole_and_closed(site: Any, tmp_path: Path) -> None:
    big = tmp_path / "big.bin"
    big.write_bytes(b"x" * 300_000)
    opened: list[Any] = []

    def download(request: Any) -> FileResponse:
        opened.append(big.open("rb"))
        return FileResponse(opened[-1])

    made = site(path("", download))
    for server in (made.wsgi, made.asgi):
        answer = server("/")
        assert (len(answer.body), answer.headers["Content-Length"]) == (300_000, "300000")
    assert all(file.closed for file in opened)


@pytest.mark.parametrize("server", ["wsgi", "asgi"])
def test_a_request_is_signalled_once_at_either_end(site: Any, server: str) -> None:
    heard: list[str] = []

    def started(**kwargs: Any) -> None:
        heard.append("started")

    def finished(**kwargs: Any) -> None:
        heard.append("finished")

    request_started.connect(started)
    request_finished.connect(finished)
    try:
        getattr(site(path("", echo)), server)()
    finally:
        request_started.disconnect(started)
        request_finished.disconnect(finished)
    assert heard == ["started", "finished"]


def test_a_client_that_goes_away_cancels_its_view(site: Any) -> None:
    seen: list[str] = []

    async def slow(request: Any) -> HttpResponse:
        seen.append("started")
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise
        return HttpResponse()

    site(path("", slow))

    async def ask_and_leave() -> list[Any]:
        sent: list[Any] = []
        messages = [{"type": "http.request", "body": b""}]

        async def receive() -> dict[str, Any]:
            if messages:
                return messages.pop()
            while not seen:
                await asyncio.sleep(0.01)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}
        await asyncio.wait_for(ASGIHandler()(scope, receive, send), 5)
        return sent

    assert asyncio.run(ask_and_leave()) == []
    assert seen == ["started", "cancelled"]


def test_headers_become_meta() -> None:
    meta = headers_as_meta(
        [
            (b"Content-Type", b"a/b"),
            (b"x-a", b"1"),
            (b"X-A", b"2"),
            (b"x_a", b"3"),
            (b"cookie", b"a=1;"),
            (b"cookie", b"b=2"),
        ]
    )
    assert meta == {"CONTENT_TYPE": "a/b", "HTTP_X_A": "1,2", "HTTP_COOKIE": "a=1; b=2"}


@pytest.mark.parametrize(
    "whole, script, rest", [("/a/b", "/a", "/b"), ("/ab", "/a", "/ab"), ("/a", "/a/", ""), ("/x", "", "/x")]
)
def test_the_path_below_the_script_name(whole: str, script: str, rest: str) -> None:
    assert split_path(whole, script) == rest


def test_only_http_is_served() -> None:
    with pytest.raises(ValueError, match="not websocket"):
        asyncio.run(ASGIHandler()({"type": "websocket"}, None, None))  # type: ignore[arg-type]


def test_a_client_cannot_set_what_the_server_knows() -> None:
    scope = {
        "type": "http",
        "method": "get",
        "path": "/x",
        "headers": [(b"path-info", b"/evil"), (b"remote-addr", b"1.1.1.1")],
        "client": ("9.9.9.9", 1),
    }
    request = ASGIRequest(scope, None)
    assert (request.META["PATH_INFO"], request.META["REMOTE_ADDR"], request.META["HTTP_REMOTE_ADDR"]) == (
        "/x",
        "9.9.9.9",
        "1.1.1.1",
    )
