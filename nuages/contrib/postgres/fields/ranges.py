"""Ranges of numbers, dates and moments."""

from __future__ import annotations

import datetime
import json
from typing import Any

from psycopg.types.range import DateRange as DaysRange
from psycopg.types.range import Int4Range, Int8Range, TimestamptzRange
from psycopg.types.range import NumericRange as NumRange

from nuages.contrib.postgres import lookups
from nuages.contrib.postgres.utils import CheckPostgresInstalledMixin
from nuages.db import models
from nuages.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange, NumericRange, Range
from nuages.db.models.expressions.base import Sql, is_expression
from nuages.db.models.lookups import PostgresOperatorLookup
from nuages.db.models.shapes.slots import Opaque, Slot

__all__ = [
    "BigIntegerRangeField",
    "DateRangeField",
    "DateTimeRangeField",
    "DecimalRangeField",
    "IntegerRangeField",
    "RangeBoundary",
    "RangeField",
    "RangeOperators",
]


# How the database gives ranges that have next values.
CANONICAL_RANGE_BOUNDS = "[)"


class RangeBoundary(models.Expression):
    """Which ends of a range belong to it, as the third argument of functions that make ranges."""

    structure = ("lower", "upper")

    def __init__(self, inclusive_lower: bool = True, inclusive_upper: bool = False) -> None:
        super().__init__()
        self.lower = "[" if inclusive_lower else "("
        self.upper = "]" if inclusive_upper else ")"

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        return f"'{self.lower}{self.upper}'", ()


class RangeOperators:
    """Operators on ranges, by name."""

    EQUAL, NOT_EQUAL = "=", "<>"
    CONTAINS, CONTAINED_BY, OVERLAPS = "@>", "<@", "&&"
    FULLY_LT, FULLY_GT = "<<", ">>"
    NOT_LT, NOT_GT = "&>", "&<"
    ADJACENT_TO = "-|-"


class RangeField(CheckPostgresInstalledMixin, models.Field):
    """Base of the fields for ranges."""

    empty_strings_allowed = False
    compound_value = True
    base_field: Any
    range_type: Any
    form_field: Any
    # The name of the column's type, and the driver's class that is sent as it: plain bounds do not tell.
    range_column: str
    wire_type: Any = Range

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "default_bounds" in kwargs:
            raise TypeError(f"Cannot use 'default_bounds' with {type(self).__name__}.")
        # Only the class was said so far; an instance is needed to convert values.
        if hasattr(self, "base_field"):
            self.base_field = self.base_field()
        super().__init__(*args, **kwargs)

    @property
    def model(self) -> Any:
        """The model that the field belongs to; that of its bounds belongs to it too."""
        try:
            return self.__dict__["model"]
        except KeyError:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute 'model'") from None

    @model.setter
    def model(self, model: Any) -> None:
        self.__dict__["model"] = model
        self.base_field.model = model

    def db_type(self, connection: Any) -> str:
        return self.range_column

    @classmethod
    def _choices_is_value(cls, value: Any) -> bool:
        return isinstance(value, (list, tuple)) or super()._choices_is_value(value)  # type: ignore[misc, no-any-return]

    def parameter_sql(self, connection: Any) -> str:
        """A placeholder of the range's own type: bounds alone do not tell it."""
        return f"%s::{self.db_type(connection)}"

    def get_placeholder_sql(self, value: Any, compiler: Any, connection: Any) -> Sql:
        """Placeholder and parameter where a value is stored."""
        if hasattr(value, "as_sql"):
            sql, params = compiler.compile(value)
            return f"({sql})::{self.db_type(connection)}", tuple(params)
        return self.parameter_sql(connection), (value,)

    def _made(self, low: Any, high: Any) -> Any:
        return self.range_type(low, high)

    def get_prep_value(self, value: Any) -> Any:
        """A range, from one or from a pair."""
        if value is None or isinstance(value, Range):
            return value
        return self._made(value[0], value[1]) if isinstance(value, (list, tuple)) else value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """The range as the driver sends it."""
        if not prepared:
            value = self.get_prep_value(value)
        return on_the_wire(value, self.wire_type)

    def to_python(self, value: Any) -> Any:
        """A range, from one, a pair or its JSON."""
        if isinstance(value, str):
            # Bounds and ends, as `value_to_string` writes them.
            parts = json.loads(value)
            for end in ("lower", "upper"):
                if end in parts:
                    parts[end] = self.base_field.to_python(parts[end])
            return self.range_type(**parts)
        return self._made(value[0], value[1]) if isinstance(value, (list, tuple)) else value

    def set_attributes_from_name(self, name: str) -> None:
        super().set_attributes_from_name(name)
        self.base_field.set_attributes_from_name(name)

    def value_to_string(self, obj: Any) -> str | None:  # type: ignore[override]
        """The range as JSON."""
        from nuages.contrib.postgres.fields.utils import AttributeSetter

        value = self.value_from_object(obj)
        if value is None:
            return None
        if value.isempty:
            return json.dumps({"empty": True})
        written: dict[str, Any] = {"bounds": value._bounds}
        for end in ("lower", "upper"):
            bound = getattr(value, end)
            field = self.base_field
            written[end] = (
                None if bound is None else field.value_to_string(AttributeSetter(field.attname, bound))
            )
        return json.dumps(written)

    def formfield(self, **kwargs: Any) -> Any:
        from nuages.contrib.postgres import forms

        kwargs.setdefault("form_class", getattr(forms, self.form_field))
        return super().formfield(**kwargs)


