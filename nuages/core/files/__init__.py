"""Files: wrappers, uploads, storage (ref/files)."""

from __future__ import annotations

from nuages.core.files.base import File

__all__ = ["File"]
