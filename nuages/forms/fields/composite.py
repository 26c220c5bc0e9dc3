"""Fields made of fields: all of them on one value, or one value from several."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterable
from functools import reduce
from typing import Any, Unpack

from nuages.core.exceptions import ValidationError
from nuages.utils.translation import gettext_lazy as _

from ..utils import from_current_timezone
from ..widgets import SplitDateTimeWidget, SplitHiddenDateTimeWidget
from .base import Field, FieldOptions
from .dates import DateField, TimeField


class ComboField(Field):
    """A value that several fields have to accept, one after the other."""

    def __init__(self, fields: Iterable[Field], **options: Unpack[FieldOptions]) -> None:
        super().__init__(**options)
        self.fields = fields
        for field in fields:
            field.required = False  # this field asks for a value itself

    def clean(self, value: Any) -> Any:
        super().clean(value)
        return reduce(lambda cleaned, field: field.clean(cleaned), self.fields, value)


class MultiValueField(Field):
    """One value from several fields, put together by `compress()`; goes with a `MultiWidget`."""

    default_error_messages = {
        "incomplete": _("Enter a complete value."),
        "invalid": _("Enter a list of values."),
    }

    def __init__(
        self, fields: Iterable[Field], *, require_all_fields: bool = True, **options: Unpack[FieldOptions]
    ) -> None:
        self.require_all_fields = require_all_fields
        super().__init__(**options)
        self.fields = fields
        for field in fields:
            field.error_messages.setdefault("incomplete", self.error_messages["incomplete"])
            if self.disabled:
                field.disabled = True
            if require_all_fields:
                # Either all are missing or none may be, which is for this field to say.
                field.required = False

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = super().__deepcopy__(memo)
        twin.fields = tuple(copy.deepcopy(field, memo) for field in self.fields)
        return twin

    def validate(self, value: Any) -> None:
        pass  # the parts are validated

    def clean(self, value: Any) -> Any:
        if self.disabled and not isinstance(value, list):
            value = self.widget.decompress(value)
        if value and not isinstance(value, (list, tuple)):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if all(part in self.empty_values for part in value or ()):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return self.compress([])
        compressed = self.compress(self._clean_parts(value))
        self.validate(compressed)
        self.run_validators(compressed)
        return compressed

    def _clean_parts(self, values: Any) -> list[Any]:
        cleaned: list[Any] = []
        errors: list[Any] = []
        for number, field in enumerate(self.fields):
            part = values[number] if number < len(values) else None
            if part in self.empty_values:
                if self.require_all_fields and self.required:
                    raise ValidationError(self.error_messages["required"], code="required")
                if field.required:
                    if field.error_messages["incomplete"] not in errors:
                        errors.append(field.error_messages["incomplete"])
                    continue
            try:
                cleaned.append(field.clean(part))
            except ValidationError as error:
                # All at once, and each once: two parts may fail alike.
                errors += [one for one in error.error_list if one not in errors]
        if errors:
            raise ValidationError(errors)
        return cleaned

    def compress(self, data_list: list[Any]) -> Any:
        """One value from the clean values of the parts; the list is empty where nothing was entered."""
        raise NotImplementedError("Subclasses must implement this method.")

    def has_changed(self, initial: Any, data: Any) -> bool:
        if self.disabled:
            return False
        if initial is None:
            before: Any = ["" for _part in data]
        elif isinstance(initial, list):
            before = initial
        else:
            before = self.widget.decompress(initial)
        return any(map(self._part_has_changed, self.fields, before, data))

    @staticmethod
    def _part_has_changed(field: Field, initial: Any, data: Any) -> bool:
        try:
            return field.has_changed(field.to_python(initial), data)
        except ValidationError:
            return True


class SplitDateTimeField(MultiValueField):
    """A date and a time from two inputs, as one `datetime`."""

    default_error_messages = {
        "invalid_date": _("Enter a valid date."),
        "invalid_time": _("Enter a valid time."),
    }
    widget: Any = SplitDateTimeWidget
    hidden_widget: Any = SplitHiddenDateTimeWidget

    def __init__(
        self,
        *,
        input_date_formats: Iterable[str] | None = None,
        input_time_formats: Iterable[str] | None = None,
        **options: Any,
    ) -> None:
        messages = {**self.default_error_messages, **(options.get("error_messages") or {})}
        localize = options.get("localize", False)
        date = DateField(
            input_formats=input_date_formats,
            error_messages={"invalid": messages["invalid_date"]},
            localize=localize,
        )
        time = TimeField(
            input_formats=input_time_formats,
            error_messages={"invalid": messages["invalid_time"]},
            localize=localize,
        )
        super().__init__((date, time), **options)

    def compress(self, data_list: list[Any]) -> Any:
        if not data_list:
            return None
        date, time = data_list
        # One of them may be missing where the field is optional.
        for part, code in ((date, "invalid_date"), (time, "invalid_time")):
            if part in self.empty_values:
                raise ValidationError(self.error_messages[code], code=code)
        return from_current_timezone(datetime.datetime.combine(date, time))
