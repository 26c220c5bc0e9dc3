"""Cross Site Request Forgery protection (ref/csrf, howto/csrf).

A secret lives in a cookie (or the session); forms carry a token made of it. The token is the secret masked with
a random key in front, so that it differs each time and compression gives nothing away.
"""

from __future__ import annotations

import logging
import string
from typing import Any
from urllib.parse import SplitResult, urlsplit

from nuages.conf import settings
from nuages.core.exceptions import DisallowedHost, ImproperlyConfigured
from nuages.http import HttpHeaders, HttpRequest, UnreadablePostError
from nuages.http.cookie import options_in_settings
from nuages.spine import call
from nuages.urls import get_callable
from nuages.utils.cache import patch_vary_headers
from nuages.utils.crypto import constant_time_compare, get_random_string
from nuages.utils.deprecation import MiddlewareMixin
from nuages.utils.functional import cached_property
from nuages.utils.http import is_same_domain
from nuages.utils.log import log_response

logger = logging.getLogger("django.security.csrf")

CSRF_ALLOWED_CHARS = string.ascii_letters + string.digits
CSRF_SECRET_LENGTH = 32
CSRF_TOKEN_LENGTH = 2 * CSRF_SECRET_LENGTH
CSRF_SESSION_KEY = "_csrftoken"

REASON_INCORRECT_LENGTH = "has incorrect length"
REASON_INVALID_CHARACTERS = "has invalid characters"
REASON_CSRF_TOKEN_MISSING = "CSRF token missing."
REASON_NO_CSRF_COOKIE = "CSRF cookie not set."
REASON_NO_REFERER = "Referer checking failed - no Referer."
REASON_MALFORMED_REFERER = "Referer checking failed - Referer is malformed."
REASON_INSECURE_REFERER = "Referer checking failed - Referer is insecure while host is secure."
REASON_BAD_REFERER = "Referer checking failed - %s does not match any trusted origins."
REASON_BAD_ORIGIN = "Origin checking failed - %s does not match any trusted origins."

_SIZE = len(CSRF_ALLOWED_CHARS)
# For `bytes.translate`: from characters to their places, to how far they stand from the end, and from sums of two back.
_ALPHABET = CSRF_ALLOWED_CHARS.encode()
_PLACES = bytes.maketrans(_ALPHABET, bytes(range(_SIZE)))
_PLACES_BACK = bytes.maketrans(_ALPHABET, bytes(-place % _SIZE for place in range(_SIZE)))
_LETTERS = bytes(_ALPHABET[place % _SIZE] for place in range(256))
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class RejectRequest(Exception):
    """The request is refused, for this reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class InvalidTokenFormat(Exception):
    """What should be a secret or a token does not look like one."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# -- secrets and tokens


def _get_new_csrf_string() -> str:
    """Return what can be a secret, or the mask of one."""
    return get_random_string(CSRF_SECRET_LENGTH, allowed_chars=CSRF_ALLOWED_CHARS)


def _mask_cipher_secret(secret: str) -> str:
    """Return a new token for a secret."""
    mask = _get_new_csrf_string()
    return mask + _moved(secret, mask, _PLACES)


def _unmask_cipher_token(token: str) -> str:
    """Return the secret that a token was made of."""
    return _moved(token[CSRF_SECRET_LENGTH:], token[:CSRF_SECRET_LENGTH], _PLACES_BACK)


def _moved(text: str, by: str, places: bytes) -> str:
    """Return each character moved on in the alphabet, by what `places` says of the one beside it."""
    # As numbers, all characters are added at once: no sum of two places is more than a byte holds.
    sums = int.from_bytes(text.encode().translate(_PLACES)) + int.from_bytes(by.encode().translate(places))
    return sums.to_bytes(len(text)).translate(_LETTERS).decode()


def _check_token_format(token: str) -> None:
    """Raise `InvalidTokenFormat` for what is neither a secret nor a token."""
    if len(token) not in (CSRF_TOKEN_LENGTH, CSRF_SECRET_LENGTH):
        raise InvalidTokenFormat(REASON_INCORRECT_LENGTH)
    # The allowed characters are the letters and digits of ASCII, which bytes are quick to tell.
    if not (token.isascii() and token.encode().isalnum()):
        raise InvalidTokenFormat(REASON_INVALID_CHARACTERS)


