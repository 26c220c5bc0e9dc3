"""The part of RSGI that we use, as types. Specified by Granian (docs/spec/RSGI.md of its source)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

HeaderList = list[tuple[str, str]]


class Headers(Protocol):
    """The request's headers, names in lower case."""

    def get(self, key: str, default: str | None = None) -> str | None: ...
    def get_all(self, key: str) -> list[str]: ...
    def __contains__(self, key: str) -> bool: ...
    def items(self) -> list[tuple[str, str]]: ...


class Scope(Protocol):
    """What is known of a request before its body."""

    proto: str
    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None

    @property
    def headers(self) -> Headers: ...


class Transport(Protocol):
    """Takes a response piece by piece."""

    async def send_bytes(self, data: bytes) -> None: ...


class HTTPProtocol(Protocol):
    """Gives the body and takes the response; exactly one `response_…` call per request."""

    async def __call__(self) -> bytes: ...
    def __aiter__(self) -> AsyncIterator[bytes]: ...
    async def client_disconnect(self) -> None: ...
    def response_empty(self, status: int, headers: HeaderList) -> None: ...
    def response_str(self, status: int, headers: HeaderList, body: str) -> None: ...
    def response_bytes(self, status: int, headers: HeaderList, body: bytes) -> None: ...
    def response_file(self, status: int, headers: HeaderList, file: str) -> None: ...
    def response_file_range(
        self, status: int, headers: HeaderList, file: str, start: int, end: int
    ) -> None: ...
    def response_stream(self, status: int, headers: HeaderList) -> Transport: ...
