"""Content Security Policy: the headers, and a nonce for those who ask (ref/csp)."""

from __future__ import annotations

from typing import Any

from nuages.conf import settings
from nuages.http import HttpRequest
from nuages.utils.csp import CSP, LazyNonce, build_policy
from nuages.utils.deprecation import MiddlewareMixin


def get_nonce(request: Any) -> LazyNonce | None:
    """Return the nonce of a request; made when it is used. None without the middleware."""
    return getattr(request, "_csp_nonce", None)


class ContentSecurityPolicyMiddleware(MiddlewareMixin):
    """Sets the policies of `SECURE_CSP` and `SECURE_CSP_REPORT_ONLY`, or those the view set in their place."""

    def process_request(self, request: HttpRequest) -> None:
        """Have a nonce ready."""
        request._csp_nonce = LazyNonce()  # type: ignore[attr-defined]

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Set the headers."""
        nonce = get_nonce(request)
        for header, own, general in (
            (CSP.HEADER_ENFORCE, "_csp_config", settings.SECURE_CSP),
            (CSP.HEADER_REPORT_ONLY, "_csp_ro_config", settings.SECURE_CSP_REPORT_ONLY),
        ):
            # An empty policy of the view's own means none.
            config = getattr(response, own, general)
            if config and header not in response.headers:
                response.headers[str(header)] = build_policy(config, nonce)
        return response
