"""Conditional GET: what the client has already is not sent again."""

from __future__ import annotations

from typing import Any

from nuages.http import HttpRequest
from nuages.utils.cache import get_conditional_response, set_response_etag
from nuages.utils.deprecation import MiddlewareMixin
from nuages.utils.http import parse_http_date_safe, split_directive_names


class ConditionalGetMiddleware(MiddlewareMixin):
    """Adds an ETag and answers 304 where the client's copy is still right."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Compare with what the client has."""
        # Only a GET has both the whole content and nothing done that 304 would deny.
        if request.method != "GET":
            return response
        if self.needs_etag(response) and not response.has_header("ETag"):
            set_response_etag(response)
        etag = response.get("ETag")
        modified = response.get("Last-Modified")
        modified_at = parse_http_date_safe(modified) if modified else None
        if not etag and not modified_at:
            return response
        return get_conditional_response(request, etag=etag, last_modified=modified_at, response=response)

    def needs_etag(self, response: Any) -> bool:
        """Say whether an ETag is of use: not for what must not be stored."""
        return "no-store" not in split_directive_names(response.get("Cache-Control", ""))
