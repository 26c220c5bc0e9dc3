"""Aggregates: one value computed from many rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from nuages.core.exceptions import FieldError, FullResultSet
from nuages.db.models.expressions import Case, Func, OrderByList, Star, Value, When
from nuages.db.models.expressions.base import Sql, is_expression
from nuages.db.models.fields import FloatField, IntegerField, TextField

__all__ = ["Aggregate", "AnyValue", "Avg", "BitAnd", "BitOr", "BitXor", "Count"]
__all__ += ["Max", "Min", "StdDev", "StringAgg", "Sum", "Variance"]


class AggregateFilter(Func):
    """The condition on the rows that an aggregate takes."""

    arity = 1
    template = " FILTER (WHERE %(expressions)s)"

    def as_sql(self, compiler: Any, connection: Any, **extra_context: Any) -> Sql:  # type: ignore[override]
        if not connection.features.supports_aggregate_filter_clause:
            raise _NoFilterClause
        try:
            condition, params = compiler.compile(self.source_expressions[0])
        except FullResultSet:
            return "", ()
        return self.template % {"expressions": condition}, tuple(params)

    @property
    def condition(self) -> Any:
        """What has to hold of a row."""
        return self.source_expressions[0]

    def __str__(self) -> str:
        return str(self.condition)


class AggregateOrderBy(OrderByList):
    """The order in which an aggregate takes its rows."""

    template = " ORDER BY %(expressions)s"


class _NoFilterClause(Exception):
    """The database has to be asked by CASE instead."""


class _Default(Value):
    """A plain value given as default: it takes the aggregate's type."""


