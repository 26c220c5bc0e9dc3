"""Requests as the server describes them."""

from __future__ import annotations

from typing import Any

import pytest

from nuages.server import request as room
from nuages.server.request import RSGIRequest


class Headers:
    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs

    def items(self) -> list[tuple[str, str]]:
        return self.pairs

    def get(self, key: str, default: Any = None) -> Any:
        return dict(self.pairs).get(key, default)


class Scope:
    http_version, server, client, method, path, query_string = (
        "1.1",
        "[::1]:80",
        "1.2.3.4:5",
        "get",
        "/a",
        "b=1",
    )
    authority: str | None = None

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self.headers = Headers(list(pairs))


def meta(*pairs: tuple[str, str]) -> dict[str, Any]:
    return RSGIRequest(Scope(*pairs), None, "").META  # type: ignore[arg-type]


def test_meta_tells_of_server_client_and_headers() -> None:
    told = meta(("host", "here"), ("x-one", "1"), ("content-type", "text/plain"))
    assert (told["SERVER_NAME"], told["SERVER_PORT"], told["REMOTE_ADDR"]) == ("[::1]", "80", "1.2.3.4")
    assert (told["HTTP_HOST"], told["HTTP_X_ONE"], told["CONTENT_TYPE"]) == ("here", "1", "text/plain")


def test_a_header_that_comes_twice_is_joined_and_one_with_an_underscore_left_out() -> None:
    for _ in range(2):
        told = meta(("x-one", "1"), ("cookie", "a=1"), ("x_one", "no"), ("x-one", "2"), ("cookie", "b=2"))
        assert (told["HTTP_X_ONE"], told["HTTP_COOKIE"]) == ("1,2", "a=1; b=2")


def test_no_more_names_of_headers_are_kept_than_a_site_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_known", {})
    told = meta(*((f"x-{number}", str(number)) for number in range(600)))
    assert told["HTTP_X_599"] == "599" and len(room._known) == 512
