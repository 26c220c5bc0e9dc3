"""Keeps pages out of other sites' frames (ref/clickjacking)."""

from __future__ import annotations

from functools import lru_cache

from nuages.conf import settings
from nuages.http import HttpRequest, HttpResponseBase
from nuages.http.headers import Entry, entry_of
from nuages.utils.deprecation import MiddlewareMixin


@lru_cache(maxsize=16)
def _header(value: str) -> Entry:
    return entry_of("X-Frame-Options", value)


class XFrameOptionsMiddleware(MiddlewareMixin):
    """Sets X-Frame-Options, unless the view did or is exempt."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Set the header."""
        headers = response.headers
        if headers.get("X-Frame-Options") is None and not getattr(response, "xframe_options_exempt", False):
            headers.put(_header(self.get_xframe_options_value(request, response)))
        return response

    def get_xframe_options_value(self, request: HttpRequest, response: HttpResponseBase) -> str:
        """Return what the header shall say; override it to decide by request or response."""
        return getattr(settings, "X_FRAME_OPTIONS", "DENY").upper()
