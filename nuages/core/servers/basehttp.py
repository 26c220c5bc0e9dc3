"""A small threaded WSGI server on the standard library's, for `LiveServerTestCase` and `testserver`.

Sites are served by Granian (`runserver`, `serve`); this one shares a process and its test database with the tests.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import socketserver
import sys
from typing import Any
from wsgiref import simple_server
from wsgiref.headers import Headers

from nuages.core.exceptions import ImproperlyConfigured
from nuages.core.wsgi import get_wsgi_application
from nuages.db import connections
from nuages.utils.module_loading import import_string

logger = logging.getLogger("django.server")

__all__ = ("WSGIRequestHandler", "WSGIServer")


def get_internal_wsgi_application() -> Any:
    """Return the application that WSGI_APPLICATION names, or the plain one. Raises `ImproperlyConfigured`."""
    from nuages.conf import settings

    path = settings.WSGI_APPLICATION
    if path is None:
        return get_wsgi_application()
    try:
        return import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(
            f"WSGI application '{path}' could not be loaded; Error importing module."
        ) from error


def is_broken_pipe_error() -> bool:
    """Say whether the exception at hand only means that the client went away."""
    return isinstance(sys.exc_info()[1], BrokenPipeError | ConnectionAbortedError | ConnectionResetError)


class WSGIServer(simple_server.WSGIServer):
    """A WSGI server for IPv4 or IPv6."""

    request_queue_size = 10

    def __init__(
        self, *args: Any, ipv6: bool = False, allow_reuse_address: bool = True, **kwargs: Any
    ) -> None:
        if ipv6:
            self.address_family = socket.AF_INET6
        self.allow_reuse_address = allow_reuse_address
        super().__init__(*args, **kwargs)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log a client that went away in a line; tell everything else in full."""
        if is_broken_pipe_error():
            logger.info("- Broken pipe from %s", client_address)
        else:
            super().handle_error(request, client_address)


