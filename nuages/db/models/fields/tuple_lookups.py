"""Lookups on several columns at once: composite keys and relations over more than one column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nuages.core.exceptions import EmptyResultSet
from nuages.db.models.expressions import ColPairs, F, Func, ResolvedOuterRef, Subquery
from nuages.db.models.expressions.base import Sql, is_expression
from nuages.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    IsNull,
    LessThan,
    LessThanOrEqual,
    Lookup,
)
from nuages.db.models.lookups.base import is_query
from nuages.db.models.lookups.comparison import one_column
from nuages.db.models.shapes.slots import Opaque, Slot

__all__ = [
    "Tuple",
    "TupleExact",
    "TupleGreaterThan",
    "TupleGreaterThanOrEqual",
    "TupleIn",
    "TupleIsNull",
    "TupleLessThan",
    "TupleLessThanOrEqual",
]


class Tuple(Func):
    """Several expressions as one row value."""

    allows_composite_expressions = True
    function = ""
    is_composite = True

    def __len__(self) -> int:
        return len(self.source_expressions)

    def __iter__(self) -> Any:
        return iter(self.source_expressions)

    def get_cols(self) -> list[Any]:
        """The expressions, as ColPairs gives its columns."""
        return list(self.source_expressions)

    @property
    def output_field(self) -> Any:
        """None: a row has no single type."""
        return None

    @property
    def _output_field_or_none(self) -> Any:
        return None


class _Item:
    """`bind` step: one element of a tuple."""

    __slots__ = ("position",)

    def __init__(self, position: int) -> None:
        self.position = position

    def __call__(self, value: Any, connection: Any) -> Any:
        return value[self.position]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Item) and other.position == self.position

    def __hash__(self) -> int:
        return hash((_Item, self.position))


class TupleLookup(Lookup):
    """A comparison of several columns with as many values."""

    # The class that compares one column the same way.
    single: type[Lookup] = Exact
    operator = "="
    # A right side of NULLs can never match, so it is refused rather than compared.
    takes_query = True

    def get_prep_lhs(self) -> Any:
        return Tuple(*self.lhs) if isinstance(self.lhs, (tuple, list)) else self.lhs

    # Checks

    def lhs_name(self) -> str:
        """The left side as error messages name it."""
        lhs = self.lhs
        if isinstance(lhs, ColPairs):
            return repr(lhs.output_field.name)
        if isinstance(lhs, F):
            return repr(lhs.name)
        names = ", ".join(repr(getattr(part, "name", part)) for part in lhs)
        return f"({names})"

    def width(self) -> int | None:
        """How many columns are compared; None while that is not known."""
        return len(self.lhs) if isinstance(self.lhs, (tuple, list, ColPairs, Tuple)) else None

    def refuse(self, reason: str) -> ValueError:
        """The error for a right side that does not fit."""
        return ValueError(f"{self.lookup_name!r} lookup of {self.lhs_name()} {reason}")

    def normalized(self, value: Any) -> Any:
        """A model instance (or the single key of a relation) as the tuple of its values."""
        from nuages.db.models.base import Model

        field = getattr(self.lhs, "output_field", None) if isinstance(self.lhs, ColPairs) else None
        if field is not None and hasattr(field, "path_infos"):
            if not isinstance(value, list):
                from nuages.db.models.fields.related_lookups import get_normalized_value

                return get_normalized_value(value, self.lhs)
        elif isinstance(value, Model):
            return value.pk
        return value

    def checked(self, value: Any) -> Any:
        """One right side with as many values as there are columns."""
        value = self.normalized(value)
        if not isinstance(value, (tuple, list)):
            raise self.refuse("must be a tuple or a list")
        width = self.width()
        if width is not None and len(value) != width:
            raise self.refuse(f"must have {width} elements")
        return value

    def get_prep_lookup(self) -> Any:
        if isinstance(self.rhs, Slot):
            return self.rhs.prepared(self.prepared_row)
        if not is_expression(self.rhs) and not hasattr(self.rhs, "as_sql"):
            return self.checked(self.rhs)
        return self.checked_expression(self.rhs)

    def checked_expression(self, rhs: Any) -> Any:
        """A right side that is computed by the database."""
        if is_query(rhs):
            if not self.takes_query and hasattr(getattr(self.lhs, "output_field", None), "path_infos"):
                raise ValueError(f"{self.lookup_name!r} doesn't support multi-column subqueries.")
            if self.operator == "=" and not rhs.has_limit_one():
                raise ValueError(
                    "The QuerySet value for an exact lookup must be limited to one result using slicing."
                )
            return one_column(rhs, "the exact", self.width() or 1)
        if not isinstance(rhs, (F, ResolvedOuterRef, ColPairs, Tuple, Subquery)):
            raise ValueError(
                f"{self.lookup_name!r} subquery lookup of {self.lhs_name()} only supports OuterRef "
                f"and QuerySet objects (received {type(rhs).__name__!r})"
            )
        return rhs

    def prepared_row(self, value: Any) -> tuple[Any, ...]:
        """`prepare` step: each value prepared by its column's field."""
        row = self.checked(value)
        if any(item is None or is_expression(item) for item in row):
            raise Opaque
        fields = [column.output_field for column in self.lhs.get_cols()]
        return tuple(field.get_prep_value(item) for field, item in zip(fields, row, strict=True))

    # SQL

    def get_source_expressions(self) -> list[Any]:
        if is_expression(self.rhs) or hasattr(self.rhs, "as_sql"):
            return [self.lhs, self.rhs]
        if isinstance(self.rhs, (tuple, list)):
            return [self.lhs, *(item for item in self.rhs if is_expression(item))]
        return [self.lhs]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.lhs = exprs[0]
        if is_expression(self.rhs) or hasattr(self.rhs, "as_sql"):
            self.rhs = exprs[1]
        elif isinstance(self.rhs, (tuple, list)):
            rest = iter(exprs[1:])
            self.rhs = tuple(next(rest) if is_expression(item) else item for item in self.rhs)

    def parts(self, value: Any) -> list[Any]:
        """One right side for each column."""
        if isinstance(value, Slot):
            count = len(self.lhs)
            return [Slot(value.index, None, (*value.binds, _Item(position))) for position in range(count)]
        if isinstance(value, (ColPairs, Tuple)):
            return list(value.get_cols())
        return list(self.checked(value))

    def columns(self) -> list[Any]:
        """The columns compared."""
        if not isinstance(self.lhs, (ColPairs, Tuple)):
            raise ValueError("Composite field lookups only work with composite expressions.")
        return list(self.lhs.get_cols())

    def row_sql(self, compiler: Any, connection: Any, value: Any) -> Sql:
        """A right side as a row value."""
        sqls: list[str] = []
        params: list[Any] = []
        for column, item in zip(self.columns(), self.parts(value), strict=True):
            sql, own = Exact(column, item).process_rhs(compiler, connection)
            sqls.append(sql)
            params.extend(own)
        return f"({', '.join(sqls)})", tuple(params)

    def lhs_sql(self, compiler: Any, connection: Any) -> Sql:
        """The columns as a row value."""
        compiled = [compiler.compile(column) for column in self.columns()]
        sql = ", ".join(part for part, _ in compiled)
        return f"({sql})", tuple(value for _, params in compiled for value in params)

    def process_rhs(self, compiler: Any, connection: Any) -> Sql:
        rhs = self.rhs
        if isinstance(rhs, Slot) or not hasattr(rhs, "as_sql") or isinstance(rhs, (ColPairs, Tuple)):
            return self.row_sql(compiler, connection, rhs)
        if not is_query(rhs) and not isinstance(rhs, (Subquery, ResolvedOuterRef)):
            raise ValueError("Composite field lookups only work with composite expressions.")
        sql, params = compiler.compile(rhs)
        return (sql if sql.startswith("(") else f"({sql})"), tuple(params)

    def against_query(self) -> bool:
        """Whether the right side is a nested query."""
        return is_query(self.rhs) or isinstance(self.rhs, Subquery)

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        decomposable = not self.against_query() and not isinstance(self.rhs, ResolvedOuterRef)
        if decomposable and not connection.features.supports_tuple_lookups:
            return self.by_columns(compiler, connection)
        if (
            self.against_query()
            and self.operator != "="
            and not connection.features.supports_tuple_comparison_against_subquery
        ):
            from nuages.db.utils import NotSupportedError

            raise NotSupportedError(
                f'"{self.lookup_name}" cannot be used to target composite fields '
                "through subqueries on this backend"
            )
        lhs, lhs_params = self.lhs_sql(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        return f"{lhs} {self.operator} {rhs}", (*lhs_params, *rhs_params)

    def by_columns(self, compiler: Any, connection: Any) -> Sql:
        """The same as comparisons of single columns: the first that differs decides."""
        columns, values = self.columns(), self.parts(self.rhs)
        clauses: list[str] = []
        params: list[Any] = []
        strict = {"gte": GreaterThan, "lte": LessThan}.get(self.lookup_name, self.single)
        for position in range(len(columns)):
            last = position == len(columns) - 1
            lookups = [Exact(columns[before], values[before]) for before in range(position)]
            lookups.append((self.single if last else strict)(columns[position], values[position]))  # type: ignore[arg-type]
            sql, own = _joined(lookups, " AND ", compiler)
            clauses.append(sql)
            params.extend(own)
        return f"({' OR '.join(clauses)})", tuple(params)


def _joined(lookups: Sequence[Any], word: str, compiler: Any) -> Sql:
    compiled = [compiler.compile(lookup) for lookup in lookups]
    sql = word.join(part for part, _ in compiled)
    return f"({sql})", tuple(value for _, params in compiled for value in params)


class TupleExact(TupleLookup):
    lookup_name = "exact"

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        if self.against_query() or isinstance(self.rhs, ResolvedOuterRef):
            return super().as_sql(compiler, connection)
        if not isinstance(self.rhs, (Slot, tuple, list, ColPairs, Tuple)):
            raise ValueError("Composite field lookups only work with composite expressions.")
        # Column by column: every database finds its index.
        return _joined(
            [
                Exact(column, value)
                for column, value in zip(self.columns(), self.parts(self.rhs), strict=True)
            ],
            " AND ",
            compiler,
        )


class TupleGreaterThan(TupleLookup):
    lookup_name = "gt"
    operator = ">"
    single = GreaterThan
    takes_query = False


class TupleGreaterThanOrEqual(TupleLookup):
    lookup_name = "gte"
    operator = ">="
    single = GreaterThanOrEqual
    takes_query = False


class TupleLessThan(TupleLookup):
    lookup_name = "lt"
    operator = "<"
    single = LessThan
    takes_query = False


class TupleLessThanOrEqual(TupleLookup):
    lookup_name = "lte"
    operator = "<="
    single = LessThanOrEqual
    takes_query = False


class TupleIn(TupleLookup):
    lookup_name = "in"

    def get_prep_lookup(self) -> Any:
        rhs = self.rhs
        if is_query(rhs):
            query = rhs.clone()
            query.clear_ordering(clear_default=True)
            self.select_targets(query)
            return one_column(query, "the 'in'", self.width() or 1)
        if isinstance(rhs, Subquery):
            return rhs
        if is_expression(rhs) or hasattr(rhs, "as_sql"):
            raise ValueError(
                f"'in' subquery lookup of {self.lhs_name()} must be a Query object (received {type(rhs).__name__!r})"
            )
        if isinstance(rhs, (set, frozenset)):
            rhs = list(rhs)
        if not isinstance(rhs, (list, tuple)):
            raise self.refuse("must be a tuple or a list")
        return [
            item.prepared(self.prepared_row) if isinstance(item, Slot) else self.checked_each(item)
            for item in rhs
        ]

    def select_targets(self, query: Any) -> None:
        """Of a query of instances, the columns that the relation ends at."""
        field = getattr(self.lhs, "output_field", None) if isinstance(self.lhs, ColPairs) else None
        if not query.has_select_fields and hasattr(field, "path_infos"):
            targets = field.path_infos[-1].target_fields  # type: ignore[union-attr]
            query.clear_select_clause()
            query.add_fields([target.name for target in targets])

    def checked_each(self, value: Any) -> Any:
        """One of the rows looked for."""
        value = self.normalized(value)
        if not isinstance(value, (tuple, list)):
            raise self.refuse("must be a collection of tuples or lists")
        width = self.width()
        if width is not None and len(value) != width:
            raise self.refuse(f"must have {width} elements each")
        return tuple(value)

    def checked(self, value: Any) -> Any:
        return self.checked_each(value)

    def rows(self) -> list[Any]:
        """The rows looked for; one with a NULL in it is never found."""
        rows = [row for row in self.rhs if isinstance(row, Slot) or None not in _plain(row)]
        if not rows:
            raise EmptyResultSet
        return rows

    def get_source_expressions(self) -> list[Any]:
        if not isinstance(self.rhs, list):
            return [self.lhs, self.rhs]
        inner = [item for row in self.rhs if isinstance(row, tuple) for item in row if is_expression(item)]
        return [self.lhs, *inner]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.lhs = exprs[0]
        if not isinstance(self.rhs, list):
            self.rhs = exprs[1]
            return
        rest = iter(exprs[1:])
        self.rhs = [
            tuple(next(rest) if is_expression(item) else item for item in row)
            if isinstance(row, tuple)
            else row
            for row in self.rhs
        ]

    def rows_sql(self, compiler: Any, connection: Any) -> Sql:
        """The rows, with commas between."""
        compiled = [self.row_sql(compiler, connection, row) for row in self.rows()]
        return ", ".join(sql for sql, _ in compiled), tuple(
            value for _, params in compiled for value in params
        )

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        if not isinstance(self.rhs, list):
            lhs, lhs_params = self.lhs_sql(compiler, connection)
            sql, params = compiler.compile(self.rhs)
            return f"{lhs} IN {sql if sql.startswith('(') else f'({sql})'}", (*lhs_params, *params)
        if not connection.features.supports_tuple_lookups:
            return _joined([TupleExact(self.lhs, row) for row in self.rows()], " OR ", compiler)
        lhs, lhs_params = self.lhs_sql(compiler, connection)
        rows, params = self.rows_sql(compiler, connection)
        return f"{lhs} IN ({rows})", (*lhs_params, *params)


def _plain(row: Sequence[Any]) -> list[Any]:
    return [item for item in row if not is_expression(item)]


class TupleIsNull(TupleLookup):
    lookup_name = "isnull"

    def get_prep_lookup(self) -> Any:
        if is_query(self.rhs) or isinstance(self.rhs, Subquery):
            raise ValueError(f"{self.lookup_name!r} doesn't support multi-column subqueries.")
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        # A row is null when any of its columns is, and not null when none is.
        lookups = [IsNull(column, self.rhs) for column in self.columns()]
        return _joined(lookups, " OR " if self.rhs else " AND ", compiler)


BY_NAME = {
    lookup.lookup_name: lookup
    for lookup in (
        TupleExact,
        TupleGreaterThan,
        TupleGreaterThanOrEqual,
        TupleIn,
        TupleIsNull,
        TupleLessThan,
        TupleLessThanOrEqual,
    )
}
