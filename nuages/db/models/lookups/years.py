"""Comparisons of a year, written as a range of the column itself so that an index on it serves."""

from __future__ import annotations

import datetime
from typing import Any

from nuages.db.models.expressions.base import Sql
from nuages.db.models.lookups.base import Lookup
from nuages.db.models.lookups.comparison import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
)
from nuages.db.models.shapes.slots import Slot


def first_day(year: int, iso: bool) -> datetime.date:
    """The day a year begins with."""
    return datetime.date.fromisocalendar(year, 1, 1) if iso else datetime.date(year, 1, 1)


def last_day(year: int, iso: bool) -> datetime.date:
    """The day a year ends with."""
    if iso:
        return datetime.date.fromisocalendar(year + 1, 1, 1) - datetime.timedelta(days=1)
    return datetime.date(year, 12, 31)


class YearBound:
    """`bind` step: the first or last moment of a year, in the current time zone when it is executed."""

    __slots__ = ("field_type", "iso", "last")

    def __init__(self, last: bool, iso: bool, field_type: str) -> None:
        self.last = last
        self.iso = iso
        self.field_type = field_type

    def __call__(self, year: Any, connection: Any) -> Any:
        from nuages.conf import settings
        from nuages.utils import timezone

        day = (last_day if self.last else first_day)(int(year), self.iso)
        if self.field_type != "DateTimeField":
            return connection.ops.adapt_datefield_value(day)
        moment = datetime.datetime.combine(day, datetime.time.max if self.last else datetime.time.min)
        if settings.USE_TZ:
            moment = timezone.make_aware(moment)
        return connection.ops.adapt_datetimefield_value(moment)

    def _parts(self) -> tuple[Any, ...]:
        return self.last, self.iso, self.field_type

    def __eq__(self, other: object) -> bool:
        return isinstance(other, YearBound) and other._parts() == self._parts()

    def __hash__(self) -> int:
        return hash(self._parts())


class YearLookup(Lookup):
    """Base of the lookups on the year of a date or datetime."""

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        if not self.rhs_is_direct_value():
            return super().as_sql(compiler, connection)
        # The column itself, not the year taken out of it.
        lhs, params = self.process_lhs(compiler, connection, self.lhs.lhs)
        _, rhs_params = self.process_rhs(compiler, connection)
        template = self.get_direct_rhs_sql(connection, "%s")
        bounds = self.year_lookup_bounds(connection, rhs_params[0])
        return f"{lhs} {template}", (*params, *self.get_bound_params(*bounds))

    def year_lookup_bounds(self, connection: Any, year: Any) -> tuple[Any, Any]:
        """First and last moment of the year."""
        from nuages.db.models.functions import ExtractIsoYear

        iso = isinstance(self.lhs, ExtractIsoYear)
        field_type = self.lhs.lhs.output_field.get_internal_type()
        start, finish = (YearBound(last, iso, field_type) for last in (False, True))
        if isinstance(year, Slot):
            return year.bound(start), year.bound(finish)
        return start(year, connection), finish(year, connection)

    def get_direct_rhs_sql(self, connection: Any, rhs: str) -> str:
        """Operator and placeholder for one bound."""
        return connection.operators[self.lookup_name] % rhs  # type: ignore[no-any-return]

    def get_bound_params(self, start: Any, finish: Any) -> tuple[Any, ...]:
        """Which of the two bounds the comparison needs."""
        raise NotImplementedError("subclasses of YearLookup must provide a get_bound_params() method")


class YearExact(YearLookup, Exact):
    def get_direct_rhs_sql(self, connection: Any, rhs: str) -> str:
        return "BETWEEN %s AND %s"

    def get_bound_params(self, start: Any, finish: Any) -> tuple[Any, ...]:
        return start, finish


class YearGt(YearLookup, GreaterThan):
    def get_bound_params(self, start: Any, finish: Any) -> tuple[Any, ...]:
        return (finish,)


class YearGte(YearLookup, GreaterThanOrEqual):
    def get_bound_params(self, start: Any, finish: Any) -> tuple[Any, ...]:
        return (start,)


class YearLt(YearLookup, LessThan):
    def get_bound_params(self, start: Any, finish: Any) -> tuple[Any, ...]:
        return (start,)


class YearLte(YearLookup, LessThanOrEqual):
    def get_bound_params(self, start: Any, finish: Any) -> tuple[Any, ...]:
        return (finish,)
