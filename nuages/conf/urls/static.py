"""URL patterns that serve files while developing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from nuages.conf import settings
from nuages.core.exceptions import ImproperlyConfigured
from nuages.urls import re_path


def static(prefix: str, view: Callable[..., Any] | None = None, **kwargs: Any) -> list[Any]:
    """Return the pattern that serves files under `prefix`: `static(MEDIA_URL, document_root=MEDIA_ROOT)`.

    Returns no pattern when DEBUG is off or the prefix is another site's address.
    """
    if not prefix:
        raise ImproperlyConfigured("Empty static prefix not permitted")
    if not settings.DEBUG or urlsplit(prefix).netloc:
        return []
    if view is None:
        from nuages.views.static import serve

        view = serve
    return [re_path(rf"^{re.escape(prefix.lstrip('/'))}(?P<path>.*)$", view, kwargs=kwargs)]