def on_the_wire(value: Any, wire_type: Any) -> Any:
    """A range as the class that the driver sends as one type; anything else as it is."""
    if not isinstance(value, Range) or isinstance(value, wire_type):
        return value
    return wire_type(empty=True) if value.isempty else wire_type(value.lower, value.upper, value.bounds)


class ContinuousRangeField(RangeField):
    """A range without next values, so that it matters which ends belong to it."""

    def __init__(self, *args: Any, default_bounds: str = "[)", **kwargs: Any) -> None:
        if default_bounds not in ("[)", "(]", "()", "[]"):
            raise ValueError("default_bounds must be one of '[)', '(]', '()', or '[]'.")
        self.default_bounds = default_bounds
        super().__init__(*args, **kwargs)

    def _made(self, low: Any, high: Any) -> Any:
        return self.range_type(low, high, self.default_bounds)

    def formfield(self, **kwargs: Any) -> Any:
        kwargs.setdefault("default_bounds", self.default_bounds)
        return super().formfield(**kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        if self.default_bounds and self.default_bounds != "[)":
            kwargs["default_bounds"] = self.default_bounds
        return name, path, args, kwargs


class IntegerRangeField(RangeField):
    base_field = models.IntegerField
    range_type = NumericRange
    form_field = "IntegerRangeField"
    range_column = "int4range"
    wire_type = Int4Range


class BigIntegerRangeField(RangeField):
    base_field = models.BigIntegerField
    range_type = NumericRange
    form_field = "IntegerRangeField"
    range_column = "int8range"
    wire_type = Int8Range


class DecimalRangeField(ContinuousRangeField):
    base_field = models.DecimalField
    range_type = NumericRange
    form_field = "DecimalRangeField"
    range_column = "numrange"
    wire_type = NumRange


class DateTimeRangeField(ContinuousRangeField):
    base_field = models.DateTimeField
    range_type = DateTimeTZRange
    form_field = "DateTimeRangeField"
    range_column = "tstzrange"
    wire_type = TimestamptzRange


class DateRangeField(RangeField):
    base_field = models.DateField
    range_type = DateRange
    form_field = "DateRangeField"
    range_column = "daterange"
    wire_type = DaysRange


# Lookups ----------------------------------------------------------------------------------------------------


class RangeLookup(PostgresOperatorLookup):
    """An operator between a range and a range or one value, each given its type."""

    # What a right side is of, by its kind, decides about the SQL.
    shape_safe = False

    def process_rhs(self, compiler: Any, connection: Any) -> Sql:
        sql, params = super().process_rhs(compiler, connection)
        field = self.lhs.output_field
        if isinstance(self.rhs, Slot):
            raise Opaque
        if not self.rhs_is_direct_value():
            return sql, params
        if isinstance(self.rhs, Range):
            return f"{sql}::{field.db_type(connection)}", (on_the_wire(params[0], field.wire_type),)
        return f"{sql}::{field.base_field.cast_db_type(connection)}", params


@RangeField.register_lookup
class RangeContains(RangeLookup):
    postgres_operator = RangeOperators.CONTAINS
    lookup_name = "contains"


@RangeField.register_lookup
class RangeContainedByRange(RangeLookup):
    postgres_operator = RangeOperators.CONTAINED_BY
    lookup_name = "contained_by"


@RangeField.register_lookup
class RangeOverlap(RangeLookup, lookups.Overlap):
    pass


@RangeField.register_lookup
class FullyLessThan(RangeLookup):
    postgres_operator = RangeOperators.FULLY_LT
    lookup_name = "fully_lt"


@RangeField.register_lookup
class FullGreaterThan(RangeLookup):
    postgres_operator = RangeOperators.FULLY_GT
    lookup_name = "fully_gt"


@RangeField.register_lookup
class NotLessThan(RangeLookup):
    postgres_operator = RangeOperators.NOT_LT
    lookup_name = "not_lt"


@RangeField.register_lookup
class NotGreaterThan(RangeLookup):
    postgres_operator = RangeOperators.NOT_GT
    lookup_name = "not_gt"


@RangeField.register_lookup
class AdjacentToLookup(RangeLookup):
    postgres_operator = RangeOperators.ADJACENT_TO
    lookup_name = "adjacent_to"


class DateTimeRangeContains(RangeContains):
    """Dates and datetimes may be looked for in ranges of either."""

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        sql, params = super().as_sql(compiler, connection)
        if self.rhs_is_direct_value() or not is_expression(self.rhs):
            return sql, params
        if not isinstance(self.rhs.output_field, RangeField):
            # What an expression is said to be need not be what the database takes it for.
            sql += f"::{self.lhs.output_field.base_field.cast_db_type(connection)}"
        return sql, params

    def get_prep_lookup(self) -> Any:
        # A date is no range: only ranges and pairs are made one.
        return self.rhs if isinstance(self.rhs, datetime.date) else super().get_prep_lookup()


DateRangeField.register_lookup(DateTimeRangeContains)
DateTimeRangeField.register_lookup(DateTimeRangeContains)


class _OnTheWire:
    """`bind` step: a range as the class that the driver sends as one type."""

    __slots__ = ("wire_type",)

    def __init__(self, wire_type: Any) -> None:
        self.wire_type = wire_type

    def __call__(self, value: Any, connection: Any) -> Any:
        return on_the_wire(value, self.wire_type)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _OnTheWire) and other.wire_type is self.wire_type

    def __hash__(self) -> int:
        return hash((_OnTheWire, self.wire_type))


