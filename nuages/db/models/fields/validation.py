"""Which values a field takes, and the errors that say so."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from nuages.core import exceptions, validators
from nuages.utils.functional import cached_property
from nuages.utils.translation import gettext_lazy as _


class Validation:
    """Conversion to the field's type, its validators, and what its options demand."""

    empty_values: Collection[Any] = list(validators.EMPTY_VALUES)

    default_validators: Sequence[Callable[[Any], Any]] = []
    default_error_messages: Mapping[str, Any] = {
        "invalid_choice": _("Value %(value)r is not a valid choice."),
        "null": _("This field cannot be null."),
        "blank": _("This field cannot be blank."),
        "unique": _("%(model_name)s with this %(field_label)s already exists."),
        "unique_for_date": _(
            # Translators: The 'lookup_type' is one of 'date', 'year' or 'month'.
            "%(field_label)s must be unique for %(date_field_label)s %(lookup_type)s."
        ),
    }

    null: bool
    blank: bool
    editable: bool
    choices: Any
    flatchoices: Any
    _validators: list[Callable[[Any], Any]]
    _error_messages: Mapping[str, Any] | None

    @cached_property
    def error_messages(self) -> dict[str, Any]:
        """Messages of the class and its bases under those given to the field."""
        merged: dict[str, Any] = {}
        for cls in reversed(self.__class__.__mro__):
            merged.update(getattr(cls, "default_error_messages", {}))
        merged.update(self._error_messages or {})
        return merged

    @cached_property
    def validators(self) -> list[Callable[[Any], Any]]:
        """Validators of the class, then those given to the field."""
        return [*self.default_validators, *self._validators]

    def invalid(self, code: str, **params: Any) -> exceptions.ValidationError:
        """The error with this code's message, to be raised."""
        return exceptions.ValidationError(self.error_messages[code], code=code, params=params or None)

    def to_python(self, value: Any) -> Any:
        """`value` as this field's Python type, or a ValidationError."""
        return value

    def run_validators(self, value: Any) -> None:
        """All validators, their errors together; the field's own messages win over theirs."""
        if value in self.empty_values:
            return
        errors: list[Any] = []
        for validator in self.validators:
            try:
                validator(value)
            except exceptions.ValidationError as error:
                code = getattr(error, "code", None)
                if code in self.error_messages:
                    error.message = self.error_messages[code]
                errors += error.error_list
        if errors:
            raise exceptions.ValidationError(errors)

    def validate(self, value: Any, model_instance: Any) -> None:
        """Check what the options demand: choices, null, blank."""
        if not self.editable:
            return
        is_empty = value in self.empty_values
        if self.choices is not None and not is_empty:
            if not any(value == option for option, _label in self.flatchoices):
                raise self.invalid("invalid_choice", value=value)
            return
        if value is None and not self.null:
            raise self.invalid("null")
        if is_empty and not self.blank:
            raise self.invalid("blank")

    def clean(self, value: Any, model_instance: Any) -> Any:
        """`value` converted and validated."""
        value = self.to_python(value)
        self.validate(value, model_instance)
        self.run_validators(value)
        return value
