"""Requests: hosts, addresses, bodies."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.core.exceptions import DisallowedHost, RequestDataTooBig
from nuages.core.handlers.wsgi import WSGIRequest
from nuages.http import HttpRequest, RawPostDataException
from nuages.http.hosts import split_domain_port
from nuages.http.request import MediaType, is_same_domain
from nuages.test.utils import override_settings


def make(body: bytes = b"", **environ: Any) -> WSGIRequest:
    return WSGIRequest(
        {
            "REQUEST_METHOD": "POST" if body else "GET",
            "wsgi.input": BytesIO(body),
            "CONTENT_LENGTH": str(len(body)),
            **environ,
        }
    )


FORM = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    "host",
    [
        "evil.com",
        "testserver@evil.com",
        "testserver:80/x",
        "testserver\r\nX: y",
        "test server",
        "[::1",
        "",
        "testserver..",
    ],
)
def test_a_forged_host_is_refused(host: str) -> None:
    with pytest.raises(DisallowedHost):
        make(HTTP_HOST=host).get_host()


@given(st.text())
def test_a_host_is_either_refused_or_harmless(host: str) -> None:
    domain, port = split_domain_port(host)
    assert not set(domain) & set("/@\\<> \r\n\t?#") and (port == "" or (port.isascii() and port.isdigit()))


def test_subdomains_are_allowed_by_a_leading_dot() -> None:
    with override_settings(ALLOWED_HOSTS=[".example.com"]):
        assert make(HTTP_HOST="a.example.com:8000").get_host() == "a.example.com:8000"
        with pytest.raises(DisallowedHost, match="may need to add"):
            make(HTTP_HOST="example.com.evil.org").get_host()


@given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=60))
def test_bytes_that_are_no_text_never_break_a_request(path: bytes, query: bytes, cookie: bytes) -> None:
    request = make(
        PATH_INFO="/" + path.decode("latin-1"),
        QUERY_STRING=query.decode("latin-1"),
        HTTP_COOKIE=cookie.decode("latin-1"),
        HTTP_ACCEPT=query.decode("latin-1"),
    )
    request.path.encode()
    assert isinstance(request.GET.urlencode(), str) and isinstance(request.COOKIES, dict)
    request.accepts("text/html")
    request.get_full_path()
    repr(request)


@pytest.mark.parametrize(
    ("path", "full"), [("/100%", "/100%25"), ("/a%2Fb", "/a%252Fb"), ("/a b/é", "/a%20b/%C3%A9")]
)
def test_the_full_path_leads_back_to_the_path(path: str, full: str) -> None:
    request = make(PATH_INFO=path.encode().decode("latin-1"), QUERY_STRING="q=%20", HTTP_HOST="testserver")
    assert request.get_full_path() == f"{full}?q=%20"
    assert request.build_absolute_uri() == f"http://testserver{full}?q=%20"


def test_the_body_can_be_read_after_the_form_and_the_form_after_the_body() -> None:
    request = make(b"a=1&a=2", **FORM)
    assert request.POST.getlist("a") == ["1", "2"]
    assert request.body == request.read() == b"a=1&a=2"


def test_after_reading_the_stream_there_is_no_body_and_no_form() -> None:
    request = make(b"a=1", **FORM)
    assert request.read(1) == b"a"
    with pytest.raises(RawPostDataException):
        request.body  # noqa: B018
    assert not request.POST


def test_a_body_over_the_limit_is_refused_whatever_its_stated_length() -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10):
        for stated in ("11", "5000"):
            request = make(b"x" * 5000, CONTENT_LENGTH=stated)
            with pytest.raises(RequestDataTooBig):
                request.body  # noqa: B018


def test_a_stream_is_read_no_further_than_the_stated_length() -> None:
    assert make(b"12345next request", CONTENT_LENGTH="5").body == b"12345"
    assert make(b"12345", CONTENT_LENGTH="-3").body == b""
    assert make(b"12345", CONTENT_LENGTH="many").body == b""


def test_changing_the_encoding_reads_the_query_again() -> None:
    request = make(QUERY_STRING="name=%E4")
    assert request.GET["name"] == "�"
    request.encoding = "latin-1"
    assert request.GET["name"] == "ä"


@pytest.mark.parametrize(
    "location, expected",
    [
        (None, "http://testserver/a/?q=1"),
        ("/b/", "http://testserver/b/"),
        ("b", "http://testserver/a/b"),
        ("//other/x", "http://other/x"),
        ("https://other/ä", "https://other/%C3%A4"),
    ],
)
def test_absolute_addresses(location: str | None, expected: str) -> None:
    assert (
        make(PATH_INFO="/a/", QUERY_STRING="q=1", HTTP_HOST="testserver").build_absolute_uri(location)
        == expected
    )


def test_a_path_of_two_slashes_stays_on_this_host() -> None:
    assert (
        make(PATH_INFO="//evil.com/", HTTP_HOST="testserver").build_absolute_uri()
        == "http://testserver//evil.com/"
    )


def test_a_type_with_parameters_comes_under_one_without() -> None:
    assert MediaType("text/html;level=1").match("text/html")
    assert not MediaType("text/html").match("text/html;level=1")
    request = HttpRequest()
    request.META["HTTP_ACCEPT"] = "text/*;q=0.3,text/html;q=0.7,*/*;q=0"
    assert request.get_preferred_type(["text/plain", "text/html", "image/png"]) == "text/html"
    assert not request.accepts("image/png")


def test_channels_finds_where_it_looks_how_hosts_are_compared() -> None:
    assert is_same_domain("a.example.com", ".example.com")
    assert not is_same_domain("example.org", ".example.com")
