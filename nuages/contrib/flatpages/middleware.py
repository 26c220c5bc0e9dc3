"""Middleware that looks for a flat page where there is no other."""

from __future__ import annotations

from typing import Any

from nuages.conf import settings
from nuages.contrib.flatpages.views import flatpage
from nuages.http import Http404
from nuages.utils.deprecation import MiddlewareMixin


class FlatpageFallbackMiddleware(MiddlewareMixin):
    """Answers a 404 with the flat page of the address, if it has one."""

    def process_response(self, request: Any, response: Any) -> Any:
        """Put a flat page in the place of a missing page."""
        return response if response.status_code != 404 else self._page(request) or response

    @staticmethod
    def _page(request: Any) -> Any:
        try:
            return flatpage(request, request.path_info)
        except Exception as error:
            # In production, the site's own page for missing pages says more than an error that comes from here.
            if settings.DEBUG and not isinstance(error, Http404):
                raise
        return None