class RangeContainedBy(PostgresOperatorLookup):
    """A number or date within a range."""

    postgres_operator = RangeOperators.CONTAINED_BY
    lookup_name = "contained_by"
    # Type of the column → type it is compared as, its range, the driver's class for that.
    ranges = {
        "smallint": ("integer", "int4range", Int4Range),
        "integer": ("integer", "int4range", Int4Range),
        "bigint": ("bigint", "int8range", Int8Range),
        "double precision": ("numeric", "numrange", NumRange),
        "numeric": ("numeric", "numrange", NumRange),
        "timestamp with time zone": ("timestamp with time zone", "tstzrange", TimestamptzRange),
        "date": ("date", "daterange", DaysRange),
    }

    def _column(self, connection: Any) -> str:
        column = self.lhs.output_field.db_type(connection)
        return str(column).partition("(")[0]

    def process_rhs(self, compiler: Any, connection: Any) -> Sql:
        sql, params = super().process_rhs(compiler, connection)
        _own, range_column, wire_type = self.ranges[self._column(connection)]
        if self.rhs_is_direct_value():
            step = _OnTheWire(wire_type)
            params = tuple(
                param.bound(step) if isinstance(param, Slot) else step(param, connection) for param in params
            )
        return f"{sql}::{range_column}", params

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Sql:
        sql, params = super().process_lhs(compiler, connection, lhs)
        return f"{sql}::{self.ranges[self._column(connection)][0]}", params

    def get_prep_lookup(self) -> Any:
        return self.prepared(self.rhs, _as_range)


def _as_range(value: Any) -> Any:
    return Range(*value) if isinstance(value, (list, tuple)) else value


for _kind in (
    models.DateField,
    models.DateTimeField,
    models.IntegerField,
    models.FloatField,
    models.DecimalField,
):
    _kind.register_lookup(RangeContainedBy)


# Transforms -------------------------------------------------------------------------------------------------


@RangeField.register_lookup
class RangeStartsWith(models.Transform):
    lookup_name = "startswith"
    function = "lower"

    @property
    def output_field(self) -> Any:  # type: ignore[override]
        """The bounds' field."""
        return self.lhs.output_field.base_field


@RangeField.register_lookup
class RangeEndsWith(RangeStartsWith):
    lookup_name = "endswith"
    function = "upper"


class _OfBounds(models.Transform):
    """Whether something is true of a range's ends."""

    output_field = models.BooleanField()


@RangeField.register_lookup
class IsEmpty(_OfBounds):
    lookup_name = "isempty"
    function = "isempty"


@RangeField.register_lookup
class LowerInclusive(_OfBounds):
    lookup_name = "lower_inc"
    function = "LOWER_INC"


@RangeField.register_lookup
class LowerInfinite(_OfBounds):
    lookup_name = "lower_inf"
    function = "LOWER_INF"


@RangeField.register_lookup
class UpperInclusive(_OfBounds):
    lookup_name = "upper_inc"
    function = "UPPER_INC"


@RangeField.register_lookup
class UpperInfinite(_OfBounds):
    lookup_name = "upper_inf"
    function = "UPPER_INF"
