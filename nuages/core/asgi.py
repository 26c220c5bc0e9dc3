"""The ASGI application of a project."""

from __future__ import annotations

import nuages
from nuages.core.handlers.asgi import ASGIHandler


def get_asgi_application() -> ASGIHandler:
    """Set the project up and return it as an ASGI application."""
    nuages.setup(set_prefix=False)
    return ASGIHandler()
