"""Migrations: the history of a project's models, and what it takes to follow it in a database."""

from __future__ import annotations

from nuages.db.migrations.migration import Migration, swappable_dependency
from nuages.db.migrations.operations import *  # noqa: F403
