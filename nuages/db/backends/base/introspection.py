"""Reading what tables, columns and constraints a database has."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator
from typing import Any

from nuages.apps import apps

TableInfo = namedtuple("TableInfo", ["name", "type"])

FieldInfo = namedtuple(
    "FieldInfo",
    [
        "name",
        "type_code",
        "display_size",
        "internal_size",
        "precision",
        "scale",
        "null_ok",
        "default",
        "collation",
    ],
)

#: Kinds of tables in TableInfo.type
TABLE, VIEW, PARTITION = "t", "v", "p"


def constraint(columns: list[str] | None, **facts: Any) -> dict[str, Any]:
    """Describe a constraint or index; `facts` are those that hold."""
    described: dict[str, Any] = {"columns": columns, "foreign_key": None}
    described |= dict.fromkeys(("primary_key", "unique", "check", "index"), False)
    return described | facts


def extended(kind: Any, *names: str) -> Any:
    """Return a tuple class like `kind` with more fields."""
    return namedtuple(kind.__name__, (*kind._fields, *names))  # type: ignore[misc]


class BaseDatabaseIntrospection:
    """Asks a database about its tables."""

    data_types_reverse: Any = {}

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def get_field_type(self, data_type: Any, description: Any) -> Any:
        """Return the field class for a column's type; backends may look at the rest of the description."""
        return self.data_types_reverse[data_type]

    def identifier_converter(self, name: str) -> str:
        """Return a name as the database keeps it."""
        return name

    # What a backend provides

    def _needed(self, name: str) -> NotImplementedError:
        return NotImplementedError(f"subclasses of BaseDatabaseIntrospection may require a {name}() method")

    def get_table_list(self, cursor: Any) -> list[Any]:
        """Return a TableInfo for each table and view."""
        raise self._needed("get_table_list")

    def get_table_description(self, cursor: Any, table_name: str) -> list[Any]:
        """Return a FieldInfo for each column."""
        raise self._needed("get_table_description")

    def get_sequences(self, cursor: Any, table_name: str, table_fields: Any = ()) -> list[dict[str, Any]]:
        """Return table, column and name of each sequence that numbers a column."""
        raise self._needed("get_sequences")

    def get_relations(self, cursor: Any, table_name: str) -> dict[str, tuple[Any, ...]]:
        """Return, by column, the column and table it points to and what the database does on deletion."""
        raise self._needed("get_relations")

    def get_constraints(self, cursor: Any, table_name: str) -> dict[str, dict[str, Any]]:
        """Return the constraints and indexes by name, each as `constraint()` describes it."""
        raise self._needed("get_constraints")

    # Names

    def table_names(self, cursor: Any = None, include_views: bool = False) -> list[str]:
        """Return the tables in alphabetical order."""
        if cursor is None:
            with self.connection.cursor() as own:
                return self.table_names(own, include_views)
        kinds = {TABLE, PARTITION, *([VIEW] if include_views else [])}
        return sorted(info.name for info in self.get_table_list(cursor) if info.type in kinds)

    def get_migratable_models(self) -> Iterator[Any]:
        """Yield the models whose tables may be in this database."""
        from nuages.db import router

        for config in apps.get_app_configs():
            for model in router.get_migratable_models(config, self.connection.alias):
                if model._meta.can_migrate(self.connection):
                    yield model

    def django_table_names(self, only_existing: bool = False, include_views: bool = True) -> list[str]:
        """Return the tables of all managed models, with those of their many-to-many fields."""
        wanted: dict[str, None] = {}
        for model in self.get_migratable_models():
            if model._meta.managed:
                wanted[model._meta.db_table] = None
                for field in model._meta.local_many_to_many:
                    if field.remote_field.through._meta.managed:
                        wanted[field.m2m_db_table()] = None
        if not only_existing:
            return list(wanted)
        there = set(self.table_names(include_views=include_views))
        return [name for name in wanted if self.identifier_converter(name) in there]

    def installed_models(self, tables: Any) -> set[Any]:
        """Return the models that have one of `tables`."""
        there = {self.identifier_converter(name) for name in tables}
        return {
            model
            for model in self.get_migratable_models()
            if self.identifier_converter(model._meta.db_table) in there
        }

    def sequence_list(self) -> list[dict[str, Any]]:
        """Return the sequences of all managed models."""
        found: list[dict[str, Any]] = []
        with self.connection.cursor() as cursor:
            for model in self.get_migratable_models():
                options = model._meta
                if not options.managed or options.swapped:
                    continue
                found += self.get_sequences(cursor, options.db_table, options.local_fields)
                for field in options.local_many_to_many:
                    # A through model given by hand is a model of its own, and found as such.
                    if field.remote_field.through._meta.auto_created:
                        found += self.get_sequences(cursor, field.m2m_db_table())
        return found

    # Keys

    def get_primary_key_column(self, cursor: Any, table_name: str) -> str | None:
        """Return the first column of the primary key."""
        columns = self.get_primary_key_columns(cursor, table_name)
        return columns[0] if columns else None

    def get_primary_key_columns(self, cursor: Any, table_name: str) -> list[str] | None:
        """Return the columns of the primary key."""
        for facts in self.get_constraints(cursor, table_name).values():
            if facts["primary_key"]:
                return facts["columns"]
        return None
