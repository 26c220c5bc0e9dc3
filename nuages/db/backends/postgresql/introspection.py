"""Reading the tables of a PostgreSQL database."""

from __future__ import annotations

from typing import Any

from nuages.db.backends.base.introspection import BaseDatabaseIntrospection, constraint, extended
from nuages.db.backends.base.introspection import FieldInfo as BaseFieldInfo
from nuages.db.backends.base.introspection import TableInfo as BaseTableInfo

FieldInfo = extended(BaseFieldInfo, "is_autofield", "comment")
TableInfo = extended(BaseTableInfo, "comment")

#: Field classes by the number that the server gives a type.
FIELDS_OF_OIDS = {
    oid: name
    for name, oids in {
        "BooleanField": (16,),
        "SmallIntegerField": (21,),
        "IntegerField": (23,),
        "BigIntegerField": (20,),
        "DecimalField": (1700,),
        "FloatField": (700, 701),
        "CharField": (1042, 1043),
        "TextField": (25,),
        "BinaryField": (17,),
        "DateField": (1082,),
        "TimeField": (1083, 1266),
        "DateTimeField": (1114, 1184),
        "DurationField": (1186,),
        "UUIDField": (2950,),
        "GenericIPAddressField": (869,),
        "JSONField": (3802,),
    }.items()
    for oid in oids
}

_COLUMNS = """
    SELECT attribute.attname, NOT (attribute.attnotnull OR (kind.typtype = 'd' AND kind.typnotnull)),
           pg_get_expr(fallback.adbin, fallback.adrelid),
           CASE WHEN collate_.collname = 'default' THEN NULL ELSE collate_.collname END,
           attribute.attidentity != '', col_description(attribute.attrelid, attribute.attnum)
    FROM pg_attribute AS attribute
    JOIN pg_class AS owner ON owner.oid = attribute.attrelid
    JOIN pg_type AS kind ON kind.oid = attribute.atttypid
    LEFT JOIN pg_attrdef AS fallback
           ON fallback.adrelid = attribute.attrelid AND fallback.adnum = attribute.attnum
    LEFT JOIN pg_collation AS collate_ ON collate_.oid = attribute.attcollation
    WHERE owner.relkind IN ('f', 'm', 'p', 'r', 'v') AND owner.relname = %s
      AND attribute.attnum > 0 AND NOT attribute.attisdropped AND pg_table_is_visible(owner.oid)"""

_TABLES = """
    SELECT relname, CASE WHEN relispartition THEN 'p' WHEN relkind IN ('m', 'v') THEN 'v' ELSE 't' END,
           obj_description(oid, 'pg_class')
    FROM pg_class
    WHERE relkind IN ('f', 'm', 'p', 'r', 'v') AND pg_table_is_visible(oid)
      AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace,
                               'information_schema'::regnamespace)"""

_FOREIGN_KEYS = """
    SELECT own.attname, other.relname, theirs.attname, link.confdeltype
    FROM pg_constraint AS link
    JOIN pg_class AS owner ON owner.oid = link.conrelid
    JOIN pg_class AS other ON other.oid = link.confrelid
    JOIN pg_attribute AS own ON own.attrelid = owner.oid AND own.attnum = link.conkey[1]
    JOIN pg_attribute AS theirs ON theirs.attrelid = other.oid AND theirs.attnum = link.confkey[1]
    WHERE link.contype = 'f' AND owner.relname = %s AND pg_table_is_visible(owner.oid)"""

_SEQUENCES = """
    SELECT numbers.relname, attribute.attname
    FROM pg_class AS numbers
    JOIN pg_depend AS link
      ON link.classid = 'pg_class'::regclass AND link.objid = numbers.oid AND link.deptype IN ('a', 'i')
    JOIN pg_attribute AS attribute ON attribute.attrelid = link.refobjid AND attribute.attnum = link.refobjsubid
    JOIN pg_class AS owner ON owner.oid = link.refobjid
    WHERE numbers.relkind = 'S' AND owner.relname = %s AND pg_table_is_visible(owner.oid)"""

_CONSTRAINTS = """
    SELECT made.conname,
           ARRAY(SELECT attname FROM unnest(made.conkey) WITH ORDINALITY AS key(number, place)
                 JOIN pg_attribute ON attrelid = made.conrelid AND attnum = key.number ORDER BY key.place),
           made.contype,
           (SELECT ARRAY[other.relname, theirs.attname] FROM pg_class AS other
            JOIN pg_attribute AS theirs ON theirs.attrelid = other.oid AND theirs.attnum = made.confkey[1]
            WHERE other.oid = made.confrelid),
           owner.reloptions
    FROM pg_constraint AS made JOIN pg_class AS owner ON owner.oid = made.conrelid
    WHERE owner.relname = %s AND pg_table_is_visible(owner.oid)"""

