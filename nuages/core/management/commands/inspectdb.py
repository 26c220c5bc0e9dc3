"""`inspectdb`: write models for tables that are there already."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from nuages.compat import spelled
from nuages.core.management.base import BaseCommand, CommandError, CommandParser
from nuages.db.models.constants import LOOKUP_SEP

#: Where the models module of the app is to be.
HEADER = """\
# This is an auto-generated Django model module.
# You'll have to do the following manually to clean this up:
#   * Rearrange models' order
#   * Make sure each model has one field with primary_key=True
#   * Make sure each ForeignKey and OneToOneField has `on_delete` set to the desired behavior
#   * Remove `managed = False` lines if you wish to allow Django to create, modify, and delete the table
# Feel free to rename the models, but don't rename db_table values or field names."""


@dataclass
class Table:
    """What introspection has found about one table."""

    name: str
    columns: list[Any]
    relations: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    constraints: dict[str, dict[str, Any]] = field(default_factory=dict)
    primary_key: list[str] = field(default_factory=list)

    @property
    def unique_columns(self) -> set[str]:
        """Columns that are unique by themselves."""
        return {
            described["columns"][0]
            for described in self.constraints.values()
            if described["unique"] and described["columns"] and len(described["columns"]) == 1
        }


class Command(BaseCommand):
    help = "Introspects the database tables in the given database and outputs a Django model module."
    requires_system_checks = []
    stealth_options = ("table_name_filter",)

    def add_arguments(self, parser: CommandParser) -> None:
        from nuages.db import DEFAULT_DB_ALIAS, connections

        parser.add_argument(
            "table", nargs="*", type=str, help="Selects what tables or views should be introspected."
        )
        parser.add_argument(
            "--database",
            default=DEFAULT_DB_ALIAS,
            choices=tuple(connections),
            help='Nominates a database to introspect. Defaults to using the "default" database.',
        )
        parser.add_argument(
            "--include-partitions", action="store_true", help="Also output models for partition tables."
        )
        parser.add_argument(
            "--include-views", action="store_true", help="Also output models for database views."
        )

    def handle(self, **options: Any) -> None:
        from nuages.db import connections

        if not connections[options["database"]].features.supports_inspectdb:
            raise CommandError(
                "Database inspection isn't supported for the currently selected database backend."
            )
        for line in self.handle_inspection(options):
            self.stdout.write(line)

    def handle_inspection(self, options: dict[str, Any]) -> Iterator[str]:
        """Yield the lines of the module."""
        from nuages.db import connections

        connection = connections[options["database"]]
        wanted: Callable[[str], bool] | None = options.get("table_name_filter")
        yield from HEADER.splitlines()
        yield f"from {spelled('nuages.db')} import models"
        written: list[str] = []
        with connection.cursor() as cursor:
            kinds = {info.name: info.type for info in connection.introspection.get_table_list(cursor)}
            shown = {
                "t",
                *(["p"] if options["include_partitions"] else []),
                *(["v"] if options["include_views"] else []),
            }
            chosen = options["table"] or sorted(name for name, kind in kinds.items() if kind in shown)
            for name in chosen:
                if wanted is not None and callable(wanted) and not wanted(name):
                    continue
                try:
                    table = self._look_at(connection, cursor, name)
                except Exception as error:
                    yield f"# Unable to inspect table '{name}'"
                    yield f"# The error was: {error}"
                    continue
                model = self.normalize_table_name(name)
                written.append(model)
                yield ""
                yield ""
                yield f"class {model}(models.Model):"
                yield from self._body(connection, cursor, table, model, written, kinds)

    def _look_at(self, connection: Any, cursor: Any, name: str) -> Table:
        introspection = connection.introspection
        table = Table(name, [])
        for attribute, ask in (
            ("relations", introspection.get_relations),
            ("constraints", introspection.get_constraints),
        ):
            try:
                setattr(table, attribute, ask(cursor, name))
            except NotImplementedError:
                pass  # this database cannot say
        table.primary_key = list(introspection.get_primary_key_columns(cursor, name) or ())
        table.columns = introspection.get_table_description(cursor, name)
        return table

    def _body(
        self,
        connection: Any,
        cursor: Any,
        table: Table,
        model: str,
        written: list[str],
        kinds: dict[str, str],
    ) -> Iterator[str]:
        names: dict[str, str] = {}
        targets: set[str] = set()
        if len(table.primary_key) > 1:
            listed = ", ".join(repr(column) for column in table.primary_key)
            yield f"    pk = models.CompositePrimaryKey({listed})"
        for column in table.columns:
            line = self._field_line(connection, cursor, table, column, model, written, names, targets)
            yield f"    {line}"
        kind = kinds.get(table.name, "t")
        comment = next(
            (
                info.comment
                for info in connection.introspection.get_table_list(cursor)
                if info.name == table.name and getattr(info, "comment", None)
            ),
            None,
        )
        yield from self.get_meta(table.name, table.constraints, names, kind == "v", kind == "p", comment)

    def _field_line(
        self,
        connection: Any,
        cursor: Any,
        table: Table,
        column: Any,
        model: str,
        written: list[str],
        names: dict[str, str],
        targets: set[str],
    ) -> str:
        relation = table.relations.get(column.name)
        name, options, notes = self.normalize_col_name(
            column.name, list(names.values()), relation is not None
        )
        names[column.name] = name
        arguments: list[str] = []
        extra: dict[str, Any] = {}
        is_key = [column.name] == table.primary_key
        if is_key:
            extra["primary_key"] = True
        unique = column.name in table.unique_columns
        if relation is not None:
            one = is_key or unique
            path = "models.OneToOneField" if one else "models.ForeignKey"
            arguments += self._relation(connection, cursor, relation, table, model, written, extra, targets)
            if one and is_key:
                extra = {"primary_key": True, **extra}
            if relation[1] in targets:
                extra["related_name"] = f"{model.lower()}_{name}_set"
            targets.add(relation[1])
        else:
            if unique and not is_key:
                extra["unique"] = True
            kind, parameters, more_notes = self.get_field_type(connection, table.name, column)
            path = kind if "." in kind else f"models.{kind}"
            notes = [*notes, *more_notes]
            extra = {**parameters, **extra}
        extra |= options
        if column.null_ok and not is_key:
            extra |= {"blank": True, "null": True}
        if getattr(column, "comment", None):
            extra["db_comment"] = column.comment
        arguments += [f"{option}={value!r}" for option, value in extra.items()]
        note = f"  # {' '.join(notes)}" if notes else ""
        return f"{name} = {path}({', '.join(arguments)}){note}"

    def _relation(
        self,
        connection: Any,
        cursor: Any,
        relation: tuple[Any, ...],
        table: Table,
        model: str,
        written: list[str],
        extra: dict[str, Any],
        targets: set[str],
    ) -> list[str]:
        """Return the leading arguments of a foreign key."""
        target_column, target_table, *rest = relation
        on_delete = (
            getattr(rest[0], "__name__", None) or str(rest[0])
            if rest and rest[0] is not None
            else "DO_NOTHING"
        )
        to = "self" if target_table == table.name else self.normalize_table_name(target_table)
        if target_column != connection.introspection.get_primary_key_column(cursor, target_table):
            extra["to_field"] = target_column
        reference = to if to in written and to != model else repr(to)
        return [reference, f"models.{on_delete}"]

    def normalize_table_name(self, table_name: str) -> str:
        """Make a class name of a table's name."""
        return re.sub(r"[^a-zA-Z0-9]", "", table_name.title())

    def normalize_col_name(
        self, col_name: str, used_column_names: Sequence[str], is_relation: bool
    ) -> tuple[str, dict[str, Any], list[str]]:
        """Make a field name of a column's name; return it with the options and notes that this takes."""
        notes: list[str] = []
        name = col_name.lower()
        if name != col_name:
            notes.append("Field name made lowercase.")
        if is_relation:
            name = name[:-3] if name.endswith("_id") else name
        name, changed = re.subn(r"\W", "_", name)
        if changed:
            notes.append("Field renamed to remove unsuitable characters.")
        if LOOKUP_SEP in name:
            name = re.sub(r"_{2,}", "_", name)
            if LOOKUP_SEP not in col_name.lower():
                notes.append("Field renamed because it contained more than one '_' in a row.")
        if name.startswith("_"):
            name = f"field{name}"
            notes.append("Field renamed because it started with '_'.")
        if name.endswith("_"):
            name = f"{name}field"
            notes.append("Field renamed because it ended with '_'.")
        if keyword.iskeyword(name):
            name += "_field"
            notes.append("Field renamed because it was a Python reserved word.")
        if name[:1].isdecimal():
            name = f"number_{name}"
            notes.append("Field renamed because it wasn't a valid Python identifier.")
        if name in used_column_names:
            number = next(
                n for n in range(len(used_column_names) + 1) if f"{name}_{n}" not in used_column_names
            )
            name = f"{name}_{number}"
            notes.append("Field renamed because of name conflict.")
        usual = f"{name}_id" if is_relation else name
        # Lower case alone needs no db_column where the database does not mind.
        options = {} if usual == col_name else {"db_column": col_name}
        return name, options, notes if options else []

    def get_field_type(
        self, connection: Any, table_name: str, row: Any
    ) -> tuple[str, dict[str, Any], list[str]]:
        """Return a column's field class, its parameters and notes."""
        parameters: dict[str, Any] = {}
        notes: list[str] = []
        try:
            kind = connection.introspection.get_field_type(row.type_code, row)
        except KeyError:
            kind = "TextField"
            notes.append("This field type is a guess.")
        if isinstance(kind, tuple):
            kind, more = kind
            parameters.update(more)
        if kind == "CharField" and row.display_size:
            size = int(row.display_size)
            if size > 0:
                parameters["max_length"] = size
        if kind in {"CharField", "TextField"} and row.collation:
            parameters["db_collation"] = row.collation
        if kind == "DecimalField" and row.precision is not None and row.scale is not None:
            parameters["max_digits"], parameters["decimal_places"] = row.precision, row.scale
        return kind, parameters, notes

    def get_meta(
        self,
        table_name: str,
        constraints: dict[str, dict[str, Any]],
        column_to_field_name: dict[str, str],
        is_view: bool,
        is_partition: bool,
        comment: str | None,
    ) -> Iterator[str]:
        """Yield the lines of `class Meta`."""
        together: list[str] = []
        unknown = False
        for described in constraints.values():
            if not described["unique"] or described["primary_key"]:
                continue
            columns = described["columns"]
            if (
                not columns
                or None in columns
                or (described.get("definition") and "(" in _terms(described["definition"]))
            ):
                unknown = True
            columns = [column for column in columns or () if column is not None]
            if len(columns) > 1:
                together.append(f"({', '.join(repr(column_to_field_name[column]) for column in columns)})")
        made_from = (
            "  # Created from a view." if is_view else "  # Created from a partition." if is_partition else ""
        )
        yield ""
        if unknown:
            yield "    # A unique constraint could not be introspected."
        yield "    class Meta:"
        yield f"        managed = False{made_from}"
        yield f"        db_table = {table_name!r}"
        if together:
            yield f"        unique_together = ({', '.join(together)},)"
        if comment:
            yield f"        db_table_comment = {comment!r}"


def _terms(definition: str) -> str:
    """Return what an index is on: the outer parentheses of its definition."""
    return definition.partition("(")[2].rpartition(")")[0]
