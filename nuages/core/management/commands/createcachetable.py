"""`manage.py createcachetable`: make the tables of the caches that are kept in a database."""

from __future__ import annotations

from typing import Any

from nuages.conf import settings
from nuages.core.cache import caches
from nuages.core.cache.backends.db import BaseDatabaseCache
from nuages.core.management.base import BaseCommand, CommandError
from nuages.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models, router, transaction


class Command(BaseCommand):
    """Makes a table with its index for each cache, or prints how."""

    help = "Creates the tables needed to use the SQL cache backend."
    requires_system_checks: Any = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "args", metavar="table_name", nargs="*", help="Tables to make; those of CACHES, if none is named."
        )
        parser.add_argument(
            "--database", default=DEFAULT_DB_ALIAS, choices=tuple(connections), help="Where they are made."
        )
        parser.add_argument("--dry-run", action="store_true", help="Print the SQL instead of running it.")

    def handle(self, *tables: str, **options: Any) -> None:
        self.verbosity: int = options["verbosity"]
        if tables:
            for table in tables:
                self.create_table(options["database"], table, options["dry_run"])
            return
        for alias in settings.CACHES:
            cache = caches[alias]
            if isinstance(cache, BaseDatabaseCache):
                self.create_table(options["database"], cache._table, options["dry_run"])

    def create_table(self, database: str, tablename: str, dry_run: bool) -> None:
        """Make one table, if it belongs into this database and is not there."""
        cache = BaseDatabaseCache(tablename, {})
        if not router.allow_migrate_model(database, cache.cache_model_class):
            return
        connection = connections[database]
        if tablename in connection.introspection.table_names():
            if self.verbosity > 0:
                self.stdout.write(f"Cache table '{tablename}' already exists.")
            return
        statements = list(self._statements(connection, tablename))
        if dry_run:
            for statement in statements:
                self.stdout.write(statement)
            return
        rolls_back = connection.features.can_rollback_ddl
        with transaction.atomic(using=database, savepoint=rolls_back), connection.cursor() as cursor:
            for number, statement in enumerate(statements):
                try:
                    cursor.execute(statement)
                except DatabaseError as error:
                    what = "table" if number == 0 else "index on table"
                    raise CommandError(
                        f"Cache {what} '{tablename}' could not be created.\nThe error was: {error}."
                    ) from error
        if self.verbosity > 1:
            self.stdout.write(f"Cache table '{tablename}' created.")

    def _statements(self, connection: Any, tablename: str) -> Any:
        quote = connection.ops.quote_name
        fields: dict[str, models.Field] = {
            "cache_key": models.CharField(max_length=255, unique=True, primary_key=True),
            "value": models.TextField(),
            "expires": models.DateTimeField(db_index=True),
        }
        lines = []
        for name, field in fields.items():
            field.set_attributes_from_name(name)
            constraint = "PRIMARY KEY" if field.primary_key else ""
            lines.append(
                f"    {quote(name)} {field.db_type(connection=connection)} NOT NULL {constraint}".rstrip()
            )
        suffix = (
            connection.ops.tablespace_sql(settings.DEFAULT_TABLESPACE) if settings.DEFAULT_TABLESPACE else ""
        )
        body = ",\n".join(lines)
        yield f"CREATE TABLE {quote(tablename)} (\n{body}\n){suffix};"
        yield f"CREATE INDEX {quote(f'{tablename}_expires')} ON {quote(tablename)} ({quote('expires')});"
