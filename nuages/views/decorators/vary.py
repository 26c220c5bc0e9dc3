"""Which headers an answer depends on."""

from __future__ import annotations

from collections.abc import Callable

from nuages.utils.cache import patch_vary_headers
from nuages.views.decorators.around import View, around


def vary_on_headers(*headers: str) -> Callable[[View], View]:
    """Add these headers to Vary: `@vary_on_headers("Accept-Language")`."""
    return lambda view: around(view, after=lambda request, response: patch_vary_headers(response, headers))


vary_on_cookie = vary_on_headers("Cookie")
