"""URL patterns for static files, while developing."""

from __future__ import annotations

from typing import Any

from nuages.conf import settings
from nuages.conf.urls.static import static
from nuages.contrib.staticfiles.views import serve

urlpatterns: list[Any] = []


def staticfiles_urlpatterns(prefix: str | None = None) -> list[Any]:
    """Return patterns that serve static files below `STATIC_URL`; none without `DEBUG`."""
    return static(settings.STATIC_URL if prefix is None else prefix, view=serve)


# For a URLconf that includes this module.
if settings.DEBUG and not urlpatterns:
    urlpatterns += staticfiles_urlpatterns()