_INDEXES = """
    SELECT named.relname,
           array_agg(attribute.attname ORDER BY key.place),
           shape.indisunique, shape.indisprimary,
           array_agg(CASE shape.indoption[key.place - 1] & 1 WHEN 1 THEN 'DESC' ELSE 'ASC' END
                     ORDER BY key.place) FILTER (WHERE key.place <= shape.indnkeyatts),
           method.amname, pg_get_indexdef(named.oid), named.reloptions
    FROM pg_index AS shape
    JOIN pg_class AS owner ON owner.oid = shape.indrelid
    JOIN pg_class AS named ON named.oid = shape.indexrelid
    JOIN pg_am AS method ON method.oid = named.relam
    CROSS JOIN LATERAL unnest(shape.indkey) WITH ORDINALITY AS key(number, place)
    LEFT JOIN pg_attribute AS attribute ON attribute.attrelid = owner.oid AND attribute.attnum = key.number
    WHERE owner.relname = %s AND pg_table_is_visible(owner.oid)
    GROUP BY named.oid, named.relname, named.reloptions, shape.indisunique, shape.indisprimary, method.amname"""

_KINDS = {"p": ("primary_key", "unique"), "u": ("unique",), "c": ("check",)}


class DatabaseIntrospection(BaseDatabaseIntrospection):
    data_types_reverse = FIELDS_OF_OIDS
    index_default_access_method = "btree"
    ignored_tables: list[str] = []
    on_delete_types: dict[str, str] = {"c": "DB_CASCADE", "d": "DB_SET_DEFAULT", "n": "DB_SET_NULL"}

    def get_field_type(self, data_type: Any, description: Any) -> Any:
        kind = super().get_field_type(data_type, description)
        numbered = description.is_autofield or "nextval" in (description.default or "")
        autos = {
            "IntegerField": "AutoField",
            "BigIntegerField": "BigAutoField",
            "SmallIntegerField": "SmallAutoField",
        }
        return autos.get(kind, kind) if numbered else kind

    def get_table_list(self, cursor: Any) -> list[Any]:
        cursor.execute(_TABLES)
        return [TableInfo(*row) for row in cursor.fetchall() if row[0] not in self.ignored_tables]

    def get_table_description(self, cursor: Any, table_name: str) -> list[Any]:
        cursor.execute(_COLUMNS, [table_name])
        more = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(f"SELECT * FROM {self.connection.ops.quote_name(table_name)} LIMIT 1")
        described = []
        for column in cursor.description:
            null, default, collation, numbered, comment = more[column.name]
            size = column.display_size
            # Text without a limit has neither size nor precision.
            described.append(
                FieldInfo(
                    column.name, column.type_code, size, column.internal_size, column.precision, column.scale,
                    null, default, collation, numbered, comment,
                )
            )  # fmt: skip
        return described

    def get_sequences(self, cursor: Any, table_name: str, table_fields: Any = ()) -> list[dict[str, Any]]:
        cursor.execute(_SEQUENCES, [table_name])
        return [{"name": name, "table": table_name, "column": column} for name, column in cursor.fetchall()]

    def get_relations(self, cursor: Any, table_name: str) -> dict[str, tuple[Any, ...]]:
        from nuages.db import models

        cursor.execute(_FOREIGN_KEYS, [table_name])
        return {
            column: (target, table, getattr(models, self.on_delete_types.get(action, "DO_NOTHING")))
            for column, table, target, action in cursor.fetchall()
        }

    def get_constraints(self, cursor: Any, table_name: str) -> dict[str, dict[str, Any]]:
        from nuages.db.models import Index

        constraints: dict[str, dict[str, Any]] = {}
        cursor.execute(_CONSTRAINTS, [table_name])
        for name, columns, kind, target, options in cursor.fetchall():
            facts: dict[str, Any] = dict.fromkeys(_KINDS.get(kind, ()), True)
            if kind == "f":
                facts["foreign_key"] = tuple(target)
            constraints[name] = constraint(columns, **facts, definition=None, options=options)
        cursor.execute(_INDEXES, [table_name])
        for name, columns, unique, primary, orders, method, definition, options in cursor.fetchall():
            if name in constraints:
                continue
            usual = method == self.index_default_access_method
            # An index that was asked for as a B-tree, by name or options, is more than the usual one.
            plain = usual and options is None and not name.endswith(f"_{method}")
            constraints[name] = constraint(
                columns if columns != [None] else [],
                unique=unique,
                primary_key=primary,
                index=True,
                orders=orders if usual else [],
                type=Index.suffix if plain else method,
                definition=definition,
                options=options,
            )
        return constraints
