"""`GenericPrefetch`, under its documented path."""

from nuages.db.models.prefetching import GenericPrefetch

__all__ = ["GenericPrefetch"]
