"""The views for errors (ref/views, error views). Each renders a template of the project's if there is one."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from nuages.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseForbidden,
    HttpResponseNotFound,
    HttpResponseServerError,
)
from nuages.template import Context, Engine, TemplateDoesNotExist, loader
from nuages.views.decorators.csrf import requires_csrf_token

ERROR_404_TEMPLATE_NAME = "404.html"
ERROR_403_TEMPLATE_NAME = "403.html"
ERROR_400_TEMPLATE_NAME = "400.html"
ERROR_500_TEMPLATE_NAME = "500.html"

# Works without any template engine being configured, and without any other file.
ERROR_PAGE_TEMPLATE = """<!doctype html>
<html lang="en">
<head>
  <title>%(title)s</title>
  <meta name="color-scheme" content="light dark">
</head>
<body>
  <h1>%(title)s</h1><p>%(details)s</p>
</body>
</html>
"""


def _plain(title: str, details: str = "") -> str:
    return ERROR_PAGE_TEMPLATE % {"title": title, "details": details}


def _load(template_name: str, default: str) -> Any:
    """Return the project's template; None where it has none under the default name."""
    try:
        return loader.get_template(template_name)
    except TemplateDoesNotExist:
        if template_name != default:
            # Asked for by its own name: that it is missing is an error of the project's.
            raise
        return None


@requires_csrf_token
def page_not_found(
    request: HttpRequest, exception: Exception, template_name: str = ERROR_404_TEMPLATE_NAME
) -> HttpResponse:
    """Answer 404. The template gets `request_path` and `exception`."""
    # The name of the exception, unless it carries a message somebody wrote.
    shown = type(exception).__name__
    args = getattr(exception, "args", ())
    if args and isinstance(args[0], str):
        shown = args[0]
    context = {"request_path": quote(request.path), "exception": shown}
    template = _load(template_name, ERROR_404_TEMPLATE_NAME)
    if template is not None:
        content = template.render(context, request)
    else:
        # The context is there for those who look at it (the test client); the text shows none of it.
        fallback = Engine().from_string(
            _plain("Not Found", "The requested resource was not found on this server.")
        )
        content = fallback.render(Context(context))
    return HttpResponseNotFound(content)


@requires_csrf_token
def server_error(request: HttpRequest, template_name: str = ERROR_500_TEMPLATE_NAME) -> HttpResponse:
    """Answer 500. The template gets nothing, so that little can go wrong with it."""
    template = _load(template_name, ERROR_500_TEMPLATE_NAME)
    return HttpResponseServerError(
        template.render() if template is not None else _plain("Server Error (500)")
    )


@requires_csrf_token
def bad_request(
    request: HttpRequest, exception: Exception, template_name: str = ERROR_400_TEMPLATE_NAME
) -> HttpResponse:
    """Answer 400. Nothing is told of the exception, which may hold paths and the like."""
    template = _load(template_name, ERROR_400_TEMPLATE_NAME)
    if template is None:
        return HttpResponseBadRequest(_plain("Bad Request (400)"))
    return HttpResponseBadRequest(template.render(request=request))


@requires_csrf_token
def permission_denied(
    request: HttpRequest, exception: Exception, template_name: str = ERROR_403_TEMPLATE_NAME
) -> HttpResponse:
    """Answer 403. The template gets the message of the exception as `exception`."""
    template = _load(template_name, ERROR_403_TEMPLATE_NAME)
    if template is None:
        return HttpResponseForbidden(_plain("403 Forbidden"))
    return HttpResponseForbidden(template.render(request=request, context={"exception": str(exception)}))
