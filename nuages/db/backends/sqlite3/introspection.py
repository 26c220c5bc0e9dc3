"""Reading the tables of an SQLite database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from nuages.db.backends.base.introspection import BaseDatabaseIntrospection, TableInfo, constraint, extended
from nuages.db.backends.base.introspection import FieldInfo as BaseFieldInfo
from nuages.db.backends.sqlite3 import ddl
from nuages.db.exceptions import DatabaseError

FieldInfo = extended(BaseFieldInfo, "pk", "has_json_constraint")

_SIZE = re.compile(r"\(\s*(\d+)\s*(?:,\s*\d+\s*)?\)")


def get_field_size(name: str) -> int | None:
    """Return the number in `varchar(30)`."""
    found = _SIZE.search(name)
    return int(found[1]) if found else None


_CHARACTERS = re.compile(r"(n?(var)?char|(native |varying )?character)\b")


class FlexibleFieldLookupDict:
    """Column types as people write them, in any case and with sizes, to field classes."""

    base_data_types_reverse: ClassVar[dict[str, str]] = {
        **dict.fromkeys(("bool", "boolean"), "BooleanField"),
        **dict.fromkeys(("decimal", "numeric"), "DecimalField"),
        **dict.fromkeys(("int", "integer", "mediumint"), "IntegerField"),
        **dict.fromkeys(("real", "float", "double", "double precision"), "FloatField"),
        **dict.fromkeys(("text", "clob"), "TextField"),
        **dict.fromkeys(("datetime", "timestamp"), "DateTimeField"),
        "bigint": "BigIntegerField",
        "bigint unsigned": "PositiveBigIntegerField",
        "blob": "BinaryField",
        "date": "DateField",
        "integer unsigned": "PositiveIntegerField",
        "smallint": "SmallIntegerField",
        "smallint unsigned": "PositiveSmallIntegerField",
        "tinyint": "SmallIntegerField",
        "time": "TimeField",
    }

    def __getitem__(self, key: str) -> str:
        name = _SIZE.sub("", key).strip().lower()
        return "CharField" if _CHARACTERS.match(name) else self.base_data_types_reverse[name]


_JSON_CHECK = re.compile(r"[\s(]*json_valid\s*\(", re.IGNORECASE)
_NUMBERED = {"AutoField", "BigIntegerField", "IntegerField", "SmallIntegerField"}
_POSITIVE = re.compile(r"unsigned", re.IGNORECASE)


class DatabaseIntrospection(BaseDatabaseIntrospection):
    data_types_reverse: Any = FlexibleFieldLookupDict()

    def get_field_type(self, data_type: Any, description: Any) -> Any:
        kind = self.data_types_reverse[data_type]
        if description.pk and kind in _NUMBERED:
            return "AutoField"  # any integer key is numbered, whatever its column is called
        return "JSONField" if description.has_json_constraint else kind

    def get_table_list(self, cursor: Any) -> list[TableInfo]:
        cursor.execute(
            "SELECT name, substr(type, 1, 1) FROM sqlite_master"
            " WHERE type IN ('table', 'view') AND name != 'sqlite_sequence' ORDER BY name"
        )
        return [TableInfo(*row) for row in cursor.fetchall()]

    def _quoted(self, name: str) -> str:
        return self.connection.ops.quote_name(name)

    def _table_text(self, cursor: Any, table_name: str) -> ddl.TableText:
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s COLLATE NOCASE", [table_name]
        )
        row = cursor.fetchone()
        return ddl.parse_table(row[0] if row and row[0] else "")

    def get_table_description(self, cursor: Any, table_name: str) -> list[Any]:
        cursor.execute(f"PRAGMA table_xinfo({self._quoted(table_name)})")
        rows = [row for row in cursor.fetchall() if row[6] != 1]  # 1 is hidden; 2 and 3 are generated
        if not rows:
            raise DatabaseError(f"Table {table_name} does not exist (empty pragma).")
        text = self._table_text(cursor, table_name)
        json = {
            column
            for check in text.all_constraints()
            if check.kind == "CHECK" and _JSON_CHECK.match(check.text)
            for column in check.columns
        }
        described = []
        one_key = sum(position > 0 for *_, position, _ in rows) == 1
        for _, name, kind, not_null, default, position, _ in rows:
            column = text.columns.get(name)
            size = get_field_size(kind)
            described.append(
                FieldInfo(
                    name=name,
                    type_code=kind,
                    display_size=size,
                    internal_size=None,
                    precision=None,
                    scale=None,
                    null_ok=not not_null,
                    default=default,
                    collation=column.collation if column else None,
                    pk=one_key and position == 1,
                    has_json_constraint=name in json,
                )
            )
        return described

    def get_sequences(self, cursor: Any, table_name: str, table_fields: Any = ()) -> list[dict[str, Any]]:
        return [{"table": table_name, "column": self.get_primary_key_column(cursor, table_name)}]

    def get_relations(self, cursor: Any, table_name: str) -> dict[str, tuple[Any, ...]]:
        from nuages.db.models import DB_CASCADE, DB_SET_DEFAULT, DB_SET_NULL, DO_NOTHING

        actions = {"CASCADE": DB_CASCADE, "SET NULL": DB_SET_NULL, "SET DEFAULT": DB_SET_DEFAULT}
        cursor.execute(f"PRAGMA foreign_key_list({self._quoted(table_name)})")
        relations = {}
        for _, _, table, column, target, _, on_delete, _ in cursor.fetchall():
            # REFERENCES without a column means the primary key.
            relations[column] = (target, table, actions.get(on_delete, DO_NOTHING))
        for column, (target, table, action) in relations.items():
            if target is None:
                relations[column] = (self.get_primary_key_column(cursor, table), table, action)
        return relations

    def get_primary_key_columns(self, cursor: Any, table_name: str) -> list[str]:
        cursor.execute(f"PRAGMA table_info({self._quoted(table_name)})")
        keys = sorted((position, name) for _, name, _, _, _, position in cursor.fetchall() if position)
        return [name for _, name in keys]

    def get_constraints(self, cursor: Any, table_name: str) -> dict[str, dict[str, Any]]:
        constraints: dict[str, dict[str, Any]] = {}
        unnamed = 0
        for found in self._table_text(cursor, table_name).all_constraints():
            if found.kind not in {"UNIQUE", "CHECK"}:
                continue
            name = found.name
            if name is None:
                unnamed += 1
                name = f"__unnamed_constraint_{unnamed}__"
            constraints[name] = constraint(found.columns, **{found.kind.lower(): True})
        constraints |= dict(self._indexes(cursor, table_name))
        keys = self.get_primary_key_columns(cursor, table_name)
        if keys:
            constraints["__primary__"] = constraint(keys, primary_key=True)
        constraints |= dict(self._foreign_keys(cursor, table_name))
        return constraints

    def _indexes(self, cursor: Any, table_name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        cursor.execute(f"PRAGMA index_list({self._quoted(table_name)})")
        for _, name, unique, origin, _ in sorted(cursor.fetchall()):
            if origin != "c":
                continue  # made by UNIQUE or PRIMARY KEY, and known from there
            cursor.execute(f"PRAGMA index_xinfo({self._quoted(name)})")
            terms = [row for row in cursor.fetchall() if row[5]]
            orders = ["DESC" if row[3] else "ASC" for row in terms]
            # An expression is a column without a name.
            columns = [row[2] for row in terms]
            yield name, constraint(columns, index=True, unique=bool(unique), orders=orders, type="idx")

    def _foreign_keys(self, cursor: Any, table_name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for number, (column, (target, table, _)) in enumerate(self.get_relations(cursor, table_name).items()):
            yield f"fk_{number}", constraint([column], foreign_key=(table, target))

    def _parse_column_or_constraint_definition(
        self, tokens: Iterable[Any], columns: set[str]
    ) -> tuple[str | None, Any, Any, Any]:
        """Read one definition from another parser's tokens (known by its use in Django's tests)."""
        part = ddl.tokens(" ".join(str(token.value) for token in tokens))
        part = next(ddl.split_at_commas(part), [])
        table_level = ddl.is_table_constraint(part)
        column = None if table_level else part[0].name
        found = ddl.constraints_of(part if table_level else part[1:], column, columns)
        unique = next((constraint(one.columns, unique=True) for one in found if one.kind == "UNIQUE"), None)
        check = next((constraint(one.columns, check=True) for one in found if one.kind == "CHECK"), None)
        return next((one.name for one in found if one.name), None), unique, check, None
