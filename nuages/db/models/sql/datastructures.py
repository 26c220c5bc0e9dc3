"""What a FROM clause is made of: a base table and the tables joined to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nuages.core.exceptions import FullResultSet
from nuages.db.models.sql.constants import INNER, LOUTER


# Neither is ever changed. They are not frozen, for that makes each several times as dear, and every new query has some.
@dataclass(slots=True, eq=False)
class BaseTable:
    """The table a query starts from."""

    table_name: str
    table_alias: str

    join_type = None
    parent_alias = None
    filtered_relation = None
    nullable = False

    def renamed(self, change_map: Mapping[str, str]) -> BaseTable:
        """The same table under its new alias."""
        return replace(self, table_alias=change_map.get(self.table_alias, self.table_alias))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return named(compiler, self.table_name, self.table_alias), []


@dataclass(slots=True, eq=False)
class Join:
    """A table reached over `join_field` from `parent_alias`.

    How it is joined is worked out from the whole query when that is written: see `shapes.joins`.
    """

    table_name: str
    parent_alias: str
    table_alias: str
    join_field: Any
    nullable: bool
    filtered_relation: Any = None
    many: bool = False
    direct: bool = False
    join_type: str = INNER

    def same_step(self, table: str, parent: str, join_field: Any, filtered: Any) -> bool:
        """Whether this join is the same step as another."""
        return (
            self.table_name == table
            and self.parent_alias == parent
            and (self.join_field is join_field or self.join_field == join_field)
            and (self.filtered_relation.alias if self.filtered_relation else None)
            == (filtered.alias if filtered else None)
        )

    def typed(self, join_type: str) -> Join:
        """The same join, inner or outer."""
        return self if self.join_type == join_type else replace(self, join_type=join_type)

    def renamed(self, change_map: Mapping[str, str]) -> Join:
        """The same join between renamed tables."""
        filtered = self.filtered_relation
        if filtered is not None:
            filtered = filtered.clone()
            filtered.resolved_condition = filtered.resolved_condition.relabeled_clone(dict(change_map))
        return replace(
            self,
            parent_alias=change_map.get(self.parent_alias, self.parent_alias),
            table_alias=change_map.get(self.table_alias, self.table_alias),
            filtered_relation=filtered,
        )

    def resolved(self, resolve: Callable[[Any], Any]) -> Join:
        """The same join with what its condition left open resolved."""
        filtered = self.filtered_relation
        if filtered is None:
            return self
        filtered = filtered.clone()
        filtered.resolved_condition = resolve(filtered.resolved_condition)
        return replace(self, filtered_relation=filtered)

    @property
    def join_cols(self) -> tuple[tuple[str, str], ...]:
        """Columns compared: `((column of the parent table, column of the joined table), …)`."""
        return tuple((left.column, right.column) for left, right in self.join_field.get_joining_fields())

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        conditions: list[str] = []
        params: list[Any] = []
        for left, right in self.join_field.get_joining_fields():
            near, far = connection.ops.prepare_join_on_clause(
                self.parent_alias, left, self.table_alias, right
            )
            left_sql, left_params = compiler.compile(near)
            right_sql, right_params = compiler.compile(far)
            conditions.append(f"{left_sql} = {right_sql}")
            params += [*left_params, *right_params]
        extra = self.join_field.get_extra_restriction(self.table_alias, self.parent_alias)
        if extra:
            compiler.note_restriction(self.join_field)
            sql, some = compiler.compile(extra)
            conditions.append(f"({sql})")
            params += some
        if self.filtered_relation is not None:
            try:
                sql, some = compiler.compile(self.filtered_relation.resolved_condition)
            except FullResultSet:
                pass
            else:
                conditions.append(f"({sql})")
                params += some
        if not conditions:
            field = self.join_field
            raise ValueError(
                f"Join generated an empty ON clause. {getattr(field, 'field', field).__class__.__name__} did not "
                "yield either joining columns or extra restrictions."
            )
        table = named(compiler, self.table_name, self.table_alias)
        return f"{self.join_type} {table} ON ({' AND '.join(conditions)})", params


def named(compiler: Any, table: str, alias: str) -> str:
    """A table with its alias, which is left out when it is the table's own name."""
    quoted = compiler.quote_name(table)
    return quoted if alias == table else f"{quoted} {compiler.quote_name(alias)}"


__all__ = ["INNER", "LOUTER", "BaseTable", "Join"]
