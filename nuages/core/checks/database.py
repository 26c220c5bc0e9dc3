"""Checks that ask a database; they run only for the databases that are named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nuages.core.checks.registry import Tags, register


@register(Tags.database)
def check_database_backends(databases: Iterable[str] | None = None, **kwargs: Any) -> list[Any]:
    """Let each database check itself."""
    if not databases:
        return []
    from nuages.db import connections

    return [message for alias in databases for message in connections[alias].validation.check(**kwargs)]
