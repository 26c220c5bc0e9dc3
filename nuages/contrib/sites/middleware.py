"""Middleware that gives requests their site."""

from __future__ import annotations

from typing import Any

from nuages.contrib.sites.shortcuts import get_current_site
from nuages.utils.deprecation import MiddlewareMixin


class CurrentSiteMiddleware(MiddlewareMixin):
    """Sets `request.site`."""

    def process_request(self, request: Any) -> None:
        """Give the request its site."""
        request.site = get_current_site(request)
