"""Security headers, slashes, compression, conditional requests, content security policies, caching."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from nuages.core.exceptions import DisallowedHost, PermissionDenied
from nuages.http import HttpRequest, HttpResponse, HttpResponseNotFound, StreamingHttpResponse
from nuages.middleware.clickjacking import XFrameOptionsMiddleware
from nuages.middleware.common import BrokenLinkEmailsMiddleware, CommonMiddleware
from nuages.middleware.csp import ContentSecurityPolicyMiddleware, get_nonce
from nuages.middleware.gzip import GZipMiddleware
from nuages.middleware.http import ConditionalGetMiddleware
from nuages.middleware.security import SecurityMiddleware
from nuages.test.utils import override_settings
from nuages.urls import path
from nuages.utils.csp import CSP
from nuages.views.decorators.common import no_append_slash


class URLConf:
    def __init__(self, *patterns: Any) -> None:
        self.urlpatterns = list(patterns)


@pytest.fixture
def configured() -> Iterator[Callable[..., None]]:
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(override_settings(**settings)) and None


def asked(path: str = "/", method: str = "GET", **meta: str) -> HttpRequest:
    request = HttpRequest()
    request.method, request.path, request.path_info = method, path, path
    request.META.update({"HTTP_HOST": "testserver", "SERVER_PORT": "80", **meta})
    return request


def answering(content: Any = b"", **headers: str) -> Callable[[Any], HttpResponse]:
    return lambda request: HttpResponse(content, headers=headers)


def missing(request: Any) -> HttpResponse:
    return HttpResponseNotFound()


def test_security_headers_are_added_but_never_over_the_views_own(configured: Any) -> None:
    configured(SECURE_HSTS_SECONDS=60, SECURE_HSTS_PRELOAD=True, SECURE_REFERRER_POLICY="origin, same-origin")
    response = SecurityMiddleware(answering(**{"X-Content-Type-Options": "mine"}))(asked())
    assert dict(response.headers) | {"Content-Type": ""} == {
        "X-Content-Type-Options": "mine",
        "Content-Type": "",
        "Referrer-Policy": "origin,same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def test_https_is_enforced_except_where_exempt(configured: Any) -> None:
    configured(SECURE_SSL_REDIRECT=True, SECURE_REDIRECT_EXEMPT=[r"^health/"])
    middleware = SecurityMiddleware(answering())
    assert middleware(asked("/a/", QUERY_STRING="b=1"))["Location"] == "https://testserver/a/?b=1"
    assert middleware(asked("/health/")).status_code == 200


def test_a_missing_slash_is_added_only_where_that_helps(configured: Any) -> None:
    configured(
        ROOT_URLCONF=URLConf(path("a/", missing), path("b/", no_append_slash(missing))), APPEND_SLASH=True
    )
    middleware = CommonMiddleware(missing)
    assert middleware(asked("/a", QUERY_STRING="x=1")).url == "/a/?x=1"
    assert [middleware(asked(p)).status_code for p in ("/a/", "/b", "/c")] == [404, 404, 404]
    configured(DEBUG=True)
    with pytest.raises(RuntimeError, match="doesn't end in a slash"):
        middleware(asked("/a", "POST"))


def test_a_slash_is_never_added_on_the_way_to_another_host(configured: Any) -> None:
    configured(ROOT_URLCONF=URLConf(path("/evil.com/", missing)))
    assert CommonMiddleware(missing)(asked("//evil.com")).url == "/%2Fevil.com/"


def test_unwanted_clients_and_forged_hosts_are_refused(configured: Any) -> None:
    configured(DISALLOWED_USER_AGENTS=[re.compile("Bad")])
    middleware = CommonMiddleware(answering())
    with pytest.raises(PermissionDenied):
        middleware.process_request(asked(HTTP_USER_AGENT="BadBot"))
    with pytest.raises(DisallowedHost):
        middleware.process_request(asked(HTTP_HOST="evil.com"))
    assert middleware(asked())["Content-Length"] == "0"


def test_links_that_lead_nowhere_are_told_unless_nobody_can_help() -> None:
    ignorable = BrokenLinkEmailsMiddleware(missing).is_ignorable_request
    request = asked("/gone/")
    assert not ignorable(request, "/gone/", "testserver", "https://other.org/page")
    for referer in ("", "/gone/", "/gone", "http://testserver/gone/", "https://search.org/?q=x"):
        assert ignorable(request, "/gone/", "testserver", referer), referer


def test_compression_where_it_is_understood_and_worth_it() -> None:
    middleware = GZipMiddleware(answering("x" * 1000, ETag='"a"'))
    response = middleware(asked(HTTP_ACCEPT_ENCODING="br, gzip"))
    assert gzip.decompress(response.content) == b"x" * 1000
    assert (response["ETag"], response["Vary"], response["Content-Length"]) == (
        'W/"a"',
        "Accept-Encoding",
        str(len(response.content)),
    )
    assert "Content-Encoding" not in middleware(asked())
    assert "Content-Encoding" not in GZipMiddleware(answering("short"))(asked(HTTP_ACCEPT_ENCODING="gzip"))
    lengths = {len(middleware(asked(HTTP_ACCEPT_ENCODING="gzip")).content) for _ in range(20)}
    assert len(lengths) > 1, "the length must not tell what is in it"


def test_streams_are_compressed_as_they_go() -> None:
    middleware = GZipMiddleware(lambda request: StreamingHttpResponse(["a" * 500, "b"]))
    response = middleware(asked(HTTP_ACCEPT_ENCODING="gzip"))
    assert gzip.decompress(b"".join(response)) == b"a" * 500 + b"b"


def test_a_copy_that_is_still_right_is_not_sent_again() -> None:
    middleware = ConditionalGetMiddleware(answering("content"))
    tag = middleware(asked())["ETag"]
    assert middleware(asked(HTTP_IF_NONE_MATCH=tag)).status_code == 304
    assert middleware(asked(HTTP_IF_NONE_MATCH='"other"')).status_code == 200
    assert "ETag" not in ConditionalGetMiddleware(answering("x", **{"Cache-Control": "no-store"}))(asked())
    assert "ETag" not in middleware(asked(method="POST"))


def test_frames_are_denied_unless_the_view_decides() -> None:
    assert XFrameOptionsMiddleware(answering())(asked())["X-Frame-Options"] == "DENY"
    assert (
        XFrameOptionsMiddleware(answering(**{"X-Frame-Options": "SAMEORIGIN"}))(asked())["X-Frame-Options"]
        == "SAMEORIGIN"
    )


def test_a_nonce_is_in_the_policy_only_when_it_was_used(configured: Any) -> None:
    configured(SECURE_CSP={"default-src": [CSP.SELF, CSP.NONCE]})
    used = ContentSecurityPolicyMiddleware(lambda request: HttpResponse(str(get_nonce(request))))(asked())
    assert used[CSP.HEADER_ENFORCE] == f"default-src 'self' 'nonce-{used.text}'"
    assert ContentSecurityPolicyMiddleware(answering())(asked())[CSP.HEADER_ENFORCE] == "default-src 'self'"


def test_a_view_may_have_a_policy_of_its_own_or_none(configured: Any) -> None:
    from nuages.views.decorators.csp import csp_override, csp_report_only_override

    configured(SECURE_CSP={"default-src": [CSP.SELF]}, SECURE_CSP_REPORT_ONLY={"default-src": [CSP.NONE]})
    view = csp_override({"img-src": [CSP.SELF]})(csp_report_only_override({})(answering()))
    response = ContentSecurityPolicyMiddleware(view)(asked())
    assert response[CSP.HEADER_ENFORCE] == "img-src 'self'" and CSP.HEADER_REPORT_ONLY not in response
    with pytest.raises(TypeError, match="should be a mapping"):
        csp_override([])  # type: ignore[arg-type]
