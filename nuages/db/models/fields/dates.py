"""Fields that hold days, times, moments and spans."""

from __future__ import annotations

import datetime
import warnings
from functools import partialmethod
from typing import TYPE_CHECKING, Any, ClassVar, Unpack, overload

from nuages.conf import settings
from nuages.db.models.fields import checks as field_checks
from nuages.db.models.fields.base import Field, FieldCheck
from nuages.db.models.fields.options import FieldOption, FieldOptions
from nuages.db.models.fields.values import (
    DayIn,
    DayOut,
    In,
    MomentIn,
    MomentOut,
    Null,
    Out,
    SpanIn,
    SpanOut,
    TimeIn,
    TimeOut,
)
from nuages.utils import timezone
from nuages.utils.dateparse import parse_date, parse_datetime, parse_duration, parse_time
from nuages.utils.duration import duration_microseconds, duration_string
from nuages.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from nuages.utils.functional import Promise

__all__ = ["DateField", "DateTimeCheckMixin", "DateTimeField", "DurationField", "TimeField"]


class DateTimeCheckMixin:
    """Checks of fields that can fill in the current time."""

    checks: ClassVar[tuple[FieldCheck, ...]] = (field_checks.check_auto_now, field_checks.check_fixed_moment)


class _Moment(DateTimeCheckMixin, Field[In, Out, Null]):
    """`auto_now` and `auto_now_add`: the field sets itself, and nobody edits it."""

    options: ClassVar[tuple[FieldOption, ...]] = (
        FieldOption("auto_now", False),
        FieldOption("auto_now_add", False),
    )
    empty_strings_allowed = False

    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        auto_now: bool = False,
        auto_now_add: bool = False,
        *,
        null: Null = ...,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        auto_now: bool = False,
        auto_now_add: bool = False,
        *,
        null: bool,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    def __init__(
        self,
        verbose_name: Any = None,
        name: str | None = None,
        auto_now: bool = False,
        auto_now_add: bool = False,
        **kwargs: Any,
    ) -> None:
        self.auto_now, self.auto_now_add = auto_now, auto_now_add
        if auto_now or auto_now_add:
            kwargs["editable"] = False
            kwargs["blank"] = True
        super().__init__(verbose_name, name, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        if self.auto_now or self.auto_now_add:
            # They follow from it.
            kwargs.pop("editable", None)
            kwargs.pop("blank", None)
        return name, path, args, kwargs

    def now(self) -> Any:
        """What auto_now puts in."""
        raise NotImplementedError

    def is_about_now(self, value: Any) -> bool:
        """Whether a fixed default looks like the time the module was imported."""
        now = timezone.now() if settings.USE_TZ else datetime.datetime.now()
        if isinstance(value, datetime.datetime):
            if timezone.is_aware(value) != timezone.is_aware(now):
                value = timezone.make_naive(value, datetime.UTC) if timezone.is_aware(value) else value
                now = (
                    datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
                    if timezone.is_aware(now)
                    else now
                )
            return abs(value - now) <= datetime.timedelta(seconds=10)
        if isinstance(value, datetime.date):
            return abs(value - now.date()) <= datetime.timedelta(days=1)
        if isinstance(value, datetime.time):
            today = now.replace(
                hour=value.hour, minute=value.minute, second=value.second, microsecond=value.microsecond
            )
            return abs(today - now) <= datetime.timedelta(seconds=10)
        return False

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        if self.auto_now or (self.auto_now_add and add):
            value = self.now()
            setattr(model_instance, self.attname, value)
            return value
        return super().pre_save(model_instance, add)

    def value_to_string(self, obj: Any) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else value.isoformat()


class DateField(_Moment[DayIn, DayOut, Null]):
    """A day."""

    default_error_messages = {
        "invalid": _("“%(value)s” value has an invalid date format. It must be in YYYY-MM-DD format."),
        "invalid_date": _("“%(value)s” value has the correct format (YYYY-MM-DD) but it is an invalid date."),
    }
    description = _("Date (without time)")
    form_field = "DateField"

    def now(self) -> Any:
        return datetime.date.today()

    def get_internal_type(self) -> str:
        return "DateField"

    def to_python(self, value: Any) -> Any:
        if isinstance(value, datetime.datetime):
            if settings.USE_TZ and timezone.is_aware(value):
                # The day it is where the project lives.
                value = timezone.make_naive(value, timezone.get_default_timezone())
            return value.date()
        if value is None or isinstance(value, datetime.date):
            return value
        try:
            parsed = parse_date(value)
        except ValueError:
            raise self.invalid("invalid_date", value=value) from None
        if parsed is None:
            raise self.invalid("invalid", value=value)
        return parsed

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        if self.null:
            return
        for word, is_next in (("next", True), ("previous", False)):
            accessor = f"get_{word}_by_{self.name}"
            if accessor not in cls.__dict__:
                step = partialmethod(cls._get_next_or_previous_by_FIELD, field=self, is_next=is_next)
                setattr(cls, accessor, step)

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return connection.ops.adapt_datefield_value(value if prepared else self.get_prep_value(value))


class DateTimeField(DateField[MomentIn, MomentOut, Null]):
    """A moment."""

    default_error_messages = {
        "invalid": _(
            "“%(value)s” value has an invalid format. It must be in YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ] format."
        ),
        "invalid_date": _("“%(value)s” value has the correct format (YYYY-MM-DD) but it is an invalid date."),
        "invalid_datetime": _(
            "“%(value)s” value has the correct format (YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ]) but it is an invalid "
            "date/time."
        ),
    }
    description = _("Date (with time)")
    form_field = "DateTimeField"

    def now(self) -> Any:
        return timezone.now()

    def get_internal_type(self) -> str:
        return "DateTimeField"

    def to_python(self, value: Any) -> Any:
        if value is None or isinstance(value, datetime.datetime):
            return value
        if isinstance(value, datetime.date):
            return self._midnight(value)
        try:
            parsed = parse_datetime(value)
        except ValueError:
            raise self.invalid("invalid_datetime", value=value) from None
        if parsed is not None:
            return parsed
        try:
            day = parse_date(value)
        except ValueError:
            raise self.invalid("invalid_date", value=value) from None
        if day is None:
            raise self.invalid("invalid", value=value)
        return datetime.datetime(day.year, day.month, day.day)

    def _midnight(self, day: datetime.date) -> datetime.datetime:
        moment = datetime.datetime(day.year, day.month, day.day)
        if not settings.USE_TZ:
            return moment
        self._warn_naive(moment)
        return timezone.make_aware(moment, timezone.get_default_timezone()).astimezone(datetime.UTC)

    def _warn_naive(self, value: datetime.datetime) -> None:
        try:
            name = f"{self.model.__name__}.{self.name}"
        except AttributeError:
            name = "(unbound)"
        warnings.warn(
            f"DateTimeField {name} received a naive datetime ({value}) while time zone support is active.",
            RuntimeWarning,
            stacklevel=4,
        )

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is not None and settings.USE_TZ and timezone.is_naive(value):
            # Taken as the project's time: that is what it meant before time zones were switched on.
            self._warn_naive(value)
            value = timezone.make_aware(value, timezone.get_default_timezone())
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return connection.ops.adapt_datetimefield_value(value if prepared else self.get_prep_value(value))


class TimeField(_Moment[TimeIn, TimeOut, Null]):
    """A time of day."""

    default_error_messages = {
        "invalid": _("“%(value)s” value has an invalid format. It must be in HH:MM[:ss[.uuuuuu]] format."),
        "invalid_time": _(
            "“%(value)s” value has the correct format (HH:MM[:ss[.uuuuuu]]) but it is an invalid time."
        ),
    }
    description = _("Time")
    form_field = "TimeField"

    def now(self) -> Any:
        return datetime.datetime.now().time()

    def get_internal_type(self) -> str:
        return "TimeField"

    def to_python(self, value: Any) -> Any:
        if value is None or isinstance(value, datetime.time):
            return value
        if isinstance(value, datetime.datetime):
            # Some databases' drivers give a time column's value with a day.
            return value.time()
        try:
            parsed = parse_time(value)
        except ValueError:
            raise self.invalid("invalid_time", value=value) from None
        if parsed is None:
            raise self.invalid("invalid", value=value)
        return parsed

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return connection.ops.adapt_timefield_value(value if prepared else self.get_prep_value(value))


class DurationField(Field[SpanIn, SpanOut, Null]):
    """A span of time: an interval where the database has them, else microseconds in a big integer."""

    empty_strings_allowed = False
    default_error_messages = {
        "invalid": _(
            "“%(value)s” value has an invalid format. It must be in [DD] [[HH:]MM:]ss[.uuuuuu] format."
        )
    }
    description = _("Duration")
    form_field = "DurationField"

    def get_internal_type(self) -> str:
        return "DurationField"

    def to_python(self, value: Any) -> Any:
        if value is None or isinstance(value, datetime.timedelta):
            return value
        try:
            parsed = parse_duration(value)
        except ValueError:
            parsed = None
        if parsed is None:
            raise self.invalid("invalid", value=value)
        return parsed

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = value if prepared else self.get_prep_value(value)
        if value is None or connection.features.has_native_duration_field:
            return value
        return duration_microseconds(value)

    def get_db_converters(self, connection: Any) -> list[Any]:
        own = (
            []
            if connection.features.has_native_duration_field
            else [connection.ops.convert_durationfield_value]
        )
        return own + super().get_db_converters(connection)

    def value_to_string(self, obj: Any) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else duration_string(value)
