"""The page that tells why a request was refused (ref/csrf, `CSRF_FAILURE_VIEW`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nuages.conf import settings
from nuages.http import HttpRequest, HttpResponseForbidden
from nuages.template import Context, Engine, TemplateDoesNotExist, loader
from nuages.utils.translation import gettext as _
from nuages.utils.version import get_docs_version

CSRF_FAILURE_TEMPLATE_NAME = "403_csrf.html"


def builtin_template_path(name: str) -> Path:
    """Return where a template lies that is read without any engine of the project's."""
    return Path(__file__).parent / "templates" / name


def csrf_failure(
    request: HttpRequest, reason: str = "", template_name: str = CSRF_FAILURE_TEMPLATE_NAME
) -> HttpResponseForbidden:
    """Answer 403 with the reason; by the project's `403_csrf.html` if it has one."""
    from nuages.middleware.csrf import REASON_NO_CSRF_COOKIE, REASON_NO_REFERER

    context = {
        "title": _("Forbidden"),
        "main": _("CSRF verification failed. Request aborted."),
        "reason": reason,
        "no_referer": reason == REASON_NO_REFERER,
        "no_referer1": _(
            "You are seeing this message because this HTTPS site requires a “Referer header” to be sent by your "
            "web browser, but none was sent. This header is required for security reasons, to ensure that your "
            "browser is not being hijacked by third parties."
        ),
        "no_referer2": _(
            "If you have configured your browser to disable “Referer” headers, please re-enable them, at least "
            "for this site, or for HTTPS connections, or for “same-origin” requests."
        ),
        "no_referer3": _(
            'If you are using the <meta name="referrer" content="no-referrer"> tag or including the '
            "“Referrer-Policy: no-referrer” header, please remove them. The CSRF protection requires the "
            "“Referer” header to do strict referer checking. If you’re concerned about privacy, use alternatives "
            'like <a rel="noreferrer" …> for links to third-party sites.'
        ),
        "no_cookie": reason == REASON_NO_CSRF_COOKIE,
        "no_cookie1": _(
            "You are seeing this message because this site requires a CSRF cookie when submitting forms. This "
            "cookie is required for security reasons, to ensure that your browser is not being hijacked by third "
            "parties."
        ),
        "no_cookie2": _(
            "If you have configured your browser to disable cookies, please re-enable them, at least for this "
            "site, or for “same-origin” requests."
        ),
        "DEBUG": settings.DEBUG,
        "docs_version": get_docs_version(),
        "more": _("More information is available with DEBUG=True."),
    }
    try:
        template = loader.get_template(template_name)
    except TemplateDoesNotExist:
        if template_name != CSRF_FAILURE_TEMPLATE_NAME:
            # Asked for by its own name: that it is missing is an error of the project's.
            raise
        with builtin_template_path("csrf_403.html").open(encoding="utf-8") as source:
            content: Any = Engine().from_string(source.read()).render(Context(context))
        return HttpResponseForbidden(content)
    return HttpResponseForbidden(template.render(context, request))
