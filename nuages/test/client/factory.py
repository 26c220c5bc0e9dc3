"""`RequestFactory`: request objects as a WSGI server would cause them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from nuages.conf import settings
from nuages.core.handlers.wsgi import WSGIRequest
from nuages.core.serializers.json import DjangoJSONEncoder
from nuages.http import HttpHeaders
from nuages.test.client.encoding import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from nuages.test.client.payload import FakePayload
from nuages.utils.encoding import force_bytes
from nuages.utils.http import urlencode
from nuages.utils.regex_helper import _lazy_re_compile

CONTENT_TYPE_RE = _lazy_re_compile(r".*; charset=([\w-]+);?")
JSON_CONTENT_TYPE_RE = _lazy_re_compile(r"^application\/(.+\+)?json")

_OCTETS = "application/octet-stream"


class RequestFactory:
    """Makes requests: `RequestFactory().get("/path/")`. Keywords beyond the named ones become `META` entries."""

    def __init__(
        self,
        *,
        json_encoder: type[json.JSONEncoder] = DjangoJSONEncoder,
        headers: Mapping[str, str] | None = None,
        query_params: Mapping[str, Any] | None = None,
        **defaults: Any,
    ) -> None:
        self.json_encoder = json_encoder
        self.defaults = defaults
        self.cookies: SimpleCookie = SimpleCookie()
        self.errors = BytesIO()
        if headers:
            self.defaults.update(HttpHeaders.to_wsgi_names(headers))
        if query_params:
            self.defaults["QUERY_STRING"] = urlencode(query_params, doseq=True)

    def _base_environ(self, **request: Any) -> dict[str, Any]:
        sent = sorted(f"{morsel.key}={morsel.coded_value}" for morsel in self.cookies.values())
        server = {"SERVER_NAME": "testserver", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1"}
        asked = {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": "/", "HTTP_COOKIE": "; ".join(sent)}
        streams = {"wsgi.input": FakePayload(b""), "wsgi.errors": self.errors}
        process = {
            f"wsgi.{name}": name == "multiprocess" for name in ("multiprocess", "multithread", "run_once")
        }
        protocol = {"wsgi.version": (1, 0), "wsgi.url_scheme": "http", "REMOTE_ADDR": "127.0.0.1"}
        return {**server, **asked, **streams, **process, **protocol, **self.defaults, **request}

    def request(self, **request: Any) -> Any:
        """Make a request from WSGI environment entries."""
        return WSGIRequest(self._base_environ(**request))

    def _encode_data(self, data: Any, content_type: str) -> bytes:
        if content_type is MULTIPART_CONTENT:
            return encode_multipart(BOUNDARY, data)
        match = CONTENT_TYPE_RE.match(content_type)
        return force_bytes(data, encoding=match[1] if match else settings.DEFAULT_CHARSET)

    def _encode_json(self, data: Any, content_type: str) -> Any:
        is_json = JSON_CONTENT_TYPE_RE.match(content_type) and isinstance(data, dict | list | tuple)
        return json.dumps(data, cls=self.json_encoder) if is_json else data

    def _get_path(self, parsed: Any) -> str:
        path = unquote_to_bytes(parsed.path)
        # WSGI hands bytes over as Latin-1.
        return path.decode("iso-8859-1")

    def _with_query(self, data: Any, query_params: Any) -> str:
        if query_params and data:
            raise ValueError("query_params and data arguments are mutually exclusive.")
        return urlencode(query_params or data or {}, doseq=True)

    def get(
        self, path: str, data: Any = None, secure: bool = False, *, headers: Any = None, query_params: Any = None,
        **extra: Any,
    ) -> Any:  # fmt: skip
        """Make a GET request; `data` or `query_params` become the query string."""
        return self._bodyless("GET", path, data, secure, headers, query_params, extra)

    def head(
        self, path: str, data: Any = None, secure: bool = False, *, headers: Any = None, query_params: Any = None,
        **extra: Any,
    ) -> Any:  # fmt: skip
        """Make a HEAD request."""
        return self._bodyless("HEAD", path, data, secure, headers, query_params, extra)

    def _bodyless(
        self,
        method: str,
        path: str,
        data: Any,
        secure: bool,
        headers: Any,
        query_params: Any,
        extra: dict[str, Any],
    ) -> Any:
        query = self._with_query(data, query_params)
        return self.generic(method, path, secure=secure, headers=headers, **{"QUERY_STRING": query, **extra})

    def post(
        self, path: str, data: Any = None, content_type: str = MULTIPART_CONTENT, secure: bool = False, *,
        headers: Any = None, query_params: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        """Make a POST request with a form in `data`, or JSON, or whatever `content_type` says."""
        body = self._encode_data(self._encode_json({} if data is None else data, content_type), content_type)
        return self.generic(
            "POST",
            path,
            body,
            content_type,
            secure=secure,
            headers=headers,
            query_params=query_params,
            **extra,
        )

    def trace(
        self, path: str, secure: bool = False, *, headers: Any = None, query_params: Any = None, **extra: Any
    ) -> Any:
        """Make a TRACE request."""
        return self.generic("TRACE", path, secure=secure, headers=headers, query_params=query_params, **extra)

    def options(
        self, path: str, data: Any = "", content_type: str = _OCTETS, secure: bool = False, *,
        headers: Any = None, query_params: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        """Make an OPTIONS request."""
        return self._carrying("OPTIONS", path, data, content_type, secure, headers, query_params, extra)

    def put(
        self, path: str, data: Any = "", content_type: str = _OCTETS, secure: bool = False, *,
        headers: Any = None, query_params: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        """Make a PUT request."""
        return self._with_body("PUT", path, data, content_type, secure, headers, query_params, extra)

    def patch(
        self, path: str, data: Any = "", content_type: str = _OCTETS, secure: bool = False, *,
        headers: Any = None, query_params: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        """Make a PATCH request."""
        return self._with_body("PATCH", path, data, content_type, secure, headers, query_params, extra)

    def delete(
        self, path: str, data: Any = "", content_type: str = _OCTETS, secure: bool = False, *,
        headers: Any = None, query_params: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        """Make a DELETE request."""
        return self._with_body("DELETE", path, data, content_type, secure, headers, query_params, extra)

    def _with_body(
        self, method: str, path: str, data: Any, content_type: str, secure: bool, headers: Any, query_params: Any,
        extra: dict[str, Any],
    ) -> Any:  # fmt: skip
        data = self._encode_json(data, content_type)
        return self._carrying(method, path, data, content_type, secure, headers, query_params, extra)

    def _carrying(
        self, method: str, path: str, data: Any, content_type: str, secure: bool, headers: Any, query_params: Any,
        extra: dict[str, Any],
    ) -> Any:  # fmt: skip
        kept = {"secure": secure, "headers": headers, "query_params": query_params}
        return self.generic(method, path, data, content_type, **kept, **extra)

    def generic(
        self, method: str, path: str, data: Any = "", content_type: str = _OCTETS, secure: bool = False, *,
        headers: Any = None, query_params: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        """Make a request with any method."""
        parsed = urlsplit(str(path))
        body = force_bytes(data, settings.DEFAULT_CHARSET)
        entries: dict[str, Any] = {
            "PATH_INFO": self._get_path(parsed),
            "REQUEST_METHOD": method,
            "SERVER_PORT": "443" if secure else "80",
            "wsgi.url_scheme": "https" if secure else "http",
        }
        if body:
            entries |= {
                "CONTENT_LENGTH": str(len(body)),
                "CONTENT_TYPE": content_type,
                "wsgi.input": FakePayload(body),
            }
        if headers:
            extra |= HttpHeaders.to_wsgi_names(headers)
        if query_params:
            extra["QUERY_STRING"] = urlencode(query_params, doseq=True)
        entries |= extra
        if not entries.get("QUERY_STRING"):
            # The path's own query counts only where none was given otherwise; WSGI wants it as Latin-1.
            entries["QUERY_STRING"] = parsed.query.encode().decode("iso-8859-1")
        return self.request(**entries)
