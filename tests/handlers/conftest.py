"""A site made inside a test, asked over WSGI or ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BytesIO
from typing import Any, NamedTuple

import pytest

from nuages.core.handlers.asgi import ASGIHandler
from nuages.core.handlers.wsgi import WSGIHandler
from nuages.test.utils import override_settings


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class URLConf:
    def __init__(self, patterns: list[Any], names: dict[str, Any]) -> None:
        self.urlpatterns = patterns
        self.__dict__.update(names)


class Site:
    """Asks the configured site, under either kind of server."""

    def wsgi(self, path: str = "/", method: str = "GET", body: bytes = b"", **environ: Any) -> Answer:
        told: list[Any] = []
        full = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "CONTENT_LENGTH": str(len(body)),
            **environ,
        }
        response = WSGIHandler()(full, lambda status, headers: told.extend((status, headers)))
        content = b"".join(response)
        response.close()
        return Answer(int(told[0].split()[0]), dict(told[1]), content)

    def asgi(self, path: str = "/", method: str = "GET", body: bytes = b"", headers: Any = ()) -> Answer:
        return asyncio.run(self.asked(path, method, body, headers))

    async def asked(self, path: str, method: str = "GET", body: bytes = b"", headers: Any = ()) -> Answer:
        sent: list[dict[str, Any]] = []
        first, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": first,
            "query_string": query.encode("latin-1"),
            "headers": [(b"host", b"testserver"), *headers],
            "server": ("testserver", 80),
        }
        messages = [{"type": "http.request", "body": body}]

        async def receive() -> dict[str, Any]:
            if messages:
                return messages.pop()
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await ASGIHandler()(scope, receive, send)
        start, *bodies = sent
        named = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
        assert not bodies[-1]["more_body"]
        return Answer(start["status"], named, b"".join(message["body"] for message in bodies))


@pytest.fixture
def site() -> Iterator[Callable[..., Site]]:
    """Return a function that configures a site of these patterns and settings for the rest of a test."""
    with ExitStack() as stack:

        def make(*patterns: Any, names: dict[str, Any] | None = None, **settings: Any) -> Site:
            settings.setdefault("MIDDLEWARE", [])
            stack.enter_context(
                override_settings(ROOT_URLCONF=URLConf(list(patterns), names or {}), **settings)
            )
            return Site()

        yield make
