"""Middleware that looks for a redirect where there is no page."""

from __future__ import annotations

from typing import Any

from nuages.apps import apps
from nuages.conf import settings
from nuages.core.exceptions import ImproperlyConfigured
from nuages.http import HttpResponseGone, HttpResponsePermanentRedirect
from nuages.utils.deprecation import MiddlewareMixin


class RedirectFallbackMiddleware(MiddlewareMixin):
    """Answers a 404 with the redirect of the address, if it has one."""

    response_gone_class: Any = HttpResponseGone
    response_redirect_class: Any = HttpResponsePermanentRedirect

    def __init__(self, get_response: Any) -> None:
        if not apps.is_installed("nuages.contrib.sites"):
            raise ImproperlyConfigured(
                "You cannot use RedirectFallbackMiddleware when django.contrib.sites is not installed."
            )
        super().__init__(get_response)

    def process_response(self, request: Any, response: Any) -> Any:
        """Put a redirect in the place of a missing page."""
        if response.status_code != 404:
            return response
        found = self._found(request)
        if found is None:
            return response
        return self.response_redirect_class(found.new_path) if found.new_path else self.response_gone_class()

    @staticmethod
    def _found(request: Any) -> Any:
        from nuages.contrib.redirects.models import Redirect
        from nuages.contrib.sites.shortcuts import get_current_site

        paths = [request.get_full_path()]
        if settings.APPEND_SLASH and not request.path.endswith("/"):
            paths.append(request.get_full_path(force_append_slash=True))
        known = Redirect.objects.filter(site=get_current_site(request), old_path__in=paths)
        by_path = {redirect.old_path: redirect for redirect in known}
        return next((by_path[path] for path in paths if path in by_path), None)
