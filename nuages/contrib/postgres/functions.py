"""Functions that only PostgreSQL has."""

from __future__ import annotations

from nuages.db.models import DateTimeField, Func, UUIDField


class RandomUUID(Func):
    """A random UUID."""

    output_field = UUIDField()
    template = "GEN_RANDOM_UUID()"


class TransactionNow(Func):
    """When the current transaction began."""

    output_field = DateTimeField()
    template = "CURRENT_TIMESTAMP"
