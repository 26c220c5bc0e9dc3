"""Ranges in two inputs."""

from __future__ import annotations

from typing import Any

from nuages import forms
from nuages.core import exceptions
from nuages.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange, NumericRange
from nuages.forms.widgets import HiddenInput, MultiWidget
from nuages.utils.translation import gettext_lazy as _

__all__ = [
    "BaseRangeField",
    "DateRangeField",
    "DateTimeRangeField",
    "DecimalRangeField",
    "HiddenRangeWidget",
    "IntegerRangeField",
    "RangeWidget",
]


class RangeWidget(MultiWidget):
    """An input for each bound."""

    def __init__(self, base_widget: Any, attrs: Any = None) -> None:
        super().__init__((base_widget, base_widget), attrs)

    def decompress(self, value: Any) -> tuple[Any, Any]:  # type: ignore[override]
        return (value.lower, value.upper) if value else (None, None)


class HiddenRangeWidget(RangeWidget):
    """Both inputs hidden."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(HiddenInput, attrs)


class BaseRangeField(forms.MultiValueField):
    """Base of the fields for ranges."""

    base_field: Any
    range_type: Any
    hidden_widget = HiddenRangeWidget
    default_error_messages = {
        "invalid": _("Enter two valid values."),
        "bound_ordering": _("The start of the range must not exceed the end of the range."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", RangeWidget(self.base_field.widget))
        kwargs.setdefault("fields", [self.base_field(required=False) for _bound in range(2)])
        kwargs.setdefault("required", False)
        kwargs.setdefault("require_all_fields", False)
        # What the range is made with, where its ends matter.
        self.range_kwargs = {"bounds": bounds} if (bounds := kwargs.pop("default_bounds", None)) else {}
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Both bounds as their own fields show them."""
        lower, upper = self.fields
        if isinstance(value, self.range_type):
            return [lower.prepare_value(value.lower), upper.prepare_value(value.upper)]
        if value is None:
            return [lower.prepare_value(None), upper.prepare_value(None)]
        return value

    def compress(self, data_list: Any) -> Any:
        """A range of two bounds; None of none."""
        if not data_list:
            return None
        start, end = data_list
        if start is not None and end is not None and start > end:
            raise exceptions.ValidationError(self.error_messages["bound_ordering"], code="bound_ordering")
        try:
            made = self.range_type(start, end, **self.range_kwargs)
        except TypeError:
            raise exceptions.ValidationError(self.error_messages["invalid"], code="invalid") from None
        return None if start is None and end is None else made


class IntegerRangeField(BaseRangeField):
    range_type = NumericRange
    base_field = forms.IntegerField
    default_error_messages = {"invalid": _("Enter two whole numbers.")}


class DecimalRangeField(BaseRangeField):
    range_type = NumericRange
    base_field = forms.DecimalField
    default_error_messages = {"invalid": _("Enter two numbers.")}


class DateTimeRangeField(BaseRangeField):
    range_type = DateTimeTZRange
    base_field = forms.DateTimeField
    default_error_messages = {"invalid": _("Enter two valid date/times.")}


class DateRangeField(BaseRangeField):
    range_type = DateRange
    base_field = forms.DateField
    default_error_messages = {"invalid": _("Enter two valid dates.")}
