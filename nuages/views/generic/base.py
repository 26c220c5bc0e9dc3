"""Class-based views: a class whose methods are named for HTTP's (ref/class-based-views/base)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from nuages.core.exceptions import ImproperlyConfigured
from nuages.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseGone,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from nuages.template.response import TemplateResponse
from nuages.urls import reverse
from nuages.utils.log import log_response
from nuages.views.base import View

__all__ = ["ContextMixin", "RedirectView", "TemplateResponseMixin", "TemplateView", "View"]


class ContextMixin:
    """Passes keyword arguments, `extra_context` and the view itself to the template."""

    extra_context: dict[str, Any] | None = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the context of the template."""
        return {"view": self} | kwargs | (self.extra_context or {})


class TemplateResponseMixin:
    """Renders a template."""

    template_name: Any = None
    template_engine: str | None = None
    response_class: Any = TemplateResponse
    content_type: str | None = None

    request: HttpRequest

    def render_to_response(self, context: dict[str, Any], **response_kwargs: Any) -> HttpResponse:
        """Return a response that renders the template with a context."""
        options = {"content_type": self.content_type, "using": self.template_engine, **response_kwargs}
        names = self.get_template_names()
        return self.response_class(request=self.request, template=names, context=context, **options)

    def get_template_names(self) -> list[str]:
        """Return the names of the template, the first that exists is used."""
        if self.template_name is None:
            raise ImproperlyConfigured(
                "TemplateResponseMixin requires either a definition of 'template_name' or an implementation of "
                "'get_template_names()'"
            )
        return [self.template_name]


class TemplateView(TemplateResponseMixin, ContextMixin, View):
    """Renders a template with what was captured from the path."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Render."""
        return self.render_to_response(self.get_context_data(**kwargs))


class RedirectView(View):
    """Redirects every request to one address."""

    permanent = False
    preserve_request = False
    url: Any = None
    pattern_name: str | None = None
    query_string = False

    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str | None:
        """Return where to; None for nowhere any more."""
        if self.url:
            url = self.url % kwargs
        elif self.pattern_name:
            url = reverse(self.pattern_name, args=args, kwargs=kwargs)
        else:
            return None
        query = self.request.META.get("QUERY_STRING", "") if self.query_string else ""
        if not query:
            return url
        return f"{url}{'&' if urlsplit(url).query else '?'}{query}"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Redirect, or answer 410."""
        url = self.get_redirect_url(*args, **kwargs)
        if not url:
            response = HttpResponseGone()
            log_response("Gone: %s", request.path, response=response, request=request)
            return response
        kind = HttpResponsePermanentRedirect if self.permanent else HttpResponseRedirect
        return kind(url, preserve_request=self.preserve_request)

    def _as_get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Redirect whatever the method, as `get` (or a subclass's `get`) does."""
        return self.get(request, *args, **kwargs)

    head = post = options = delete = put = patch = _as_get
