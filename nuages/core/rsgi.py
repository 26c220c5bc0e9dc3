"""`get_rsgi_application`: the entry for Granian, beside `core.wsgi` and `core.asgi`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nuages

if TYPE_CHECKING:
    from nuages.server.rsgi import RSGIApplication


def get_rsgi_application() -> RSGIApplication:
    """Set the project up and return its RSGI application."""
    from nuages.server.rsgi import RSGIApplication

    nuages.setup(set_prefix=False)
    return RSGIApplication()