class Aggregate(Func):
    """A function over the rows of a group (or of all of a query)."""

    template = "%(function)s(%(distinct)s%(expressions)s%(order_by)s)%(filter)s"
    contains_aggregate = True  # type: ignore[assignment]
    name: str = "Aggregate"
    window_compatible = True
    allow_distinct = False
    allow_order_by = False
    empty_result_set_value: Any = None
    structure: ClassVar[tuple[str, ...]] = ("extra", "distinct")
    beside_sources = ("default",)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # Of a built-in aggregate, subclasses inherit the name.
        if "name" not in cls.__dict__ and cls.name == Aggregate.name and not cls.__name__.startswith("_"):
            cls.name = cls.__name__

    def __init__(
        self,
        *expressions: Any,
        distinct: bool = False,
        filter: Any = None,
        default: Any = None,
        order_by: Any = None,
        **extra: Any,
    ) -> None:
        name = type(self).__name__
        if distinct and not self.allow_distinct:
            raise TypeError(f"{name} does not allow distinct.")
        if order_by is not None and not self.allow_order_by:
            raise TypeError(f"{name} does not allow order_by.")
        if default is not None and self.empty_result_set_value is not None:
            raise TypeError(f"{name} does not allow default.")
        self.distinct = distinct
        self.filter = None if filter is None else AggregateFilter(filter)
        self.default = default if default is None or is_expression(default) else _Default(default)
        self.order_by = AggregateOrderBy.from_param(f"{name}.order_by", order_by)
        super().__init__(*expressions, **extra)

    def _get_repr_options(self) -> dict[str, Any]:
        options = super()._get_repr_options()
        if self.distinct:
            options["distinct"] = self.distinct
        if self.filter is not None:
            options["filter"] = self.filter
        if self.order_by is not None:
            options["order_by"] = self.order_by
        return options

    # Filter and order follow the arguments, so that whoever rewrites a node reaches them too.

    def get_source_expressions(self) -> list[Any]:
        return [*self.source_expressions, self.filter, self.order_by]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        *arguments, self.filter, self.order_by = exprs
        super().set_source_expressions(arguments)

    def get_source_fields(self) -> list[Any]:
        return [inner._output_field_or_none for inner in self.source_expressions]

    def get_group_by_cols(self) -> list[Any]:
        return []

    @property
    def default_alias(self) -> str:
        """The name that `aggregate()` gives a result without one."""
        arguments = self.source_expressions
        if len(arguments) == 1 and hasattr(arguments[0], "name"):
            return f"{arguments[0].name}__{(self.name or '').lower()}"
        raise TypeError("Complex expressions require an alias")

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        resolved = super().resolve_expression(query, allow_joins, reuse, summarize)
        if resolved.filter is not None:
            # Of a filter, names always mean the rows, also in a terminal aggregate.
            resolved.filter = self.filter and self.filter.resolve_expression(query, allow_joins, reuse, False)
        if not summarize:
            self._refuse_nesting(resolved)
        if self.default is None:
            return resolved
        return resolved._with_default(query, allow_joins, reuse, summarize, for_save)

    def _refuse_nesting(self, resolved: Any) -> None:
        for before, after in zip(self.source_expressions, resolved.source_expressions, strict=True):
            if not getattr(after, "contains_aggregate", False) and not getattr(
                after, "contains_over_clause", False
            ):
                continue
            what = getattr(before, "name", repr(before))
            kind = "an aggregate" if after.contains_aggregate else "a window function"
            raise FieldError(
                f"Cannot compute {resolved.name or type(self).__name__}({what!r}): {what!r} is {kind}"
            )

    def _with_default(
        self, query: Any, allow_joins: bool, reuse: Any, summarize: bool, for_save: bool
    ) -> Any:
        from nuages.db.models.functions import Coalesce

        default = self.default
        if isinstance(default, _Default):
            default = default.copy()
            default.output_field = self._output_field_or_none
        default = default.resolve_expression(query, allow_joins, reuse, summarize)
        if default._output_field_or_none is None:
            default.output_field = self._output_field_or_none
        self.default = None  # The node's own: what stands in Coalesce has none.
        filled = Coalesce(self, default, output_field=self._output_field_or_none)
        filled.is_summary = self.is_summary
        filled.is_changed = True
        return filled

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **extra_context: Any
    ) -> Sql:
        if (
            self.distinct
            and len(self.source_expressions) > 1
            and not (connection.features.supports_aggregate_distinct_multiple_argument)
        ):
            from nuages.db.utils import NotSupportedError

            raise NotSupportedError(
                f"{self.name} does not support distinct with multiple expressions on this database backend."
            )
        context: dict[str, Any] = {
            "distinct": "DISTINCT " if self.distinct else "",
            "filter": "",
            "order_by": "",
        }
        filter_params: tuple[Any, ...] = ()
        order_params: tuple[Any, ...] = ()
        if self.order_by is not None:
            if not connection.features.supports_aggregate_order_by_clause:
                from nuages.db.utils import NotSupportedError

                raise NotSupportedError(
                    "This database backend does not support specifying an order on aggregates."
                )
            context["order_by"], order_params = compiler.compile(self.order_by)
        if self.filter is not None:
            try:
                context["filter"], filter_params = compiler.compile(self.filter)
            except _NoFilterClause:
                return self._by_case().as_sql(compiler, connection, **extra_context)
        sql, params = Func.as_sql(self, compiler, connection, **{**context, **extra_context})
        return sql, (*params, *order_params, *filter_params)

    def _by_case(self) -> Aggregate:
        """The same over CASE WHEN the filter holds, for databases without FILTER."""
        plain = self.copy()
        condition = plain.filter.condition
        plain.filter = None
        first, *rest = self.source_expressions
        taken = Value(1) if isinstance(first, Star) else first
        plain.source_expressions = [Case(When(condition, then=taken)), *rest]
        return plain


class AnyValue(Aggregate):
    """Any of the values that are not null."""

    function = "ANY_VALUE"
    arity = 1
    window_compatible = False

    def as_sql(self, compiler: Any, connection: Any, **extra_context: Any) -> Sql:  # type: ignore[override]
        if not connection.features.supports_any_value:
            from nuages.db.utils import NotSupportedError

            raise NotSupportedError("ANY_VALUE is not supported on this database backend.")
        return super().as_sql(compiler, connection, **extra_context)


