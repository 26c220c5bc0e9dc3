"""`get_current_site`, which works with the app and without."""

from __future__ import annotations

from typing import Any

from nuages.apps import apps
from nuages.contrib.sites.requests import RequestSite


def get_current_site(request: Any) -> Any:
    """Return the current `Site`, or a `RequestSite` where the sites app is not installed."""
    if not apps.is_installed("nuages.contrib.sites"):
        return RequestSite(request)
    # The model can only be imported where the app is installed.
    from nuages.contrib.sites.models import Site

    return Site.objects.get_current(request)
