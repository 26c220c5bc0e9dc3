"""The WHERE tree: conditions joined by AND, OR or XOR, written to SQL with constants folded away.

A node is treated as immutable once it is part of a shape; `add`, `negate` and the attributes exist for
building one by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from nuages.core.exceptions import EmptyResultSet, FullResultSet

AND = "AND"
OR = "OR"
XOR = "XOR"


class WhereNode:
    """Conditions under one connector, perhaps negated. `offset` moves the slots of a tree taken from another shape."""

    default = AND
    resolved = False
    conditional = True
    filterable = True
    shape_safe = True
    set_returning = False
    allows_composite_expressions = False
    empty_result_set_value = NotImplemented
    window_compatible = False

    def __init__(
        self,
        children: Iterable[Any] | None = None,
        connector: str | None = None,
        negated: bool = False,
        offset: int = 0,
    ) -> None:
        self.children = list(children) if children else []
        self.connector = connector or self.default
        self.negated = negated
        self.offset = offset

    def __repr__(self) -> str:
        inside = ", ".join(map(repr, self.children))
        return f"<WhereNode: ({'NOT ' if self.negated else ''}{self.connector}: {inside})>"

    def __bool__(self) -> bool:
        return bool(self.children)

    def __len__(self) -> int:
        return len(self.children)

    def __contains__(self, child: object) -> bool:
        return child in self.children

    def _identity(self) -> tuple[Any, ...]:
        return (type(self), self.connector, self.negated, self.offset, tuple(self.children))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WhereNode) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    @property
    def identity(self) -> tuple[Any, ...]:
        """What makes two conditions the same, in the form expressions compare themselves by."""
        return self._identity()

    # Building -----------------------------------------------------------------------------------------------

    def add(self, data: Any, connector: str) -> Any:
        """Join `data` to this node; nodes of the same connector are merged into one."""
        if self.connector != connector:
            inner = self.copy()
            self.connector, self.children, self.negated = connector, [inner], False
            self.offset = 0
        if (
            isinstance(data, WhereNode)
            and not data.negated
            and data.offset == self.offset
            and (data.connector == connector or len(data) == 1)
        ):
            self.children.extend(data.children)
        elif data not in self.children:
            self.children.append(data)
        return data

    def negate(self) -> None:
        """Turn the truth of the whole node round."""
        self.negated = not self.negated

    def copy(self) -> WhereNode:
        """A node of its own over the same conditions."""
        return type(self)(self.children, self.connector, self.negated, self.offset)

    clone = copy

    def with_children(self, children: Sequence[Any]) -> WhereNode:
        """The same node over other conditions."""
        return type(self)(children, self.connector, self.negated, self.offset)

    def mapped(self, change: Callable[[Any], Any]) -> WhereNode:
        """The same node with `change` applied to every condition."""
        return self.with_children([change(child) for child in self.children])

    def leaves(self) -> Iterator[Any]:
        """Every condition that is not itself a node."""
        for child in self.children:
            if isinstance(child, WhereNode):
                yield from child.leaves()
            else:
                yield child

    # The expression interface -------------------------------------------------------------------------------

    @property
    def output_field(self) -> Any:
        from nuages.db.models.fields import BooleanField

        return BooleanField()

    @property
    def _output_field_or_none(self) -> Any:
        return self.output_field

    @property
    def contains_aggregate(self) -> bool:
        return any(getattr(child, "contains_aggregate", False) for child in self.children)

    @property
    def contains_over_clause(self) -> bool:
        return any(getattr(child, "contains_over_clause", False) for child in self.children)

    @property
    def contains_column_references(self) -> bool:
        return any(getattr(child, "contains_column_references", False) for child in self.children)

    @property
    def contains_subquery(self) -> bool:
        return any(getattr(child, "contains_subquery", False) for child in self.children)

    @property
    def is_summary(self) -> bool:
        return any(getattr(child, "is_summary", False) for child in self.children)

    def get_source_expressions(self) -> list[Any]:
        return self.children[:]

    def set_source_expressions(self, children: Sequence[Any]) -> None:
        if len(children) != len(self.children):
            raise ValueError(f"Expected {len(self.children)} conditions, got {len(children)}.")
        self.children = list(children)

    def flatten(self) -> Iterator[Any]:
        yield self
        for child in self.children:
            if child is not None:
                yield from child.flatten() if hasattr(child, "flatten") else (child,)

    def resolve_expression(self, query: Any = None, *args: Any, **kwargs: Any) -> WhereNode:
        """Resolve what the conditions left open, such as references to an outer query."""

        def resolve(child: Any) -> Any:
            return (
                child.resolve_expression(query, *args, **kwargs)
                if hasattr(child, "resolve_expression")
                else child
            )

        node = self.mapped(resolve)
        node.resolved = True
        return node

    def relabeled_clone(self, change_map: dict[str, str]) -> WhereNode:
        """The same conditions over renamed tables."""

        def relabel(child: Any) -> Any:
            return child.relabeled_clone(change_map) if hasattr(child, "relabeled_clone") else child

        return self.mapped(relabel)

    def replace_expressions(self, replacements: dict[Any, Any]) -> WhereNode:
        if not replacements:
            return self
        if (replacement := replacements.get(self)) is not None:
            return replacement

        def replace(child: Any) -> Any:
            return child.replace_expressions(replacements) if hasattr(child, "replace_expressions") else child

        return self.mapped(replace)

    def get_refs(self) -> set[str]:
        found: set[str] = set()
        for child in self.children:
            if hasattr(child, "get_refs"):
                found |= child.get_refs()
        return found

    def get_group_by_cols(self) -> list[Any]:
        columns: list[Any] = []
        for child in self.children:
            if hasattr(child, "get_group_by_cols"):
                columns.extend(child.get_group_by_cols())
        return columns

    def get_db_converters(self, connection: Any) -> list[Any]:
        return self.output_field.get_db_converters(connection)

    def get_lookup(self, lookup: str) -> Any:
        return self.output_field.get_lookup(lookup)

    def get_transform(self, name: str) -> Any:
        return self.output_field.get_transform(name)

    def asc(self, **kwargs: Any) -> Any:
        from nuages.db.models.expressions import OrderBy

        return OrderBy(self, **kwargs)

    def desc(self, **kwargs: Any) -> Any:
        from nuages.db.models.expressions import OrderBy

        return OrderBy(self, descending=True, **kwargs)

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        """A condition among the selected columns, on databases that have no boolean values, becomes 1 or 0."""
        if not compiler.connection.features.supports_boolean_expr_in_select_clause:
            sql = f"CASE WHEN {sql} THEN 1 ELSE 0 END"
        return sql, params

    # Writing ------------------------------------------------------------------------------------------------

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """The SQL of the tree. Raises EmptyResultSet when it can never hold, FullResultSet when it always does."""
        sql, params, bare = self.written(compiler, connection)
        return f"({sql})" if bare else sql, params

    def written(self, compiler: Any, connection: Any) -> tuple[str, list[Any], bool]:
        """The SQL of the tree without brackets around it, and whether it needs them beside other conditions."""
        if not self.children:
            # No condition at all, negated or not, restricts nothing.
            raise FullResultSet
        written: list[str] = []
        params: list[Any] = []
        always = never = 0
        for child in self.children:
            try:
                sql, some = compiler.compile(child)
            except EmptyResultSet:
                never += 1
                continue
            except FullResultSet:
                always += 1
                continue
            if sql:
                written.append(sql)
                params.extend(some)
            else:
                always += 1
        known = self._known(always, never, len(written))
        if known is not None:
            raise FullResultSet if known != self.negated else EmptyResultSet
        bare = False
        if self.connector == XOR:
            sql = _parity(written, odd=always % 2 == 0, connection=connection)
        else:
            sql = f" {self.connector} ".join(written)
            bare = len(written) > 1
        if self.negated:
            sql, bare = f"NOT ({sql})", False
        if self.offset:
            params = [
                getattr(param, "shifted", _stays)(self.offset) if _moves(param) else param for param in params
            ]
        return sql, params, bare

    def _known(self, always: int, never: int, open_: int) -> bool | None:
        """The truth of the node before negation, when its constant conditions already decide it."""
        if self.connector == AND:
            if never:
                return False
            return None if open_ else True
        if self.connector == OR:
            # An OR without any condition restricts nothing, like an empty node.
            if always:
                return True
            return None if open_ else not never
        if open_:
            return None
        return always % 2 == 1 if always + never else True


def _moves(param: Any) -> bool:
    from nuages.db.models.shapes.slots import Slot

    return isinstance(param, Slot)


def _stays(offset: int) -> Any:
    raise TypeError(f"A constant cannot be moved by {offset}.")


def _parity(conditions: Sequence[str], odd: bool, connection: Any) -> str:
    """An odd (or even) number of conditions hold; one that is unknown counts as one that does not."""
    if connection.features.supports_logical_xor and odd:
        return "(" + " XOR ".join(conditions) + ")"
    total = " + ".join(f"CASE WHEN {condition} THEN 1 ELSE 0 END" for condition in conditions)
    return f"(({total}) %% 2) = {int(odd)}"


class NothingNode:
    """A condition that never holds."""

    contains_aggregate = False
    contains_over_clause = False
    conditional = True
    shape_safe = True

    def as_sql(self, compiler: Any = None, connection: Any = None) -> tuple[str, list[Any]]:
        raise EmptyResultSet

    def relabeled_clone(self, change_map: dict[str, str]) -> NothingNode:
        return self

    def resolve_expression(self, *args: Any, **kwargs: Any) -> NothingNode:
        return self

    def get_group_by_cols(self) -> list[Any]:
        return []

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NothingNode)

    def __hash__(self) -> int:
        return hash(NothingNode)


class ExtraWhere:
    """Raw conditions given to `extra(where=…)`."""

    contains_aggregate = False
    contains_over_clause = False
    conditional = True
    shape_safe = True

    def __init__(self, sqls: Sequence[str], params: Sequence[Any] | None) -> None:
        self.sqls = tuple(sqls)
        self.params = list(params or ())

    def as_sql(self, compiler: Any = None, connection: Any = None) -> tuple[str, list[Any]]:
        return " AND ".join(f"({sql})" for sql in self.sqls), list(self.params)

    def relabeled_clone(self, change_map: dict[str, str]) -> ExtraWhere:
        return self

    def get_group_by_cols(self) -> list[Any]:
        return []


def divided(node: WhereNode) -> tuple[list[Any], list[Any], list[Any]]:
    """Conditions that belong before grouping, after grouping, and after window functions."""
    if not node.negated and (node.connector == AND or len(node) == 1) and not node.offset:
        before: list[Any] = []
        after: list[Any] = []
        qualify: list[Any] = []
        for child in node.children:
            parts = divided(child) if isinstance(child, WhereNode) else _bucket(child)
            before += parts[0]
            after += parts[1]
            qualify += parts[2]
        return before, after, qualify
    return _bucket(node)


def _bucket(condition: Any) -> tuple[list[Any], list[Any], list[Any]]:
    if getattr(condition, "contains_over_clause", False):
        return [], [], [condition]
    if getattr(condition, "contains_aggregate", False):
        return [], [condition], []
    return [condition], [], []
