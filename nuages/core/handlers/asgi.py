"""Under an ASGI server: the body spooled first, then the request in its lane, watched for disconnection."""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import weakref
from collections.abc import Awaitable, Callable
from typing import Any, BinaryIO

from nuages.conf import settings
from nuages.core.exceptions import BadRequest, RequestAborted, RequestDataTooBig
from nuages.core.handlers import base
from nuages.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    QueryDict,
    parse_cookie,
)
from nuages.spine import ThreadLane, WorkerLane, in_worker, spawn, task_factory, wait
from nuages.utils.functional import cached_property

__all__ = ["ASGIHandler", "ASGIRequest", "get_script_prefix", "headers_as_meta"]

logger = logging.getLogger("django.request")

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def get_script_prefix(scope: Scope) -> str:
    """Return where the site is mounted: as the setting says, else as the server does."""
    return settings.FORCE_SCRIPT_NAME or scope.get("root_path", "") or ""


def headers_as_meta(headers: Any) -> dict[str, Any]:
    """Return headers, (name, value) in bytes, as entries of `META`.

    Repeated ones are joined. A name with an underscore is left out: `META` could not tell it from the one with a
    hyphen, which a proxy may have been told to set or to remove.
    """
    gathered: dict[str, list[str]] = {}
    for raw_name, raw_value in headers:
        name = raw_name.decode("latin-1")
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_LENGTH", "CONTENT_TYPE"):
            key = f"HTTP_{key}"
        gathered.setdefault(key, []).append(raw_value.decode("latin-1"))
    if "HTTP_COOKIE" in gathered:
        # HTTP/2 sends each cookie by itself.
        gathered["HTTP_COOKIE"] = ["; ".join(value.rstrip("; ") for value in gathered["HTTP_COOKIE"])]
    return {key: values[0] if len(values) == 1 else ",".join(values) for key, values in gathered.items()}


def split_path(path: str, script_name: str) -> str:
    """Return the part of `path` below the script name, if it is below it."""
    prefix = script_name.rstrip("/")
    if prefix and (path == prefix or path.startswith(f"{prefix}/")):
        return path[len(prefix) :]
    return path


class ASGIRequest(HttpRequest):
    """A request that an ASGI server describes in a scope; the body has been spooled into a file."""

    body_receive_timeout = 60

    def __init__(self, scope: Scope, body_file: BinaryIO | None) -> None:
        self.scope = scope
        self.path = scope["path"]
        self.script_name = get_script_prefix(scope)
        self.path_info = split_path(self.path, self.script_name)
        self.method = scope["method"].upper()
        query_string = scope.get("query_string", "")
        if isinstance(query_string, bytes):
            query_string = query_string.decode()
        meta = headers_as_meta(scope.get("headers", ()))
        # What the server knows goes before what a client calls itself.
        meta |= {"PATH_INFO": self.path_info, "SCRIPT_NAME": self.script_name, "QUERY_STRING": query_string}
        meta["REQUEST_METHOD"] = self.method
        meta |= {"wsgi.multithread": True, "wsgi.multiprocess": True}
        if scope.get("client"):
            address, port = scope["client"][:2]
            meta |= {"REMOTE_ADDR": address, "REMOTE_HOST": address, "REMOTE_PORT": port}
        name, port = scope["server"][:2] if scope.get("server") else ("unknown", "0")
        meta |= {"SERVER_NAME": name, "SERVER_PORT": str(port)}
        self.META = meta
        self._set_content_type_params(meta)
        self._stream = body_file

    def _get_scheme(self) -> str:
        return self.scope.get("scheme") or "http"

    def started_with(self) -> dict[str, Any]:
        """Return what the signal `request_started` tells."""
        return {"scope": self.scope}

    @cached_property
    def GET(self) -> QueryDict:
        """The query string."""
        return QueryDict(self.META["QUERY_STRING"], encoding=self._encoding)

    @cached_property
    def COOKIES(self) -> dict[str, str]:
        """The cookies that the client sent."""
        return parse_cookie(self.META.get("HTTP_COOKIE", ""))


