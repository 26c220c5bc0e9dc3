"""Views that come with the framework: the base of class-based ones, error pages, static files."""

from __future__ import annotations

from nuages.views.base import View

__all__ = ["View"]