class Avg(Aggregate):
    """The mean."""

    function = "AVG"
    allow_distinct = True
    arity = 1

    def _resolve_output_field(self) -> Any:
        # The mean of whole numbers is none.
        field = self.get_source_fields()[0]
        return FloatField() if isinstance(field, IntegerField) else super()._resolve_output_field()


class _BitAggregate(Aggregate):
    """All values of a group under one bitwise operator."""

    arity = 1
    output_field = IntegerField()

    def as_sql(self, compiler: Any, connection: Any, **extra_context: Any) -> Sql:  # type: ignore[override]
        if not connection.features.supports_bit_aggregations:
            from nuages.db.utils import NotSupportedError

            raise NotSupportedError(f"{self.name} is not supported on {connection.vendor}.")
        return super().as_sql(compiler, connection, **extra_context)


class BitAnd(_BitAggregate):
    """Bits that all values have."""

    function = "BIT_AND"


class BitOr(_BitAggregate):
    """Bits that any value has."""

    function = "BIT_OR"


class BitXor(_BitAggregate):
    """Bits that an odd number of values have."""

    function = "BIT_XOR"


class Count(Aggregate):
    """How many rows have a value; of `"*"`, how many rows there are."""

    function = "COUNT"
    output_field = IntegerField()
    arity = 1
    empty_result_set_value = 0
    allow_distinct = allows_composite_expressions = True

    def __init__(self, expression: Any, filter: Any = None, **extra: Any) -> None:
        if expression == "*":
            expression = Star()
        if isinstance(expression, Star) and filter is not None:
            raise ValueError("Star cannot be used with filter. Please specify a field.")
        super().__init__(expression, filter=filter, **extra)

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        resolved = super().resolve_expression(query, allow_joins, reuse, summarize, for_save)
        key = resolved.source_expressions[0]
        if getattr(key, "is_composite", False):
            # One column that cannot be null tells as much as all of them.
            if resolved.distinct:
                raise ValueError("COUNT(DISTINCT) doesn't support composite primary keys")
            resolved.source_expressions = [key.get_cols()[0]]
        return resolved


class Max(Aggregate):
    """The greatest."""

    function = "MAX"
    arity = 1


class Min(Aggregate):
    """The least."""

    function = "MIN"
    arity = 1


class _OfSample(Aggregate):
    """A spread, of the population or of a sample of it."""

    arity = 1

    structure = ("extra", "distinct", "function")

    def _get_repr_options(self) -> dict[str, Any]:
        return {**super()._get_repr_options(), "sample": self.function.endswith("SAMP")}  # type: ignore[union-attr]

    def _resolve_output_field(self) -> Any:
        field = self.get_source_fields()[0]
        return FloatField() if isinstance(field, IntegerField) else super()._resolve_output_field()


def _measuring(stem: str, sample: bool) -> str:
    return f"{stem}_SAMP" if sample else f"{stem}_POP"


class StdDev(_OfSample):
    """The standard deviation."""

    def __init__(self, expression: Any, sample: bool = False, **extra: Any) -> None:
        self.function = _measuring("STDDEV", sample)
        super().__init__(expression, **extra)


class Variance(_OfSample):
    """The variance."""

    def __init__(self, expression: Any, sample: bool = False, **extra: Any) -> None:
        self.function = _measuring("VAR", sample)
        super().__init__(expression, **extra)


class StringAggDelimiter(Func):
    """What stands between the texts."""

    arity = 1
    template = "%(expressions)s"

    def __init__(self, value: Any) -> None:
        self.value = value
        super().__init__(value)


class StringAgg(Aggregate):
    """Texts joined, with a delimiter between."""

    function = "STRING_AGG"
    output_field = TextField()
    allow_distinct = allow_order_by = True

    def __init__(self, expression: Any, delimiter: Any, **extra: Any) -> None:
        self.delimiter = StringAggDelimiter(delimiter)
        super().__init__(expression, self.delimiter, **extra)


class Sum(Aggregate):
    """The sum."""

    function = "SUM"
    allow_distinct = True
    arity = 1
