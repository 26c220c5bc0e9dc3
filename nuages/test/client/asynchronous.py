"""The client and factory for code written with `async def`: requests as an ASGI server would cause them."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

from nuages.conf import settings
from nuages.core.handlers.asgi import ASGIRequest
from nuages.core.signals import request_started
from nuages.db import close_old_connections
from nuages.spine import twin, wait
from nuages.test.client.client import Client
from nuages.test.client.factory import RequestFactory
from nuages.test.client.handler import ClientHandler
from nuages.test.client.payload import FakePayload
from nuages.utils.encoding import force_bytes
from nuages.utils.http import urlencode

_OCTETS = "application/octet-stream"


class AsyncRequestFactory(RequestFactory):
    """Makes requests from ASGI scopes. Extra keywords are headers: `get("/", ACCEPT="text/html")`."""

    def _base_scope(self, **request: Any) -> dict[str, Any]:
        own = {name: value for name, value in self.defaults.items() if name != "QUERY_STRING"}
        headers = [(b"host", b"testserver")]
        if self.cookies:
            sent = sorted(f"{morsel.key}={morsel.coded_value}" for morsel in self.cookies.values())
            headers.append((b"cookie", "; ".join(sent).encode("ascii")))
        headers += [(_header_name(name), str(value).encode("latin1")) for name, value in own.items()]
        kind = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http"}
        ends = {"client": ["127.0.0.1", 0], "server": ("testserver", "80")}
        asked = {"method": "GET", "path": "/", "query_string": self.defaults.get("QUERY_STRING", "")}
        return {**kind, **ends, **asked, **request, "headers": [*headers, *request.get("headers", [])]}

    def request(self, **request: Any) -> Any:
        """Make a request from entries of an ASGI scope; `_body_file` is its body."""
        return self.perform(**request)

    def perform(self, **request: Any) -> Any:
        """Do what a request comes to here: make the request object."""
        body_file = _received(request.pop("_body_file", None))
        return ASGIRequest(self._base_scope(**request), body_file)

    def generic(
        self, method: str, path: str, data: Any = "", content_type: str = _OCTETS, secure: bool = False, *,
        headers: Any = None, query_params: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        """Make a request with any method."""
        parsed = urlsplit(str(path))
        body = force_bytes(data, settings.DEFAULT_CHARSET)
        scope: dict[str, Any] = {
            "method": method,
            "path": self._get_path(parsed),
            "server": ("127.0.0.1", "443" if secure else "80"),
            "scheme": "https" if secure else "http",
        }
        own_headers: list[tuple[bytes, bytes]] = []
        if body:
            own_headers += [
                (b"content-length", str(len(body)).encode()),
                (b"content-type", content_type.encode("ascii")),
            ]
            scope["_body_file"] = FakePayload(body)
        query = extra.pop("QUERY_STRING", None)
        if query_params:
            query = urlencode(query_params, doseq=True)
        if query or parsed.query:
            scope["query_string"] = query or parsed.query
        for name in ("client", "server", "scheme", "http_version"):
            if name in extra:
                scope[name] = extra.pop(name)
        own_headers += [
            (name.lower().encode("ascii"), str(value).encode("latin1"))
            for name, value in (headers or {}).items()
        ]
        own_headers += [(_header_name(name), str(value).encode("latin1")) for name, value in extra.items()]
        scope["headers"] = own_headers
        return self.perform(**scope)

    def _get_path(self, parsed: Any) -> str:
        return unquote(parsed.path)


def _received(body: FakePayload | None) -> BytesIO:
    # The handler has received the whole body before a request is made, so that reading can go on to its end.
    return BytesIO(b"" if body is None else body.read())


def _header_name(keyword: str) -> bytes:
    return keyword.removeprefix("HTTP_").replace("_", "-").lower().encode("ascii")


class AsyncClientHandler(ClientHandler):
    """Answers an ASGI scope with a response object."""

    is_async = True

    def __call__(self, scope: dict[str, Any]) -> Any:
        body_file = _received(scope.pop("_body_file", None))
        request_started.disconnect(close_old_connections)
        request_started.send(sender=self.__class__, scope=scope)
        request_started.connect(close_old_connections)
        request = ASGIRequest(scope, body_file)
        response = self.answer(request)
        response.asgi_request = request
        return response


class _PlainClient(AsyncRequestFactory, Client):
    """What `AsyncClient` does, as plain code that runs on the spine."""

    def __init__(
        self, enforce_csrf_checks: bool = False, raise_request_exception: bool = True, *,
        headers: Any = None, query_params: Any = None, **defaults: Any,
    ) -> None:  # fmt: skip
        Client.__init__(
            self, enforce_csrf_checks, raise_request_exception, query_params=query_params, **defaults
        )
        self.defaults |= {name.replace("-", "_"): value for name, value in (headers or {}).items()}
        self.handler = AsyncClientHandler(enforce_csrf_checks)

    def perform(self, **request: Any) -> Any:
        scope = self._base_scope(**{name: value for name, value in request.items() if name != "_body_file"})
        described = {"PATH_INFO": scope["path"], "REQUEST_METHOD": scope["method"]}
        if "_body_file" in request:
            scope["_body_file"] = request["_body_file"]
        return self._sent(scope, request | described)


def run(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call `function`; its twin does so from `async def`."""
    return function(*args, **kwargs)


_arun = twin(run)


class AsyncClient(_PlainClient):
    """The test client for `async def` tests: `response = await self.async_client.get("/")`."""

    async def request(self, **request: Any) -> Any:
        """Send a request made of entries of an ASGI scope."""
        return await _arun(super().perform, **request)

    def perform(self, **request: Any) -> Any:
        # Each method of the client comes by here, so that a class of one's own can see to all of them in `request`.
        return wait(self.request(**request))

    def _again(self, method: str, path: str, arguments: dict[str, Any]) -> Any:
        return wait(getattr(self, method)(path, **arguments))

    async def get(self, *args: Any, **kwargs: Any) -> Any:
        """Request a page with GET; takes what `Client.get` takes."""
        return await _arun(super().get, *args, **kwargs)

    async def post(self, *args: Any, **kwargs: Any) -> Any:
        """Send a form or other data with POST; takes what `Client.post` takes."""
        return await _arun(super().post, *args, **kwargs)

    async def head(self, *args: Any, **kwargs: Any) -> Any:
        """Request a page's headers with HEAD."""
        return await _arun(super().head, *args, **kwargs)

    async def options(self, *args: Any, **kwargs: Any) -> Any:
        """Send OPTIONS."""
        return await _arun(super().options, *args, **kwargs)

    async def put(self, *args: Any, **kwargs: Any) -> Any:
        """Send data with PUT."""
        return await _arun(super().put, *args, **kwargs)

    async def patch(self, *args: Any, **kwargs: Any) -> Any:
        """Send data with PATCH."""
        return await _arun(super().patch, *args, **kwargs)

    async def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Send DELETE."""
        return await _arun(super().delete, *args, **kwargs)

    async def trace(self, *args: Any, **kwargs: Any) -> Any:
        """Send TRACE."""
        return await _arun(super().trace, *args, **kwargs)
