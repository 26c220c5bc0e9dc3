"""`Dialect`: how one kind of database writes its SQL and what it can do, as a frozen record.

One object per vendor and version, shared by all connections to such a server; plans are kept by it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

#: Writes one kind of expression: `(node, compiler, connection, **context) -> (sql, params)`.
Writer = Callable[..., tuple[str, Any]]

LOOKUPS = [
    "exact",
    "iexact",
    "contains",
    "icontains",
    "regex",
    "iregex",
    "gt",
    "gte",
    "lt",
    "lte",
    "startswith",
    "endswith",
    "istartswith",
    "iendswith",
]


def same(sql: str) -> str:
    """Leave SQL as it is: what `native` is for drivers that take `%s` themselves."""
    return sql


@dataclass(frozen=True, slots=True)
class InlineConverter:
    """Python source that converts a column's value `{0}`, which is not None."""

    source: str
    #: Names that the sources use.
    names: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    #: The same for what nearly all rows have, where it says by a ValueError or TypeError that this, or None, is not it.
    quick: str = ""
    #: A statement before the first row, with `connection` in reach.
    setup: str = ""
    #: Whether it also takes what is stored in place of what the driver makes of it.
    takes_stored: bool = False


@dataclass(frozen=True, slots=True)
class InlineAdapter:
    """Python source that makes a parameter of a value `{0}` of exactly this type; None leaves it to the field."""

    kind: type
    source: str
    #: Names that the source uses.
    names: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, eq=False, slots=True)
class Dialect:
    """The language of a database. Compared by identity, so it can be a key."""

    vendor: str
    version: tuple[int, ...]
    #: Put a name in quotes, unless it has them.
    quote: Callable[[str], str]
    #: From a lookup's name to its right-hand side: `{"exact": "= %s", ...}`.
    operators: Mapping[str, str]
    #: The same for patterns that come from an expression rather than from a value.
    pattern_ops: Mapping[str, str]
    #: Escapes the wildcards in such an expression; `{}` stands for it.
    pattern_esc: str
    #: From `%s` placeholders to the driver's.
    native: Callable[[str], str] = same
    #: Parameters that one statement may have; None is no limit.
    max_params: int | None = None
    #: Terms that one SELECT list or WHERE may have before the database gives up.
    max_depth: int | None = None
    #: Columns of new rows can be read back from INSERT; from UPDATE and DELETE.
    insert_returning: bool = True
    update_returning: bool = True
    #: Long `IN` lists: the SQL of a set that one parameter holds (`{}` is its placeholder), None for none.
    array_parameter: str | None = None
    #: Largest LIMIT, for an OFFSET that has none of its own; None where it may be left out.
    no_limit: int | None = None
    #: The module that has WRITERS; imported late, because it names the expressions that it writes.
    writers_module: str | None = None
    #: From a field's internal type to what converts its columns, for those whose conversion is part of the loader.
    inline_converters: Mapping[str, InlineConverter] = field(default_factory=lambda: MappingProxyType({}))
    #: From a field's internal type to what writes its values, for those whose writing is part of the binder.
    inline_adapters: Mapping[str, InlineAdapter] = field(default_factory=lambda: MappingProxyType({}))
    #: Selects a column so that the driver gives what is stored, where it would look at the declared type otherwise.
    as_stored: str = "{}"

    @property
    def writers(self) -> Mapping[type, Writer]:
        """How expressions are written where this database differs from the common way."""
        return _writers(self.writers_module) if self.writers_module else _NO_WRITERS

    def __repr__(self) -> str:
        return f"Dialect({self.vendor} {'.'.join(map(str, self.version))})"


_NO_WRITERS: Mapping[type, Writer] = MappingProxyType({})


@cache
def _writers(module: str) -> Mapping[type, Writer]:
    return MappingProxyType(import_module(module).WRITERS)


def quoter(mark: str) -> Callable[[str], str]:
    """Make a function that puts names between two of `mark`, once."""

    @lru_cache(maxsize=8192)
    def quote(name: str) -> str:
        return name if name.startswith(mark) and name.endswith(mark) else f"{mark}{name}{mark}"

    return quote
