"""The table of applied migrations."""

from __future__ import annotations

from typing import Any

from nuages.apps.registry import Apps
from nuages.db.exceptions import DatabaseError
from nuages.db.migrations.exceptions import MigrationSchemaMissing
from nuages.utils.functional import classproperty
from nuages.utils.timezone import now

_model: Any = None


def _recorded_migration() -> Any:
    """Return the model of the table. It is in a registry of its own, and no app's."""
    global _model
    if _model is None:
        from nuages.db import models

        class Migration(models.Model):
            class Meta:
                app_label = "migrations"
                apps = Apps()
                db_table = "django_migrations"

            app, name = models.CharField(max_length=255), models.CharField(max_length=255)
            applied = models.DateTimeField(default=now)

            def __str__(self) -> str:
                return f"Migration {self.name} for {self.app}"

        _model = Migration
    return _model


class MigrationRecorder:
    """Reads and writes which migrations have been applied to a database."""

    @classproperty
    def Migration(cls) -> Any:
        """The model of the table."""
        return _recorded_migration()

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self._has_table = False

    @property
    def migration_qs(self) -> Any:
        """All rows."""
        return self.Migration.objects.using(self.connection.alias)

    def has_table(self) -> bool:
        """Say whether the table is there."""
        # It does not go away again, but it may come: only yes is worth remembering.
        if not self._has_table:
            with self.connection.cursor() as cursor:
                self._has_table = self.Migration._meta.db_table in self.connection.introspection.table_names(
                    cursor
                )
        return self._has_table

    def ensure_schema(self) -> None:
        """Create the table if it is not there."""
        if self.has_table():
            return
        try:
            with self.connection.schema_editor() as editor:
                editor.create_model(self.Migration)
        except DatabaseError as error:
            raise MigrationSchemaMissing(f"Unable to create the django_migrations table ({error})") from error

    def applied_migrations(self) -> dict[tuple[str, str], Any]:
        """Return the rows by (app, name)."""
        if not self.has_table():
            return {}
        return {(migration.app, migration.name): migration for migration in self.migration_qs}

    def record_applied(self, app: str, name: str) -> None:
        """Remember that a migration has been applied."""
        self.ensure_schema()
        self.migration_qs.create(app=app, name=name)

    def record_unapplied(self, app: str, name: str) -> None:
        """Forget that a migration has been applied."""
        self.ensure_schema()
        self.migration_qs.filter(app=app, name=name).delete()

    def flush(self) -> None:
        """Forget all migrations."""
        self.migration_qs.all().delete()
