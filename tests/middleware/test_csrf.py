"""Cross site request forgery protection."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.http import HttpRequest, HttpResponse
from nuages.middleware.csrf import (
    CSRF_ALLOWED_CHARS,
    CsrfViewMiddleware,
    InvalidTokenFormat,
    _check_token_format,
    _does_token_match,
    _mask_cipher_secret,
    _unmask_cipher_token,
    get_token,
    rotate_token,
)
from nuages.test.utils import override_settings
from nuages.views.decorators.csrf import csrf_exempt, csrf_protect, ensure_csrf_cookie, requires_csrf_token

secrets = st.text(CSRF_ALLOWED_CHARS, min_size=32, max_size=32)


def view(request: Any) -> HttpResponse:
    return HttpResponse("done")


def posted(cookie: str | None = None, token: str | None = None, **meta: str) -> HttpRequest:
    request = HttpRequest()
    request.method = "POST"
    request.META.update({"HTTP_HOST": "testserver", "SERVER_PORT": "80"}, **meta)
    if cookie:
        request.COOKIES["csrftoken"] = cookie
    if token:
        request.POST["csrfmiddlewaretoken"] = token
    return request


def status_of(request: HttpRequest) -> int:
    middleware = CsrfViewMiddleware(view)
    middleware.process_request(request)
    answer = middleware.process_view(request, view, (), {})
    return 200 if answer is None else answer.status_code


@given(secrets)
def test_a_token_is_another_each_time_and_always_of_its_secret(secret: str) -> None:
    first, second = _mask_cipher_secret(secret), _mask_cipher_secret(secret)
    assert first != second and _unmask_cipher_token(first) == _unmask_cipher_token(second) == secret
    assert _does_token_match(first, secret) and _does_token_match(secret, secret)


def test_tokens_made_elsewhere_are_understood() -> None:
    # From Django's documentation of the format: mask, then secret shifted by it.
    assert (
        _unmask_cipher_token("1bcdefghij2bcdefghij3bcdefghij4bcdefghij5bcdefghij6bcdefghijABCD")
        == "lcccccccX2kcccccccY2jcccccccssIC"
    )


@given(st.text(max_size=80))
def test_what_is_no_token_is_refused_before_it_is_compared(text: str) -> None:
    try:
        _check_token_format(text)
    except InvalidTokenFormat:
        return
    assert len(text) in (32, 64) and set(text) <= set(CSRF_ALLOWED_CHARS)


def test_a_post_needs_cookie_and_token() -> None:
    secret = "a" * 32
    token = _mask_cipher_secret(secret)
    assert status_of(posted(secret, token)) == 200
    assert status_of(posted(secret, HTTP_X_CSRFTOKEN=token)) == 200
    assert status_of(posted(None, token)) == status_of(posted(secret)) == 403
    assert status_of(posted("b" * 32, token)) == status_of(posted(secret, "é" * 32)) == 403


@pytest.mark.parametrize(
    "origin, status",
    [
        ("http://testserver", 200),
        ("https://testserver", 403),
        ("null", 403),
        ("https://[", 403),
        ("https://a.example.com", 200),
        ("http://a.example.com", 403),
    ],
)
def test_the_origin_has_to_be_trusted(origin: str, status: int) -> None:
    secret = "a" * 32
    with override_settings(CSRF_TRUSTED_ORIGINS=["https://*.example.com"]):
        assert status_of(posted(secret, secret, HTTP_ORIGIN=origin)) == status


@pytest.mark.parametrize(
    "referer, status",
    [
        (None, 403),
        ("https://testserver/x", 200),
        ("http://testserver/", 403),
        ("https://evil/", 403),
        ("https://", 403),
        ("https://[", 403),
    ],
)
def test_over_https_without_an_origin_the_referer_has_to_be_ours(referer: str | None, status: int) -> None:
    class Secure(HttpRequest):
        def is_secure(self) -> bool:
            return True

    secret = "a" * 32
    request = posted(secret, secret, **({"HTTP_REFERER": referer} if referer else {}))
    request.__class__ = Secure
    assert status_of(request) == status


def test_the_cookie_is_set_only_when_the_token_was_used() -> None:
    def using(request: HttpRequest) -> HttpResponse:
        return HttpResponse(get_token(request))

    assert not CsrfViewMiddleware(view)(HttpRequest()).cookies
    response = CsrfViewMiddleware(using)(HttpRequest())
    assert _unmask_cipher_token(response.text) == response.cookies["csrftoken"].value
    assert response["Vary"] == "Cookie"


def test_logging_in_changes_the_secret() -> None:
    request = HttpRequest()
    before = _unmask_cipher_token(get_token(request))
    rotate_token(request)
    assert _unmask_cipher_token(get_token(request)) != before


def test_single_views_can_be_protected_exempt_or_made_to_send_the_cookie() -> None:
    assert csrf_protect(view)(posted()).status_code == 403
    assert requires_csrf_token(view)(posted()).status_code == 200
    assert ensure_csrf_cookie(view)(posted()).cookies
    exempt = csrf_exempt(view)
    assert CsrfViewMiddleware(view).process_view(posted(), exempt, (), {}) is None
    assert not hasattr(view, "csrf_exempt")


@pytest.mark.parametrize("lenient", [requires_csrf_token, ensure_csrf_cookie])
def test_a_protected_view_is_checked_inside_a_view_that_only_needs_the_token(lenient: Any) -> None:
    both = lenient(csrf_protect(view))
    assert both(posted(cookie="a" * 32)).status_code == 403
    assert both(posted(cookie="a" * 32, token="a" * 32)).status_code == 200


def test_a_token_is_a_mask_and_the_secret_moved_on_by_it() -> None:
    assert _unmask_cipher_token("b" * 31 + "9" + "b" * 31 + "a") == "a" * 31 + "b"


SECRETS = st.text(CSRF_ALLOWED_CHARS, min_size=32, max_size=32)


@given(SECRETS, SECRETS)
def test_a_token_is_its_secret_moved_on_by_its_mask(secret: str, mask: str) -> None:
    place = CSRF_ALLOWED_CHARS.index
    moved = "".join(CSRF_ALLOWED_CHARS[(place(one) + place(by)) % 62] for one, by in zip(secret, mask))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("nuages.middleware.csrf._get_new_csrf_string", lambda: mask)
        assert _mask_cipher_secret(secret) == mask + moved
    assert _unmask_cipher_token(mask + moved) == secret
