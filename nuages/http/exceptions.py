"""Exceptions that stand for an answer."""

from __future__ import annotations


class Http404(Exception):
    """Raised by a view for a page that does not exist; answered with status 404."""
