"""Temporary files that can be opened a second time while they are open, on every system."""

from __future__ import annotations

from tempfile import NamedTemporaryFile, gettempdir

__all__ = ["NamedTemporaryFile", "gettempdir"]
