"""Fields for dates, times and durations."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Any, Unpack

from nuages.core.exceptions import ValidationError
from nuages.utils import formats
from nuages.utils.dateparse import parse_datetime, parse_duration
from nuages.utils.duration import duration_string
from nuages.utils.translation import gettext_lazy as _

from ..utils import from_current_timezone, to_current_timezone
from ..widgets import DateInput, DateTimeInput, TimeInput
from .base import Field, FieldOptions


class BaseTemporalField(Field):
    """Base of the fields that read a date or a time in one of several formats."""

    input_formats: Iterable[str] = ()

    def __init__(
        self, *, input_formats: Iterable[str] | None = None, **options: Unpack[FieldOptions]
    ) -> None:
        super().__init__(**options)
        if input_formats is not None:
            self.input_formats = input_formats

    def to_python(self, value: Any) -> Any:
        text = value.strip()
        for input_format in self.input_formats:
            try:
                return self.strptime(text, input_format)
            except (ValueError, TypeError):
                continue
        raise ValidationError(self.error_messages["invalid"], code="invalid")

    def strptime(self, value: str, format: str) -> Any:
        """The text read in one format; ValueError where it does not fit."""
        raise NotImplementedError("Subclasses must define this method.")


class DateField(BaseTemporalField):
    """A date."""

    widget: Any = DateInput
    input_formats = formats.get_format_lazy("DATE_INPUT_FORMATS")
    default_error_messages = {"invalid": _("Enter a valid date.")}

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime.datetime):
            return value.date()
        return value if isinstance(value, datetime.date) else super().to_python(value)

    def strptime(self, value: str, format: str) -> datetime.date:
        return datetime.datetime.strptime(value, format).date()


class TimeField(BaseTemporalField):
    """A time of day."""

    widget: Any = TimeInput
    input_formats = formats.get_format_lazy("TIME_INPUT_FORMATS")
    default_error_messages = {"invalid": _("Enter a valid time.")}

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        return value if isinstance(value, datetime.time) else super().to_python(value)

    def strptime(self, value: str, format: str) -> datetime.time:
        return datetime.datetime.strptime(value, format).time()


class DateTimeFormatsIterator:
    """The active locale's formats for dates with a time, then those for dates."""

    def __iter__(self) -> Iterator[str]:
        for name in ("DATETIME_INPUT_FORMATS", "DATE_INPUT_FORMATS"):
            yield from formats.get_format(name)


class DateTimeField(BaseTemporalField):
    """A date with a time, in the current time zone; ISO 8601 is always understood."""

    widget: Any = DateTimeInput
    input_formats = DateTimeFormatsIterator()
    default_error_messages = {"invalid": _("Enter a valid date/time.")}

    def prepare_value(self, value: Any) -> Any:
        return to_current_timezone(value) if isinstance(value, datetime.datetime) else value

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            value = datetime.datetime(value.year, value.month, value.day)
        if not isinstance(value, datetime.datetime):
            try:
                parsed = parse_datetime(value.strip())
            except ValueError as error:  # well-formed, but no such day or time
                raise ValidationError(self.error_messages["invalid"], code="invalid") from error
            value = parsed or super().to_python(value)
        return from_current_timezone(value)

    def strptime(self, value: str, format: str) -> datetime.datetime:
        return datetime.datetime.strptime(value, format)


class DurationField(Field):
    """A length of time."""

    default_error_messages = {
        "invalid": _("Enter a valid duration."),
        "overflow": _("The number of days must be between {min_days} and {max_days}."),
    }

    def prepare_value(self, value: Any) -> Any:
        return duration_string(value) if isinstance(value, datetime.timedelta) else value

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime.timedelta):
            return value
        try:
            duration = parse_duration(str(value))
        except OverflowError as error:
            message = self.error_messages["overflow"].format(
                min_days=datetime.timedelta.min.days, max_days=datetime.timedelta.max.days
            )
            raise ValidationError(message, code="overflow") from error
        if duration is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return duration
