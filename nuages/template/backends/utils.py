"""What backends give to templates that are rendered with a request."""

from __future__ import annotations

from typing import Any

from nuages.utils.functional import lazy
from nuages.utils.html import format_html
from nuages.utils.safestring import SafeString


def csrf_input(request: Any) -> SafeString:
    """The hidden field against cross-site request forgery."""
    token = csrf_token(request)
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)


def csrf_token(request: Any) -> str:
    """The token itself."""
    from nuages.middleware.csrf import get_token

    return str(get_token(request))


csrf_input_lazy = lazy(csrf_input, SafeString, str)
csrf_token_lazy = lazy(csrf_token, str)
