"""Content Security Policy: the headers, and a nonce for those who ask (ref/csp)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nuages.conf import settings
from nuages.http import HttpRequest
from nuages.utils.csp import CSP, LazyNonce, build_policy
from nuages.utils.deprecation import MiddlewareMixin
from nuages.utils.memo import worked_out_from


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
        for header, own, general, written in _policies():
            # An empty policy of the view's own means none.
            config = getattr(response, own, general)
            if config and header not in response.headers:
                if config is not general or written is None:
                    written = build_policy(config, get_nonce(request))
                response.headers[header] = written
        return response


@worked_out_from("SECURE_CSP", "SECURE_CSP_REPORT_ONLY")
def _policies() -> list[tuple[str, str, Any, str | None]]:
    """Return (header, the attribute for a view's own, the site's policy, it as text unless it has a nonce)."""
    return [
        (str(header), own, general, None if not general or _has_nonce(general) else build_policy(general))
        for header, own, general in (
            (CSP.HEADER_ENFORCE, "_csp_config", settings.SECURE_CSP),
            (CSP.HEADER_REPORT_ONLY, "_csp_ro_config", settings.SECURE_CSP_REPORT_ONLY),
        )
    ]


def _has_nonce(policy: Mapping[str, Any]) -> bool:
    return any(
        CSP.NONCE in ([sources] if isinstance(sources, str) else sources)
        for sources in policy.values()
        if sources is not None and not isinstance(sources, bool)
    )