class ThreadedWSGIServer(socketserver.ThreadingMixIn, WSGIServer):
    """Serves each request in a thread; `connections_override` are the database connections these share."""

    daemon_threads = True

    def __init__(self, *args: Any, connections_override: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connections_override = connections_override

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer in this thread, on the shared connections."""
        shared = self.connections_override or {}
        for alias, connection in shared.items():
            connections[alias] = connection
        try:
            super().process_request_thread(request, client_address)
        finally:
            # Else they would be closed with what belongs to this thread, whenever that is cleared away.
            for alias in shared:
                del connections[alias]

    def _close_connections(self) -> None:
        connections.close_all()

    def close_request(self, request: Any) -> None:
        """Close the request and, with the thread about to end, its connections."""
        self._close_connections()
        super().close_request(request)


class ServerHandler(simple_server.ServerHandler):
    """Runs the application for one request on an HTTP/1.1 connection."""

    http_version = "1.1"

    # What the standard library's handlers keep and its type stubs leave out.
    headers: Headers
    environ: dict[str, Any]
    request_handler: Any

    def __init__(self, stdin: Any, stdout: Any, stderr: Any, environ: Any, **kwargs: Any) -> None:
        try:
            length = int(environ.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        super().__init__(_Bounded(stdin, length), stdout, stderr, environ, **kwargs)

    def cleanup_headers(self) -> None:
        """Say that the connection closes where the client could not know the length, or the server may not wait."""
        told = "Content-Length" in self.headers
        super().cleanup_headers()
        head = self.environ["REQUEST_METHOD"] == "HEAD"
        if head and not told:
            # Nothing was sent, which says nothing of the length that a GET would get.
            del self.headers["Content-Length"]
        if (not head and "Content-Length" not in self.headers) or not isinstance(
            self.request_handler.server,
            socketserver.ThreadingMixIn,
        ):
            self.headers["Connection"] = "close"
        if self.headers.get("Connection") == "close":
            self.request_handler.close_connection = True

    def close(self) -> None:
        """Read what the application left of the body, so that the next request starts at its beginning."""
        self.get_stdin().read()
        super().close()

    def finish_response(self) -> None:
        """Send the response, without a body in answer to HEAD."""
        if self.environ["REQUEST_METHOD"] != "HEAD":
            super().finish_response()
            return
        try:
            self.send_headers()
        finally:
            self.close()


class _Bounded:
    """A request body that ends where Content-Length says."""

    def __init__(self, stream: Any, length: int) -> None:
        self.stream = stream
        self.left = length

    def read(self, size: int | None = None) -> bytes:
        return self._take(self.stream.read, size)

    def readline(self, size: int | None = None) -> bytes:
        return self._take(self.stream.readline, size)

    def _take(self, read: Any, size: int | None) -> bytes:
        wanted = self.left if size is None or size < 0 else min(size, self.left)
        if wanted <= 0:
            return b""
        data = read(wanted)
        self.left = self.left - len(data) if data else 0
        return data

    def readlines(self, hint: int | None = None) -> list[bytes]:
        return list(self)

    def __iter__(self) -> Any:
        while line := self.readline():
            yield line


# Control characters as they are written in Python.
_VISIBLE = {code: repr(chr(code))[1:-1] for code in (*range(0x20), *range(0x7F, 0xA0))}


class WSGIRequestHandler(simple_server.WSGIRequestHandler):
    """Reads requests from one connection."""

    protocol_version = "HTTP/1.1"

    def address_string(self) -> str:
        """Return the address itself: looking a name up may take long."""
        return self.client_address[0]

    def log_message(self, format: str, *args: Any) -> None:
        """Log a request at the level its status deserves."""
        status = str(args[1]) if len(args) > 1 else ""
        if args and str(args[0]).startswith("\x16\x03"):
            logger.error(
                "You're accessing the development server over HTTPS, but it only supports HTTP.",
                extra={"request": self.request, "server_time": self.log_date_time_string()},
            )
            return
        level = {"4": logger.warning, "5": logger.error}.get(status[:1], logger.info)
        level(
            format,
            # A client must not steer the terminal that shows its requests.
            *(arg.translate(_VISIBLE) if isinstance(arg, str) else arg for arg in args),
            extra={
                "request": self.request,
                "server_time": self.log_date_time_string(),
                "status_code": int(status) if status.isdigit() else None,
            },
        )

    def get_environ(self) -> Any:
        """Return the environment, without headers that could pass for others: `X_User` is `X-User` in it."""
        for name in [name for name in self.headers if "_" in name]:
            del self.headers[name]
        return super().get_environ()

    def handle(self) -> None:
        """Answer requests until the connection closes."""
        while True:
            self.close_connection = True  # unless the request that is read asks otherwise
            self.handle_one_request()
            if self.close_connection:
                break
        with contextlib.suppress(OSError, AttributeError):
            # Half-closed (where it is a socket at all), so that the client can still read what is under way.
            self.connection.shutdown(socket.SHUT_WR)

    def handle_one_request(self) -> None:
        """Answer one request; a request line that is too long gets a 414."""
        self.raw_requestline = self.rfile.readline(65537)
        if len(self.raw_requestline) > 65536:
            self.requestline = self.request_version = self.command = ""
            self.send_error(414)
            return
        if not self.parse_request():
            return
        handler = ServerHandler(self.rfile, self.wfile, self.get_stderr(), self.get_environ())
        handler.request_handler = self
        handler.run(self.server.get_app())  # type: ignore[attr-defined]


def run(
    addr: str,
    port: int,
    wsgi_handler: Any,
    ipv6: bool = False,
    threading: bool = False,
    on_bind: Any = None,
    server_cls: type[WSGIServer] = WSGIServer,
) -> None:
    """Serve `wsgi_handler` until the process ends."""
    kind = (
        type("WSGIServer", (socketserver.ThreadingMixIn, server_cls), {"daemon_threads": True})
        if threading
        else server_cls
    )
    server = kind((addr, port), WSGIRequestHandler, ipv6=ipv6)
    if on_bind is not None:
        on_bind(getattr(server, "server_port", port))
    server.set_app(wsgi_handler)
    server.serve_forever()
