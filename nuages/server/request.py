"""`RSGIRequest`: a request as Granian describes it. What costs is made when asked for."""

from __future__ import annotations

import logging
from typing import Any, BinaryIO

from nuages.core.handlers.asgi import split_path
from nuages.http import HttpRequest, QueryDict, parse_cookie
from nuages.server.protocol import Scope
from nuages.utils.functional import cached_property

logger = logging.getLogger("django.request")


# Bounded: clients may send what names they like.
_KNOWN_AT_MOST = 512
_known: dict[str, str] = {}


def meta_key(name: str) -> str | None:
    """Return the key of a header in `META`; None for one that is left out.

    An underscore could pass for a hyphen, and a client's header for one that a proxy sets.
    """
    if "_" in name:
        return None
    key = name.upper().replace("-", "_")
    key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
    if len(_known) < _KNOWN_AT_MOST:
        _known[name] = key
    return key


class RSGIRequest(HttpRequest):
    """A request described by an RSGI scope, with its body as a file that may still be arriving."""

    def __init__(self, scope: Scope, body: BinaryIO | None, script_name: str) -> None:
        self.scope = scope
        self.method = scope.method.upper()
        self.path = scope.path
        self.script_name = script_name
        self.path_info = split_path(scope.path, script_name) if script_name else scope.path
        self._stream = body
        if scope.headers.get("content-type") is not None:
            self._set_content_type_params(self.META)
        else:
            self.content_type, self.content_params = "", {}

    @cached_property
    def META(self) -> dict[str, Any]:  # type: ignore[override]
        scope = self.scope
        host, _, port = scope.server.rpartition(":")
        client, _, client_port = scope.client.rpartition(":")
        meta: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": self.script_name,
            "PATH_INFO": self.path_info,
            "QUERY_STRING": scope.query_string,
            "SERVER_NAME": host or scope.server,
            "SERVER_PORT": port or "80",
            "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
            "REMOTE_ADDR": client or scope.client,
            "REMOTE_HOST": client or scope.client,
            "REMOTE_PORT": client_port,
        }
        for name, value in scope.headers.items():
            key = _known.get(name) or meta_key(name)
            if key is None:
                continue
            if key in meta:
                value = f"{meta[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
            meta[key] = value
        if "HTTP_HOST" not in meta and scope.authority:
            meta["HTTP_HOST"] = scope.authority  # HTTP/2 names the host there
        return meta

    @cached_property
    def GET(self) -> QueryDict:
        return QueryDict(self.scope.query_string, encoding=self._encoding)

    @cached_property
    def COOKIES(self) -> dict[str, str]:
        headers = self.scope.headers
        values = headers.get_all("cookie")
        if not values and "cookie" in headers:
            logger.warning(
                "%s: cookies with bytes beyond ASCII cannot be read; all of them are lost.", self.path
            )
        return parse_cookie("; ".join(values))

    def _get_scheme(self) -> str:
        return self.scope.scheme

    def started_with(self) -> dict[str, Any]:
        """What `request_started` is sent with."""
        return {"scope": self.scope}
