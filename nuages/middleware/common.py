"""Whole URLs, refused user agents, Content-Length, and mail about broken links."""

from __future__ import annotations

import logging
import re
from typing import Any
from urllib.parse import urlsplit

from nuages.conf import settings
from nuages.core.exceptions import PermissionDenied
from nuages.http import HttpRequest, HttpResponsePermanentRedirect
from nuages.urls import is_valid_path
from nuages.utils.deprecation import MiddlewareMixin
from nuages.utils.http import escape_leading_slashes

logger = logging.getLogger("django.request")

_WITH_DATA = ("DELETE", "POST", "PUT", "PATCH")


class CommonMiddleware(MiddlewareMixin):
    """Applies `DISALLOWED_USER_AGENTS`, `PREPEND_WWW` and `APPEND_SLASH`, and sets Content-Length."""

    response_redirect_class = HttpResponsePermanentRedirect

    def process_request(self, request: HttpRequest) -> Any:
        """Refuse unwanted clients and forged hosts; redirect to the host with `www.` if asked to."""
        if settings.DISALLOWED_USER_AGENTS:
            agent = request.META.get("HTTP_USER_AGENT")
            if agent is not None and any(
                unwanted.search(agent) for unwanted in settings.DISALLOWED_USER_AGENTS
            ):
                raise PermissionDenied("Forbidden user agent")
        host = request.get_host()
        if not settings.PREPEND_WWW or not host or host.startswith("www."):
            return None
        # Both corrections in one redirect.
        path = (
            self.get_full_path_with_slash(request)
            if self.should_redirect_with_slash(request)
            else request.get_full_path()
        )
        return self.response_redirect_class(f"{request.scheme}://www.{host}{path}")

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        """Say whether only the path with a slash at its end leads anywhere."""
        path = request.path_info
        if not settings.APPEND_SLASH or path.endswith("/"):
            return False
        urlconf = getattr(request, "urlconf", None)
        if is_valid_path(path, urlconf):
            return False
        match = is_valid_path(path + "/", urlconf)
        return bool(match) and getattr(match.func, "should_append_slash", True)  # type: ignore[union-attr]

    def get_full_path_with_slash(self, request: HttpRequest) -> str:
        """Return the path with a slash at its end; refuse under DEBUG where data would be lost on the way."""
        path = escape_leading_slashes(request.get_full_path(force_append_slash=True))
        method = request.method
        if settings.DEBUG and method in _WITH_DATA:
            raise RuntimeError(
                f"You called this URL via {method}, but the URL doesn't end in a slash and you have APPEND_SLASH "
                f"set. Django can't redirect to the slash URL while maintaining {method} data. Change your form "
                f"to point to {request.get_host()}{path} (note the trailing slash), or set APPEND_SLASH=False in "
                "your Django settings."
            )
        return path

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Redirect a 404 to the path with a slash, if that one leads somewhere; set Content-Length."""
        if response.status_code == 404 and self.should_redirect_with_slash(request):
            response = self.response_redirect_class(self.get_full_path_with_slash(request))
        if not response.streaming and not response.has_header("Content-Length"):
            response.headers.put(("content-length", ("Content-Length", str(len(response.content)))))
        return response


class BrokenLinkEmailsMiddleware(MiddlewareMixin):
    """Mails MANAGERS about links that lead nowhere (howto/error-reporting)."""

    #: The mailer to send with.
    using: str | None = None

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Send a mail for a 404 that somebody linked to."""
        if response.status_code != 404 or settings.DEBUG:
            return response
        domain, path = request.get_host(), request.get_full_path()
        referer = request.META.get("HTTP_REFERER", "")
        if not self.is_ignorable_request(request, path, domain, referer):
            agent = request.META.get("HTTP_USER_AGENT", "<none>")
            address = request.META.get("REMOTE_ADDR", "<none>")
            inside = "INTERNAL " if self.is_internal_request(domain, referer) else ""
            self.send_mail(
                f"Broken {inside}link on {domain}",
                f"Referrer: {referer}\nRequested URL: {path}\nUser agent: {agent}\nIP address:  {address}\n",
            )
        return response

    def send_mail(self, subject: str, message: str, *args: Any, **kwargs: Any) -> None:
        """Send the mail; override it to send something else, or elsewhere."""
        from nuages.core.mail import mail_managers

        if not hasattr(settings, "MAILERS"):
            mail_managers(subject, message, *args, fail_silently=True, **kwargs)
            return
        if not settings.MAILERS:
            return
        if self.using is not None:
            kwargs["using"] = self.using
        try:
            mail_managers(subject, message, *args, **kwargs)
        except Exception:
            # The visitor's 404 must not become a 500 because the mail server is away.
            logger.exception("A mail about a broken link could not be sent.")

    def is_internal_request(self, domain: str, referer: str) -> bool:
        """Say whether the link stands on this site."""
        return bool(re.match(f"^https?://{re.escape(domain)}/", referer))

    def is_ignorable_request(self, request: HttpRequest, uri: str, domain: str, referer: str) -> bool:
        """Say whether nobody needs to be told."""
        if not referer:
            # A mistyped address.
            return True
        linked = urlsplit(referer)
        from_itself = linked.netloc in ("", domain) and linked.path == uri
        from_before_slash = settings.APPEND_SLASH and uri.endswith("/") and referer == uri.removesuffix("/")
        from_search = "?" in referer and not self.is_internal_request(domain, referer)
        if from_itself or from_before_slash or from_search:
            # Bots name the page itself as their referer.
            return True
        return any(pattern.search(uri) for pattern in settings.IGNORABLE_404_URLS)
