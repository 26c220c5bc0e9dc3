"""The WSGI application of a project."""

from __future__ import annotations

import nuages
from nuages.core.handlers.wsgi import WSGIHandler


def get_wsgi_application() -> WSGIHandler:
    """Set the project up and return it as a WSGI application."""
    nuages.setup(set_prefix=False)
    return WSGIHandler()
