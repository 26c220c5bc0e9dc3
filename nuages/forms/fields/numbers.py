"""Fields for numbers: whole, floating and decimal."""

from __future__ import annotations

import math
import re
from decimal import Decimal, DecimalException
from typing import Any

from nuages.core import validators
from nuages.core.exceptions import ValidationError
from nuages.utils import formats
from nuages.utils.translation import gettext_lazy as _

from ..widgets import NumberInput, Widget
from .base import Field


class IntegerField(Field):
    """A whole number."""

    widget: Any = NumberInput
    default_error_messages = {"invalid": _("Enter a whole number.")}
    # Spreadsheets and some widgets send 5.0 for 5.
    re_decimal = re.compile(r"\.0*\s*$")

    def __init__(
        self, *, max_value: Any = None, min_value: Any = None, step_size: Any = None, **options: Any
    ) -> None:
        self.max_value, self.min_value, self.step_size = max_value, min_value, step_size
        if options.get("localize") and self.widget is NumberInput:
            # Browsers' number inputs know no thousand separators.
            options.setdefault("widget", super().widget)
        super().__init__(**options)
        if max_value is not None:
            self.validators.append(validators.MaxValueValidator(max_value))
        if min_value is not None:
            self.validators.append(validators.MinValueValidator(min_value))
        if step_size is not None:
            self.validators.append(validators.StepValueValidator(step_size, offset=min_value))

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        if value in self.empty_values:
            return None
        if self.localize:
            value = formats.sanitize_separators(value)
        try:
            return self.from_text(value)
        except (ValueError, TypeError, DecimalException) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error

    def from_text(self, value: Any) -> Any:
        """The number that was written; ValueError, TypeError or a decimal's error where it is none."""
        return int(self.re_decimal.sub("", str(value)))

    def step_attr(self, widget: Widget) -> str | None:
        """The `step` attribute, where the widget should get one."""
        return None if self.step_size is None else str(self.step_size)

    def widget_attrs(self, widget: Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        if isinstance(widget, NumberInput):
            limits = {"min": self.min_value, "max": self.max_value, "step": self.step_attr(widget)}
            attrs.update({name: limit for name, limit in limits.items() if limit is not None})
        return attrs


class FloatField(IntegerField):
    """A floating point number; infinity and NaN are refused."""

    default_error_messages = {"invalid": _("Enter a number.")}

    def from_text(self, value: Any) -> Any:
        return float(value)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value not in self.empty_values and not math.isfinite(value):
            raise ValidationError(self.error_messages["invalid"], code="invalid")

    def step_attr(self, widget: Widget) -> str | None:
        # Without it browsers accept whole numbers only.
        return super().step_attr(widget) or (None if "step" in widget.attrs else "any")


class DecimalField(IntegerField):
    """A decimal number, with as many digits as the field allows."""

    default_error_messages = {"invalid": _("Enter a number.")}

    def __init__(
        self,
        *,
        max_value: Any = None,
        min_value: Any = None,
        max_digits: int | None = None,
        decimal_places: int | None = None,
        **options: Any,
    ) -> None:
        self.max_digits, self.decimal_places = max_digits, decimal_places
        super().__init__(max_value=max_value, min_value=min_value, **options)
        self.validators.append(validators.DecimalValidator(max_digits, decimal_places))

    def from_text(self, value: Any) -> Any:
        return Decimal(str(value))

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value not in self.empty_values and not value.is_finite():
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": value})

    def step_attr(self, widget: Widget) -> str | None:
        if self.step_size is not None or "step" in widget.attrs:
            return super().step_attr(widget)
        if self.decimal_places is None:
            return "any"
        return str(Decimal(1).scaleb(-self.decimal_places)).lower()
