"""HTTPS, and headers that make browsers careful (ref/middleware, security middleware)."""

from __future__ import annotations

import re
from typing import Any

from nuages.conf import settings
from nuages.http import HttpRequest, HttpResponsePermanentRedirect
from nuages.http.headers import entry_of
from nuages.utils.deprecation import MiddlewareMixin
from nuages.utils.functional import cached_property


class SecurityMiddleware(MiddlewareMixin):
    """Redirects to HTTPS and sets the security headers as the `SECURE_…` settings say."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self.redirect, self.redirect_host = settings.SECURE_SSL_REDIRECT, settings.SECURE_SSL_HOST
        self.redirect_exempt = [re.compile(pattern) for pattern in settings.SECURE_REDIRECT_EXEMPT]
        self.sts_preload = settings.SECURE_HSTS_PRELOAD
        self.sts_include_subdomains = settings.SECURE_HSTS_INCLUDE_SUBDOMAINS
        self.sts_seconds = settings.SECURE_HSTS_SECONDS
        self.cross_origin_opener_policy = settings.SECURE_CROSS_ORIGIN_OPENER_POLICY
        self.referrer_policy = settings.SECURE_REFERRER_POLICY
        self.content_type_nosniff = settings.SECURE_CONTENT_TYPE_NOSNIFF

    def process_request(self, request: HttpRequest) -> Any:
        """Redirect to HTTPS, except for paths that are exempt."""
        if not self.redirect or request.is_secure():
            return None
        path = request.path.lstrip("/")
        if any(pattern.search(path) for pattern in self.redirect_exempt):
            return None
        host = self.redirect_host or request.get_host()
        return HttpResponsePermanentRedirect(f"https://{host}{request.get_full_path()}")

    @cached_property
    def _always(self) -> dict[str, tuple[str, str]]:
        """The headers that every response gets."""
        entries = []
        if self.content_type_nosniff:
            entries.append(entry_of("X-Content-Type-Options", "nosniff"))
        if self.referrer_policy:
            policy = self.referrer_policy
            several = policy.split(",") if isinstance(policy, str) else policy
            entries.append(entry_of("Referrer-Policy", ",".join(value.strip() for value in several)))
        if self.cross_origin_opener_policy:
            entries.append(entry_of("Cross-Origin-Opener-Policy", self.cross_origin_opener_policy))
        return dict(entries)

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Set the headers that are not there yet."""
        headers = response.headers
        if self.sts_seconds and "Strict-Transport-Security" not in headers and request.is_secure():
            headers["Strict-Transport-Security"] = self._transport_security()
        headers.fill_in(self._always)
        return response

    def _transport_security(self) -> str:
        value = f"max-age={self.sts_seconds}"
        if self.sts_include_subdomains:
            value += "; includeSubDomains"
        return f"{value}; preload" if self.sts_preload else value