def _does_token_match(request_csrf_token: str, csrf_secret: str) -> bool:
    """Say whether a token (or bare secret) of a request belongs to the secret."""
    masked = len(request_csrf_token) == CSRF_TOKEN_LENGTH
    secret = _unmask_cipher_token(request_csrf_token) if masked else request_csrf_token
    assert len(secret) == CSRF_SECRET_LENGTH
    return constant_time_compare(secret, csrf_secret)


def _add_new_csrf_cookie(request: HttpRequest) -> str:
    secret = _get_new_csrf_string()
    request.META["CSRF_COOKIE"] = secret
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True
    return secret


def get_token(request: HttpRequest) -> str:
    """Return a token for a form; the response will set the cookie that it goes with."""
    secret = request.META.get("CSRF_COOKIE")
    if secret is None:
        secret = _add_new_csrf_cookie(request)
    else:
        request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True
    return _mask_cipher_secret(secret)


def rotate_token(request: HttpRequest) -> None:
    """Change the secret; done when somebody logs in."""
    _add_new_csrf_cookie(request)


def _get_failure_view() -> Any:
    return get_callable(settings.CSRF_FAILURE_VIEW)


class CsrfViewMiddleware(MiddlewareMixin):
    """Lets requests that change something through only with a token, and from trusted origins."""

    # -- what is trusted

    @cached_property
    def csrf_trusted_origins_hosts(self) -> list[str]:
        """The hosts of CSRF_TRUSTED_ORIGINS; one that begins with a dot stands for its subdomains."""
        return [_host(origin) for origin in settings.CSRF_TRUSTED_ORIGINS]

    @cached_property
    def allowed_origins_exact(self) -> set[str]:
        """The trusted origins without a wildcard."""
        return {origin for origin in settings.CSRF_TRUSTED_ORIGINS if "*" not in origin}

    @cached_property
    def allowed_origin_subdomains(self) -> dict[str, list[str]]:
        """The trusted domains with a wildcard, by scheme."""
        domains: dict[str, list[str]] = {}
        for origin in settings.CSRF_TRUSTED_ORIGINS:
            if "*" in origin:
                domains.setdefault(urlsplit(origin).scheme, []).append(_host(origin))
        return domains

    # -- the life of a request

    def process_request(self, request: HttpRequest) -> None:
        """Find the secret."""
        try:
            secret = self._get_secret(request)
        except InvalidTokenFormat:
            _add_new_csrf_cookie(request)
        else:
            if secret is not None:
                request.META["CSRF_COOKIE"] = secret

    def process_view(
        self, request: HttpRequest, callback: Any, callback_args: Any, callback_kwargs: Any
    ) -> Any:
        """Refuse the request unless it is harmless, exempt, or carries the right token."""
        if getattr(request, "csrf_processing_done", False) or getattr(callback, "csrf_exempt", False):
            return None
        if request.method not in _SAFE_METHODS and not getattr(request, "_dont_enforce_csrf_checks", False):
            try:
                self._check(request)
            except RejectRequest as refused:
                return self._reject(request, refused.reason)
        request.csrf_processing_done = True  # type: ignore[attr-defined]
        return None

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Set the cookie if the token was used."""
        if request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
            self._set_csrf_cookie(request, response)
            # Another layer of this middleware (a decorator) has nothing left to do, until it changes again.
            request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False
        return response

    # -- checks

    def _check(self, request: HttpRequest) -> None:
        if "HTTP_ORIGIN" in request.META:
            if not self._origin_verified(request):
                raise RejectRequest(REASON_BAD_ORIGIN % request.META["HTTP_ORIGIN"])
        elif request.is_secure():
            # Over HTTPS a cookie can have been set by somebody in the middle of an HTTP connection to another
            # subdomain, so that the token proves nothing; browsers send a referer there.
            self._check_referer(request)
        self._check_token(request)

    def _origin_verified(self, request: HttpRequest) -> bool:
        origin = request.META["HTTP_ORIGIN"]
        try:
            own = f"{'https' if request.is_secure() else 'http'}://{request.get_host()}"
        except DisallowedHost:
            own = None
        if origin == own or origin in self.allowed_origins_exact:
            return True
        try:
            parsed = urlsplit(origin)
        except ValueError:
            return False
        domains = self.allowed_origin_subdomains.get(parsed.scheme, ())
        return any(is_same_domain(parsed.netloc, domain) for domain in domains)

    def _check_referer(self, request: HttpRequest) -> None:
        header = request.META.get("HTTP_REFERER")
        if header is None:
            raise RejectRequest(REASON_NO_REFERER)
        try:
            referer = urlsplit(header)
        except ValueError:
            raise RejectRequest(REASON_MALFORMED_REFERER) from None
        if not (referer.scheme and referer.netloc):
            raise RejectRequest(REASON_MALFORMED_REFERER)
        if referer.scheme != "https":
            raise RejectRequest(REASON_INSECURE_REFERER)
        if any(is_same_domain(referer.netloc, host) for host in self.csrf_trusted_origins_hosts):
            return
        if not is_same_domain(referer.netloc, self._good_referer(request, referer)):
            raise RejectRequest(REASON_BAD_REFERER % referer.geturl())

    def _good_referer(self, request: HttpRequest, referer: SplitResult) -> str:
        domain = settings.SESSION_COOKIE_DOMAIN if settings.CSRF_USE_SESSIONS else settings.CSRF_COOKIE_DOMAIN
        if domain is None:
            try:
                return request.get_host()
            except DisallowedHost:
                raise RejectRequest(REASON_BAD_REFERER % referer.geturl()) from None
        port = request.get_port()
        return domain if port in ("443", "80") else f"{domain}:{port}"

    def _check_token(self, request: HttpRequest) -> None:
        try:
            secret = self._get_secret(request)
        except InvalidTokenFormat as wrong:
            raise RejectRequest(f"CSRF cookie {wrong.reason}.") from None
        if secret is None:
            # Nobody can have been given a token; this also stops forged logins.
            raise RejectRequest(REASON_NO_CSRF_COOKIE)
        token, source = self._token_of(request)
        try:
            _check_token_format(token)
        except InvalidTokenFormat as wrong:
            raise RejectRequest(f"CSRF token from {source} {wrong.reason}.") from None
        if not _does_token_match(token, secret):
            raise RejectRequest(f"CSRF token from {source} incorrect.")

    def _token_of(self, request: HttpRequest) -> tuple[str, str]:
        token = ""
        if request.method == "POST":
            try:
                token = request.POST.get("csrfmiddlewaretoken", "")
            except UnreadablePostError:
                # The client is gone; that there is no token ends it well enough.
                token = ""
        if token:
            return token, "POST"
        header = settings.CSRF_HEADER_NAME
        try:
            # What scripts send, and what PUT and DELETE can have.
            return request.META[header], f"the {HttpHeaders.parse_header_name(header)!r} HTTP header"
        except KeyError:
            raise RejectRequest(REASON_CSRF_TOKEN_MISSING) from None

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        response = call(_get_failure_view(), request, reason=reason)
        log_response(
            "Forbidden (%s): %s", reason, request.path, response=response, request=request, logger=logger
        )
        return response

    # -- where the secret is kept

    def _get_secret(self, request: HttpRequest) -> str | None:
        if settings.CSRF_USE_SESSIONS:
            session = getattr(request, "session", None)
            if session is None:
                raise ImproperlyConfigured(
                    "CSRF_USE_SESSIONS is enabled, but request.session is not set. SessionMiddleware must appear "
                    "before CsrfViewMiddleware in MIDDLEWARE."
                )
            secret = session.get(CSRF_SESSION_KEY)
        else:
            secret = request.COOKIES.get(settings.CSRF_COOKIE_NAME)
        if secret is None:
            return None
        _check_token_format(secret)
        # Older versions kept the secret masked.
        return _unmask_cipher_token(secret) if len(secret) == CSRF_TOKEN_LENGTH else secret

    def _set_csrf_cookie(self, request: HttpRequest, response: Any) -> None:
        secret = request.META["CSRF_COOKIE"]
        if settings.CSRF_USE_SESSIONS:
            session = request.session  # type: ignore[attr-defined]
            if session.get(CSRF_SESSION_KEY) != secret:
                session[CSRF_SESSION_KEY] = secret
            return
        response.set_cookie(settings.CSRF_COOKIE_NAME, secret, **options_in_settings("CSRF_COOKIE"))
        patch_vary_headers(response, ("Cookie",))


def _host(origin: str) -> str:
    return urlsplit(origin).netloc.lstrip("*")
