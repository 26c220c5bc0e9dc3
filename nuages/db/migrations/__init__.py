"""Migrations: the history of a project's models, and what it takes to follow it in a database."""

from __future__ import annotations

from nuages.db.migrations import operations
from nuages.db.migrations.migration import Migration, swappable_dependency
from nuages.db.migrations.operations import *  # noqa: F403

__all__ = ["Migration", "swappable_dependency", *operations.__all__]
