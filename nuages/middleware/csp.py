"""Content Security Policy: the headers, and a nonce for those who ask (ref/csp)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nuages.conf import settings
from nuages.http import HttpRequest
from nuages.http.headers import entry_of
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
        written = _always()
        if written is None or hasattr(response, "_csp_config") or hasattr(response, "_csp_ro_config"):
            # An empty policy of the view's own means none.
            enforced = getattr(response, "_csp_config", settings.SECURE_CSP)
            reported = getattr(response, "_csp_ro_config", settings.SECURE_CSP_REPORT_ONLY)
            written = _written(enforced, reported, get_nonce(request))
        response.headers.fill_in(written)
        return response


@worked_out_from("SECURE_CSP", "SECURE_CSP_REPORT_ONLY")
def _always() -> dict[str, tuple[str, str]] | None:
    """Return the headers of the site's policies; None where they have a nonce, and so differ each time."""
    enforced, reported = settings.SECURE_CSP, settings.SECURE_CSP_REPORT_ONLY
    return None if _has_nonce(enforced) or _has_nonce(reported) else _written(enforced, reported, None)


def _written(enforced: Any, reported: Any, nonce: Any) -> dict[str, tuple[str, str]]:
    policies = ((CSP.HEADER_ENFORCE, enforced), (CSP.HEADER_REPORT_ONLY, reported))
    return dict(entry_of(str(header), build_policy(policy, nonce)) for header, policy in policies if policy)


def _has_nonce(policy: Mapping[str, Any] | None) -> bool:
    return any(
        CSP.NONCE in ([sources] if isinstance(sources, str) else sources)
        for sources in (policy or {}).values()
        if sources is not None and not isinstance(sources, bool)
    )
