"""The library's tables."""

from tests.db.models.tables import library, library_tables

__all__ = ["library", "library_tables"]
