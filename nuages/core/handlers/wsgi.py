"""Under a WSGI server: requests from an environment, responses as iterables."""

from __future__ import annotations

from collections.abc import Callable
from io import IOBase
from typing import Any, BinaryIO

from nuages.conf import settings
from nuages.core.handlers import base
from nuages.http import HttpRequest, HttpResponseBase, QueryDict, parse_cookie
from nuages.utils.encoding import repercent_broken_unicode
from nuages.utils.functional import cached_property

__all__ = [
    "LimitedStream",
    "WSGIHandler",
    "WSGIRequest",
    "get_path_info",
    "get_script_name",
]


class LimitedStream(IOBase):
    """A stream that ends after `limit` bytes: servers let reads past the body block."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._read, self._readline = stream.read, stream.readline
        self._left = limit

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to `size` bytes, all that is left without it."""
        return self._took(self._read, size)

    def readline(self, size: int | None = -1, /) -> bytes:
        """Return a line, or the beginning of one."""
        return self._took(self._readline, size)

    def _took(self, read: Callable[[int], bytes], size: int | None) -> bytes:
        if self._left <= 0:
            return b""
        data = read(self._left if size is None or size < 0 else min(size, self._left))
        self._left -= len(data)
        return data

    def readable(self) -> bool:
        """Always."""
        return True


class WSGIRequest(HttpRequest):
    """A request that a WSGI server describes in an environment."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self.script_name = script_name = get_script_name(environ)
        # A request for the mount point itself comes without a path; it is for the root of the site.
        self.path_info = path_info = get_path_info(environ) or "/"
        self.environ = environ
        self.path = f"{script_name.rstrip('/')}/{path_info.removeprefix('/')}"
        self.META = environ
        environ["PATH_INFO"] = path_info
        environ["SCRIPT_NAME"] = script_name
        self.method = environ["REQUEST_METHOD"].upper()
        self._set_content_type_params(environ)
        try:
            length = int(environ.get("CONTENT_LENGTH") or 0)
        except (TypeError, ValueError):
            length = 0
        self._stream = LimitedStream(environ["wsgi.input"], length)  # type: ignore[assignment]

    def _get_scheme(self) -> str:
        return self.environ.get("wsgi.url_scheme", "http")

    def started_with(self) -> dict[str, Any]:
        """Return what the signal `request_started` tells."""
        return {"environ": self.environ}

    @cached_property
    def GET(self) -> QueryDict:
        """The query string."""
        return QueryDict(_as_sent(self.environ, "QUERY_STRING"), encoding=self._encoding)

    @cached_property
    def COOKIES(self) -> dict[str, str]:
        """The cookies that the client sent."""
        return parse_cookie(get_str_from_wsgi(self.environ, "HTTP_COOKIE", ""))


class WSGIHandler(base.BaseHandler):
    """The site as a WSGI application."""

    request_class = WSGIRequest

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> HttpResponseBase:
        request = self.request_class(environ)
        response = self.respond(request)
        status = f"{int(response.status_code)} {response.reason_phrase}"
        start_response(status, response.header_list())
        wrapper = environ.get("wsgi.file_wrapper")
        file_to_stream = getattr(response, "file_to_stream", None)
        if wrapper is not None and file_to_stream is not None:
            # The server closes what it is given; it must close the response as well.
            file_to_stream.close = response.close
            return wrapper(file_to_stream, response.block_size)  # type: ignore[attr-defined]
        return response


def get_path_info(environ: dict[str, Any]) -> str:
    """Return the path as text; bytes that are not UTF-8 stay percent-encoded."""
    return repercent_broken_unicode(_as_sent(environ, "PATH_INFO", "/")).decode()


def get_script_name(environ: dict[str, Any]) -> str:
    """Return where the site is mounted: as the setting says, else as the server does."""
    if settings.FORCE_SCRIPT_NAME is not None:
        return settings.FORCE_SCRIPT_NAME
    # Apache's mod_rewrite tells the path before rewriting in these.
    url = _as_sent(environ, "SCRIPT_URL") or _as_sent(environ, "REDIRECT_URL")
    if not url:
        return _as_sent(environ, "SCRIPT_NAME").decode(errors="replace")
    while b"//" in url:
        # PATH_INFO comes with single slashes; lengths are compared below.
        url = url.replace(b"//", b"/")
    path_info = _as_sent(environ, "PATH_INFO")
    script_name = url[: -len(path_info)] if path_info else url
    return script_name.decode(errors="replace")


def get_bytes_from_wsgi(environ: dict[str, Any], key: str, default: str) -> bytes:
    """Return a variable as the bytes that were sent (WSGI has them as latin-1 text)."""
    return environ.get(key, default).encode("iso-8859-1")


def get_str_from_wsgi(environ: dict[str, Any], key: str, default: str) -> str:
    """Return a variable as text, what is not UTF-8 replaced."""
    return get_bytes_from_wsgi(environ, key, default).decode(errors="replace")


def _as_sent(environ: dict[str, Any], key: str, default: str = "") -> bytes:
    return get_bytes_from_wsgi(environ, key, default)
