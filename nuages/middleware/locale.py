"""The language of each request (topics/i18n/translation, how a language preference is discovered)."""

from __future__ import annotations

from typing import Any

from nuages.conf import settings
from nuages.conf.urls.i18n import is_language_prefix_patterns_used
from nuages.http import HttpRequest, HttpResponseRedirect
from nuages.urls import get_script_prefix, is_valid_path
from nuages.utils import translation
from nuages.utils.cache import patch_vary_headers
from nuages.utils.deprecation import MiddlewareMixin


class LocaleMiddleware(MiddlewareMixin):
    """Activates the language that the path, the cookie or the browser asks for."""

    response_redirect_class = HttpResponseRedirect

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language."""
        prefixed, default_prefixed = is_language_prefix_patterns_used(_urlconf(request))
        language = translation.get_language_from_request(request, check_path=prefixed)
        if prefixed and not default_prefixed and not translation.get_language_from_path(request.path_info):
            # A path without a prefix is in the default language, whatever the browser prefers.
            language = settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Redirect a path that lacks its language, and say which language the content is in."""
        language = translation.get_language()
        in_path = translation.get_language_from_path(request.path_info)
        urlconf = _urlconf(request)
        prefixed, default_prefixed = is_language_prefix_patterns_used(urlconf)
        if response.status_code == 404 and prefixed and default_prefixed and not in_path:
            redirect = self._with_language(request, language, urlconf)
            if redirect is not None:
                return redirect
        if not (prefixed and in_path):
            patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", language)
        return response

    def _with_language(self, request: HttpRequest, language: str | None, urlconf: Any) -> Any:
        path = f"/{language}{request.path_info}"
        slash = False
        if not is_valid_path(path, urlconf):
            slash = (
                settings.APPEND_SLASH and not path.endswith("/") and bool(is_valid_path(f"{path}/", urlconf))
            )
            if not slash:
                return None
        prefix = get_script_prefix()
        full = request.get_full_path(force_append_slash=slash)
        redirect = self.response_redirect_class(full.replace(prefix, f"{prefix}{language}/", 1))
        # Another visitor may be sent to another language.
        patch_vary_headers(redirect, ("Accept-Language", "Cookie"))
        return redirect


def _urlconf(request: HttpRequest) -> Any:
    return getattr(request, "urlconf", None) or settings.ROOT_URLCONF
