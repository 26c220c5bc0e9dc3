"""What the app does when it is installed: type handlers, lookups, wrappers, serializers."""

from __future__ import annotations

from typing import Any

from nuages.apps import AppConfig
from nuages.contrib.postgres.indexes import OpClass
from nuages.contrib.postgres.lookups import (
    SearchLookup,
    TrigramSimilar,
    TrigramStrictWordSimilar,
    TrigramWordSimilar,
    Unaccent,
)
from nuages.contrib.postgres.serializers import RangeSerializer
from nuages.contrib.postgres.signals import forget_types, register_type_handlers
from nuages.core.signals import setting_changed
from nuages.db import connections
from nuages.db.backends.postgresql.psycopg_any import RANGE_TYPES
from nuages.db.backends.signals import connection_created
from nuages.db.migrations.writer import MigrationWriter
from nuages.db.models import CharField, OrderBy, TextField
from nuages.db.models.functions import Collate
from nuages.db.models.indexes import IndexExpression
from nuages.utils.translation import gettext_lazy as _

_LOOKUPS = (Unaccent, SearchLookup, TrigramSimilar, TrigramWordSimilar, TrigramStrictWordSimilar)


def uninstall_if_needed(setting: str, value: Any, enter: bool, **kwargs: Any) -> None:
    """Undo what `ready()` did when a test takes the app out of INSTALLED_APPS."""
    if setting != "INSTALLED_APPS" or enter:
        return
    if any(name in set(value) for name in ("nuages.contrib.postgres", "django.contrib.postgres")):
        return
    connection_created.disconnect(register_type_handlers)
    for alias in connections:
        forget_types(connections[alias])
    for field in (CharField, TextField):
        for lookup in _LOOKUPS:
            if lookup.lookup_name in field.__dict__.get("class_lookups", {}):
                field._unregister_lookup(lookup)
    setting_changed.disconnect(uninstall_if_needed)
    MigrationWriter.unregister_serializer(RANGE_TYPES)


class PostgresConfig(AppConfig):
    name = "nuages.contrib.postgres"
    verbose_name = _("PostgreSQL extensions")

    def ready(self) -> None:
        """Register everything, also with connections that are open already."""
        setting_changed.connect(uninstall_if_needed)
        for alias in connections:
            connection = connections[alias]
            if connection.vendor == "postgresql" and connection.connection is not None:
                register_type_handlers(connection)
        connection_created.connect(register_type_handlers)
        for field in (CharField, TextField):
            for lookup in _LOOKUPS:
                field.register_lookup(lookup)
        MigrationWriter.register_serializer(RANGE_TYPES, RangeSerializer)
        IndexExpression.register_wrappers(OrderBy, OpClass, Collate)