class ASGIHandler(base.BaseHandler):
    """The site as an ASGI application."""

    request_class = ASGIRequest
    #: How much of a body is sent in one message.
    chunk_size = 2**16

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware(is_async=True)
        self._workers = WorkerLane()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"Django can only handle ASGI/HTTP connections, not {scope['type']}.")
        await self.handle(scope, receive, send)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, answer, and stop answering when the client goes away."""
        loop = asyncio.get_running_loop()
        if loop.get_task_factory() is None:
            # Tasks that views start shall be able to use the ORM as the views themselves can.
            loop.set_task_factory(task_factory)
        try:
            body_file = await self.read_body(receive)
        except RequestAborted:
            return
        request, failure = self.create_request(scope, body_file)
        if request is None:
            body_file.close()
            assert failure is not None
            failure._handler_class = type(self)
            await self._send_held(await _threads(loop).run(self._finished, failure), send)
            return
        answering = loop.create_task(self._answer(request, send))
        watching = loop.create_task(self.listen_for_disconnect(receive))
        done, left = await asyncio.wait({answering, watching}, return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        for task in done:
            try:
                task.result()
            except RequestAborted:
                # Nobody is there to be told.
                continue
        if answering in done:
            body_file.close()

    async def listen_for_disconnect(self, receive: Receive) -> None:
        """Wait for the client to go away; raise `RequestAborted` then."""
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RequestAborted
        raise AssertionError(f"Invalid ASGI message after request body: {message['type']}")

    async def read_body(self, receive: Receive) -> BinaryIO:
        """Spool the body: small ones into memory, others to disk, written from a thread."""
        limit = settings.FILE_UPLOAD_MAX_MEMORY_SIZE
        body_file = tempfile.SpooledTemporaryFile(max_size=limit, mode="w+b")  # noqa: SIM115
        size = 0
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise RequestAborted
                chunk = message.get("body")
                if chunk:
                    size += len(chunk)
                    if limit and size > limit:
                        await asyncio.to_thread(body_file.write, chunk)
                    else:
                        body_file.write(chunk)
                if not message.get("more_body", False):
                    break
        except BaseException:
            body_file.close()
            raise
        body_file.seek(0)
        return body_file  # type: ignore[return-value]

    def create_request(
        self, scope: Scope, body_file: BinaryIO
    ) -> tuple[HttpRequest | None, HttpResponseBase | None]:
        """Return the request, or the response to one that cannot be understood."""
        try:
            return self.request_class(scope, body_file), None
        except UnicodeDecodeError:
            logger.warning(
                "Bad Request (UnicodeDecodeError)", exc_info=sys.exc_info(), extra={"status_code": 400}
            )
            return None, HttpResponseBadRequest()
        except RequestDataTooBig:
            return None, HttpResponse("413 Payload too large", status=413)
        except BadRequest as error:
            logger.warning("%s", error, exc_info=sys.exc_info(), extra={"status_code": 400})
            return None, HttpResponseBadRequest()

    # -- answering

    async def _answer(self, request: HttpRequest, send: Send) -> None:
        loop = asyncio.get_running_loop()
        lane = self._workers if await spawn(self.is_cooperative, request) else _threads(loop)
        held = await lane.run(self._serve, request, _Outlet(loop, send))
        if held is not None:
            await self._send_held(held, send)

    def _serve(self, request: HttpRequest, outlet: _Outlet) -> Held | None:
        """Answer inside the lane: a held response is returned to be sent, a streamed one is sent from here."""
        response = self.respond(request)
        if not response.streaming:
            return self._finished(response)
        try:
            outlet.send(_start(response.status_code, response.header_list()))
            for chunk in response.chunks():  # type: ignore[attr-defined]
                for at in range(0, len(chunk), self.chunk_size):
                    outlet.send(_body(chunk[at : at + self.chunk_size], more=True))
            outlet.send(_body(b"", more=False))
        finally:
            response.close()
        return None

    def _finished(self, response: HttpResponseBase) -> Held:
        """Return what is to be sent of a response that is held, and close it where it was made."""
        held = (int(response.status_code), response.header_list(), response.content)  # type: ignore[attr-defined]
        try:
            response.close()
        except Exception:
            # The answer is complete; what fails behind it must not keep it from being sent.
            logger.exception("Closing a response failed.")
        return held

    async def _send_held(self, held: Held, send: Send) -> None:
        status, headers, content = held
        await send(_start(status, headers))
        for at in range(0, len(content), self.chunk_size):
            last = at + self.chunk_size >= len(content)
            await send(_body(content[at : at + self.chunk_size], more=not last))
        if not content:
            await send(_body(b"", more=False))


#: Status, headers and content.
Held = tuple[int, list[tuple[str, str]], bytes]


class _Outlet:
    """Sends from inside a lane, waiting until the server has taken each message."""

    def __init__(self, loop: asyncio.AbstractEventLoop, send: Send) -> None:
        self._loop, self._send = loop, send

    def send(self, message: dict[str, Any]) -> None:
        if in_worker():
            wait(self._send(message))
        else:
            asyncio.run_coroutine_threadsafe(self._sending(message), self._loop).result()

    async def _sending(self, message: dict[str, Any]) -> None:
        # What a server's `send` returns can be awaited, but need not be a coroutine.
        await self._send(message)


def _start(status: int, headers: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "type": "http.response.start",
        "status": int(status),
        "headers": [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers],
    }


def _body(chunk: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.response.body", "body": chunk, "more_body": more}


_lanes: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, ThreadLane] = weakref.WeakKeyDictionary()


def _threads(loop: asyncio.AbstractEventLoop) -> ThreadLane:
    """Return the thread lane of a loop; one serves all applications on it."""
    lane = _lanes.get(loop)
    if lane is None:
        lane = _lanes[loop] = ThreadLane()
    return lane
