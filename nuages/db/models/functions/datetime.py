"""Parts of dates and times, and dates and times cut down to a part."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

from nuages.conf import settings
from nuages.db.models.expressions import Func
from nuages.db.models.expressions.base import Sql
from nuages.db.models.fields import DateField, DateTimeField, DurationField, Field, IntegerField, TimeField
from nuages.db.models.lookups import Transform, YearExact, YearGt, YearGte, YearLt, YearLte
from nuages.db.models.shapes.slots import Late
from nuages.db.utils import DataError
from nuages.utils import timezone

_PART = re.compile(r"[A-Za-z_]+")
_CLOCK_PARTS = frozenset({"hour", "minute", "second"})
_CALENDAR_ONLY = frozenset({"year", "iso_year", "month", "week", "week_day", "iso_week_day", "quarter"})
_CALENDAR_KINDS = frozenset({"year", "quarter", "month", "week", "day", "date"})


def _current_zone(connection: Any) -> str:
    return zone_name(timezone.get_current_timezone())


def zone_name(tzinfo: Any) -> str:
    """The name of a zone as databases know it; one that never changes is named by its distance from UTC."""
    # Etc/GMT+10 is west of Greenwich and "+10:00" east: only the distance leaves no doubt.
    distance = tzinfo.utcoffset(None)
    if distance is None:
        return getattr(tzinfo, "key", None) or tzinfo.tzname(None) or str(tzinfo)
    minutes = round(distance.total_seconds() / 60)
    return (
        f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
        if minutes
        else "UTC"
    )


class TimezoneMixin:
    """A function whose result depends on a time zone: its own, else the current one at execution."""

    tzinfo: Any = None

    def get_tzname(self) -> str | Late | None:
        """The zone's name, read when the statement is executed unless it is given."""
        # Moments are stored in UTC, so the zone decides on which day or hour one falls.
        if not settings.USE_TZ:
            return None
        return Late(_current_zone) if self.tzinfo is None else zone_name(self.tzinfo)

    def _zone_for(self, field: Any) -> str | Late | None:
        if isinstance(field, DateTimeField):
            return self.get_tzname()
        if self.tzinfo is not None:
            raise ValueError("tzinfo can only be used with DateTimeField.")
        return None


class Extract(TimezoneMixin, Transform):
    """One part of a date, time or duration, as a number."""

    lookup_name: str | None = None  # type: ignore[assignment]
    output_field = IntegerField()
    structure = ("lookup_name", "tzinfo", "extra")

    def __init__(
        self, expression: Any, lookup_name: str | None = None, tzinfo: Any = None, **extra: Any
    ) -> None:
        part = lookup_name if self.lookup_name is None else self.lookup_name
        if part is None:
            raise ValueError("lookup_name must be provided")
        super().__init__(expression, **extra)
        self.lookup_name, self.tzinfo = part, tzinfo

    def as_sql(self, compiler: Any, connection: Any) -> Sql:  # type: ignore[override]
        part = self.lookup_name
        if part is None or not _PART.fullmatch(part):
            raise ValueError(f"Invalid lookup_name: {part!r}.")
        sql, params = compiler.compile(self.lhs)
        field = self.lhs.output_field
        zone = self._zone_for(field)
        operations = connection.ops
        if isinstance(field, DateTimeField):
            written = operations.datetime_extract_sql(part, sql, tuple(params), zone)
        elif isinstance(field, DateField):
            written = operations.date_extract_sql(part, sql, tuple(params))
        elif isinstance(field, TimeField):
            written = operations.time_extract_sql(part, sql, tuple(params))
        else:
            if not connection.features.has_native_duration_field:
                raise ValueError("Extract requires native DurationField database support.")
            written = operations.time_extract_sql(part, sql, tuple(params))
        return written[0], tuple(written[1])

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        resolved = super().resolve_expression(query, allow_joins, reuse, summarize, for_save)
        field = getattr(resolved.lhs, "output_field", None)
        if field is None:
            return resolved
        if not isinstance(field, (DateField, DateTimeField, TimeField, DurationField)):
            raise ValueError(
                "Extract input expression must be DateField, DateTimeField, TimeField, or DurationField."
            )
        part = resolved.lookup_name
        if type(field) is DateField and part in _CLOCK_PARTS:
            raise ValueError(f"Cannot extract time component '{part}' from DateField '{field.name}'.")
        if isinstance(field, DurationField) and part in _CALENDAR_ONLY:
            raise ValueError(f"Cannot extract component '{part}' from DurationField '{field.name}'.")
        return resolved


class ExtractSecond(Extract):
    lookup_name = "second"


class ExtractMinute(Extract):
    lookup_name = "minute"


class ExtractHour(Extract):
    lookup_name = "hour"


class ExtractDay(Extract):
    lookup_name = "day"


class ExtractIsoWeekDay(Extract):
    """The day of the week, Monday 1 to Sunday 7."""

    lookup_name = "iso_week_day"


class ExtractWeekDay(Extract):
    """The day of the week, Sunday 1 to Saturday 7."""

    lookup_name = "week_day"


class ExtractWeek(Extract):
    """The ISO week, 1 to 53."""

    lookup_name = "week"


class ExtractMonth(Extract):
    lookup_name = "month"


class ExtractQuarter(Extract):
    lookup_name = "quarter"


class ExtractIsoYear(Extract):
    """The year that the ISO week belongs to."""

    lookup_name = "iso_year"


class ExtractYear(Extract):
    lookup_name = "year"


for _part in (
    ExtractYear,
    ExtractIsoYear,
    ExtractMonth,
    ExtractDay,
    ExtractWeek,
    ExtractWeekDay,
    ExtractIsoWeekDay,
    ExtractQuarter,
):
    DateField.register_lookup(_part)
