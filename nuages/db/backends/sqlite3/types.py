"""The column types of SQLite."""

from __future__ import annotations

from typing import Any


def _varchar(parameters: Any) -> str:
    length = parameters["max_length"]
    return "varchar" if length is None else f"varchar({length})"


_INTEGERS = {
    "": "integer",
    "Big": "bigint",
    "Small": "smallint",
    "Positive": "integer unsigned",
    "PositiveBig": "bigint unsigned",
    "PositiveSmall": "smallint unsigned",
}

DATA_TYPES: dict[str, Any] = {
    **{f"{size}IntegerField": column for size, column in _INTEGERS.items()},
    **dict.fromkeys(("AutoField", "BigAutoField", "SmallAutoField"), "integer"),
    **dict.fromkeys(("FileField", "FilePathField", "SlugField"), "varchar(%(max_length)s)"),
    "BinaryField": "BLOB",
    "BooleanField": "bool",
    "CharField": _varchar,
    "DateField": "date",
    "DateTimeField": "datetime",
    "DecimalField": "decimal",
    "DurationField": "bigint",
    "FloatField": "real",
    "GenericIPAddressField": "char(39)",
    "IPAddressField": "char(15)",
    "JSONField": "text",
    "OneToOneField": "integer",
    "TextField": "text",
    "TimeField": "time",
    "UUIDField": "char(32)",
}

DATA_TYPE_CHECKS: dict[str, str] = {
    **{f"Positive{size}IntegerField": '"%(column)s" >= 0' for size in ("", "Big", "Small")},
    "JSONField": '(JSON_VALID("%(column)s") OR "%(column)s" IS NULL)',
}

DATA_TYPE_SUFFIXES: dict[str, str] = dict.fromkeys(
    ("AutoField", "BigAutoField", "SmallAutoField"), "AUTOINCREMENT"
)
