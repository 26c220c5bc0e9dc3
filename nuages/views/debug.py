"""The pages that developers see: exceptions, paths that lead nowhere, and the first one of a new project."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

from nuages.compat.alias import installed
from nuages.conf import settings
from nuages.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound
from nuages.template import Context
from nuages.urls import resolve
from nuages.utils.version import get_docs_version
from nuages.views.reporting.filter import CallableSettingWrapper, SafeExceptionReporterFilter
from nuages.views.reporting.frames import ExceptionCycleWarning
from nuages.views.reporting.reporter import (
    TEMPLATES,
    ExceptionReporter,
    compiled,
    get_default_exception_reporter_filter,
    get_exception_reporter_class,
    get_exception_reporter_filter,
    plain,
)

__all__ = [
    "CallableSettingWrapper",
    "ExceptionCycleWarning",
    "ExceptionReporter",
    "Path",
    "SafeExceptionReporterFilter",
    "default_urlconf",
    "get_default_exception_reporter_filter",
    "get_exception_reporter_class",
    "get_exception_reporter_filter",
    "technical_404_response",
    "technical_500_response",
]


def _unpoliced(response: HttpResponseBase) -> HttpResponseBase:
    """Take the site's content security policy off a page that brings its own style and script."""
    response._csp_config = {}  # type: ignore[attr-defined]
    response._csp_ro_config = {}  # type: ignore[attr-defined]
    return response


def technical_500_response(
    request: HttpRequest,
    exc_type: type[BaseException] | None,
    exc_value: BaseException | None,
    tb: TracebackType | None,
    status_code: int = 500,
) -> HttpResponseBase:
    """Return the report of an exception: a page, or text for clients that would rather have that."""
    reporter = get_exception_reporter_class(request)(request, exc_type, exc_value, tb)
    if request.get_preferred_type(["text/html", "text/plain"]) == "text/html":
        content, content_type = reporter.get_traceback_html(), "text/html"
    else:
        content, content_type = reporter.get_traceback_text(), "text/plain; charset=utf-8"
    return _unpoliced(HttpResponse(content, status=status_code, content_type=content_type))


def technical_404_response(request: HttpRequest, exception: Http404) -> HttpResponseBase:
    """Return the page for a 404: the patterns that were tried, or who raised it."""
    details: Any = exception.args
    try:
        path = details[0]["path"]
    except (IndexError, TypeError, KeyError):
        path = request.path_info[1:]
    try:
        tried = details[0]["tried"]
    except (IndexError, TypeError, KeyError):
        resolved = True
        tried = request.resolver_match.tried if request.resolver_match else None
    else:
        resolved = False
        if not tried or _is_untouched(request, tried):
            return default_urlconf(request)
    urlconf = getattr(request, "urlconf", None) or settings.ROOT_URLCONF
    context = Context(
        {
            "framework": framework(),
            "urlconf": getattr(urlconf, "__name__", urlconf),
            "root_urlconf": settings.ROOT_URLCONF,
            "request_path": path,
            "urlpatterns": tried,
            "resolved": resolved,
            "reason": plain(exception),
            "request": request,
            "settings": get_default_exception_reporter_filter().get_safe_settings(),
            "raising_view_name": _view_of(request),
        }
    )
    return _unpoliced(HttpResponseNotFound(_page("technical_404.html", context)))


def _is_untouched(request: HttpRequest, tried: Any) -> bool:
    """Say whether the configuration is that of a new project, which has nothing but the admin."""
    if request.path_info != "/" or len(tried) != 1 or len(tried[0]) != 1:
        return False
    only = tried[0][0]
    return getattr(only, "app_name", "") == getattr(only, "namespace", "") == "admin"


def _view_of(request: HttpRequest) -> str | None:
    try:
        return resolve(request.path)._func_path
    except Exception:
        return None


def default_urlconf(request: HttpRequest | None) -> HttpResponseBase:
    """Return the page that greets whoever has just made a project."""
    context = Context({"framework": framework(), "version": get_docs_version()})
    return _unpoliced(HttpResponse(_page("default_urlconf.html", context)))


def framework() -> str:
    """Return the name that the project knows the framework by."""
    return "Django" if installed() else "nuages"


def _page(name: str, context: Context) -> str:
    with (TEMPLATES / name).open(encoding="utf-8") as source:
        template = compiled(source.read())
    return template.render(context)