for _clock_part in (ExtractHour, ExtractMinute, ExtractSecond):
    TimeField.register_lookup(_clock_part)
    DateTimeField.register_lookup(_clock_part)
for _of_year in (YearExact, YearGt, YearGte, YearLt, YearLte):
    ExtractYear.register_lookup(_of_year)
    ExtractIsoYear.register_lookup(_of_year)


class Now(Func):
    """The database's clock when the statement is executed."""

    template = "CURRENT_TIMESTAMP"
    output_field = DateTimeField()
    allowed_default = True  # type: ignore[assignment]


class TruncBase(TimezoneMixin, Transform):
    """A date or time with everything below a part set to its least value."""

    kind: str | None = None
    structure = ("kind", "tzinfo", "extra")

    def __init__(self, expression: Any, output_field: Any = None, tzinfo: Any = None, **extra: Any) -> None:
        self.tzinfo = tzinfo
        super().__init__(expression, output_field=output_field, **extra)

    def as_sql(self, compiler: Any, connection: Any) -> Sql:  # type: ignore[override]
        kind = self.kind
        if kind is None or not _PART.fullmatch(kind):
            raise DataError(f"Invalid kind: {kind!r}.")
        sql, params = compiler.compile(self.lhs)
        zone = self._zone_for(self.lhs.output_field)
        operations = connection.ops
        writers: tuple[tuple[type, Callable[..., Any]], ...] = (
            (DateTimeField, operations.datetime_trunc_sql),
            (DateField, operations.date_trunc_sql),
            (TimeField, operations.time_trunc_sql),
        )
        for field_type, write in writers:
            if isinstance(self.output_field, field_type):
                written, bound = write(kind, sql, tuple(params), zone)
                return written, tuple(bound)
        raise ValueError("Trunc only valid on DateField, TimeField, or DateTimeField.")

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> Any:
        resolved = super().resolve_expression(query, allow_joins, reuse, summarize, for_save)
        field = resolved.lhs.output_field
        if not isinstance(field, (DateField, TimeField)):
            raise TypeError(f"{field.name!r} isn't a DateField, TimeField, or DateTimeField.")
        # What the class says counts before what the call says: the date of a datetime is a date.
        explicit = getattr(type(self), "output_field", None)
        explicit = explicit if isinstance(explicit, Field) else self.__dict__.get("output_field")
        chosen = explicit or resolved.output_field
        if not isinstance(chosen, (DateField, DateTimeField, TimeField)):
            raise ValueError("output_field must be either DateField, TimeField, or DateTimeField")
        named = (
            type(chosen).__name__
            if explicit is not None and type(explicit) is not type(field)
            else "DateTimeField"
        )
        kind = resolved.kind
        if type(field) is DateField and (
            isinstance(chosen, DateTimeField) or kind in _CLOCK_PARTS or kind == "time"
        ):
            raise ValueError(f"Cannot truncate DateField '{field.name}' to {named}.")
        if isinstance(field, TimeField) and (isinstance(chosen, DateTimeField) or kind in _CALENDAR_KINDS):
            raise ValueError(f"Cannot truncate TimeField '{field.name}' to {named}.")
        return resolved

    def convert_value(self, value: Any, expression: Any, connection: Any) -> Any:  # type: ignore[override]
        """What was cut in a zone belongs to that zone."""
        if isinstance(self.output_field, DateTimeField):
            if not settings.USE_TZ:
                return value
            if value is not None:
                return timezone.make_aware(value.replace(tzinfo=None), self.tzinfo)
            if not connection.features.has_zoneinfo_database:
                raise ValueError(
                    "Database returned an invalid datetime value. Are time "
                    "zone definitions for your database installed?"
                )
            return None
        if isinstance(value, datetime.datetime):
            return value.date() if isinstance(self.output_field, DateField) else value.time()
        return value


class Trunc(TruncBase):
    """A date or time cut down to the part named by `kind`."""

    def __init__(
        self, expression: Any, kind: str, output_field: Any = None, tzinfo: Any = None, **extra: Any
    ) -> None:
        self.kind = kind
        super().__init__(expression, output_field=output_field, tzinfo=tzinfo, **extra)


class TruncSecond(TruncBase):
    kind = "second"


class TruncMinute(TruncBase):
    kind = "minute"


class TruncHour(TruncBase):
    kind = "hour"


class TruncDay(TruncBase):
    kind = "day"


class TruncWeek(TruncBase):
    """Down to midnight of the week's Monday."""

    kind = "week"


class TruncMonth(TruncBase):
    kind = "month"


class TruncQuarter(TruncBase):
    kind = "quarter"


class TruncYear(TruncBase):
    kind = "year"


class TruncDate(TruncBase):
    """The date of a datetime."""

    output_field = DateField()
    lookup_name = "date"
    kind = "date"

    def as_sql(self, compiler: Any, connection: Any) -> Sql:  # type: ignore[override]
        sql, params = compiler.compile(self.lhs)
        zone = self._zone_for(self.lhs.output_field)
        written, bound = connection.ops.datetime_cast_date_sql(sql, tuple(params), zone)
        return written, tuple(bound)


class TruncTime(TruncBase):
    """The time of day of a datetime."""

    output_field = TimeField()
    lookup_name = "time"
    kind = "time"

    def as_sql(self, compiler: Any, connection: Any) -> Sql:  # type: ignore[override]
        sql, params = compiler.compile(self.lhs)
        zone = self._zone_for(self.lhs.output_field)
        written, bound = connection.ops.datetime_cast_time_sql(sql, tuple(params), zone)
        return written, tuple(bound)


DateTimeField.register_lookup(TruncDate)
DateTimeField.register_lookup(TruncTime)
