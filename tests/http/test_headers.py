"""Headers of requests and responses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.http import BadHeaderError, HttpHeaders, HttpResponse
from nuages.http.headers import ResponseHeaders


def test_request_headers_are_found_in_any_spelling() -> None:
    headers = HttpHeaders({"HTTP_USER_AGENT": "x", "CONTENT_TYPE": "text/plain", "SERVER_NAME": "no header"})
    assert headers["user-agent"] == headers["USER_AGENT"] == "x"
    assert sorted(headers) == ["Content-Type", "User-Agent"]


@pytest.mark.parametrize(
    "name, value", [("X", "a\r\nSet-Cookie: b"), ("X\n", "a"), ("X", b"a\nb"), ("X", "†\nb"), ("X", "a\0b")]
)
def test_a_header_cannot_carry_another(name: str, value: object) -> None:
    response = HttpResponse()
    with pytest.raises(BadHeaderError):
        response[name] = value
    with pytest.raises(BadHeaderError):
        HttpResponse(headers={name: value})


@given(st.text(), st.text())
def test_whatever_is_accepted_can_be_sent_on_one_line(name: str, value: str) -> None:
    headers = ResponseHeaders()
    try:
        headers[name] = value
    except (BadHeaderError, UnicodeError):
        return
    ((sent_name, sent_value),) = headers.pairs()
    sent_name.encode("ascii")
    line = sent_value.encode("latin-1")
    assert not {b"\r"[0], b"\n"[0], 0} & set(line)


def test_spelling_of_the_last_setting_is_sent_and_deleting_never_fails() -> None:
    headers = ResponseHeaders({"x-one": "1"})
    headers["X-One"] = "2"
    assert list(headers.items()) == [("X-One", "2")]
    del headers["x-ONE"], headers["never"]
    assert "x-one" not in headers and len(headers) == 0


def test_cookie_attributes_cannot_break_out_of_their_line() -> None:
    response = HttpResponse()
    response.set_cookie("a", "b", path="/\r\nX-Injected: yes")
    with pytest.raises(BadHeaderError):
        response.header_list()
    response = HttpResponse()
    response.set_cookie("a", "b", path="/\r\nX-Injected: yes")
    assert response.cookies["a"]["path"] == "/\r\nX-Injected: yes"
    with pytest.raises(BadHeaderError):
        response.header_list()
    response = HttpResponse()
    response.set_cookie("a", "b\r\nX-Injected: yes")
    assert all("\n" not in value for _, value in response.header_list())
