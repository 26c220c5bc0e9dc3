"""Ranges in migration files."""

from __future__ import annotations

from nuages.db.migrations.serializer import BaseSerializer


class RangeSerializer(BaseSerializer):
    """Writes a range as the call that makes it."""

    def serialize(self) -> tuple[str, set[str]]:
        """Source and the imports that it needs."""
        module = type(self.value).__module__
        # The driver's own module for it is nothing to show.
        shown = "psycopg.types.range" if module.startswith("psycopg.types.range") else module
        return f"{shown}.{self.value!r}", {f"import {shown}"}
