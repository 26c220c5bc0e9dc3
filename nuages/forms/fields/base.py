"""The base field: the steps of cleaning a value and the arguments every field takes."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from nuages.core import validators
from nuages.core.exceptions import ValidationError
from nuages.utils.translation import gettext_lazy as _

from ..boundfield import BoundField
from ..widgets import HiddenInput, TextInput, Widget

if TYPE_CHECKING:
    from ..forms import BaseForm

Validator = Callable[[Any], None]


class FieldOptions(TypedDict, total=False):
    """The arguments that every field takes, for those who pass them on."""

    required: bool
    widget: Widget | type[Widget] | None
    label: Any
    initial: Any
    help_text: Any
    error_messages: Mapping[str, Any] | None
    show_hidden_initial: bool
    validators: Iterable[Validator]
    localize: bool
    disabled: bool
    label_suffix: Any
    template_name: str | None
    bound_field_class: type[BoundField] | None


class Field:
    """One value of a form. `clean()` converts, validates and returns it, or raises `ValidationError`."""

    #: What displays the field unless it is told otherwise; a class or an instance to copy.
    widget: Any = TextInput
    hidden_widget: Any = HiddenInput
    default_validators: list[Validator] = []
    #: Messages by code; those of the bases apply too.
    default_error_messages: dict[str, Any] = {"required": _("This field is required.")}
    empty_values: list[Any] = list(validators.EMPTY_VALUES)
    bound_field_class: type[BoundField] | None = None

    def __init__(
        self,
        *,
        required: bool = True,
        widget: Widget | type[Widget] | None = None,
        label: Any = None,
        initial: Any = None,
        help_text: Any = "",
        error_messages: Mapping[str, Any] | None = None,
        show_hidden_initial: bool = False,
        validators: Iterable[Validator] = (),
        localize: bool = False,
        disabled: bool = False,
        label_suffix: Any = None,
        template_name: str | None = None,
        bound_field_class: type[BoundField] | None = None,
    ) -> None:
        self.required, self.label, self.initial = required, label, initial
        self.show_hidden_initial = show_hidden_initial
        self.help_text = help_text
        self.disabled = disabled
        self.label_suffix = label_suffix
        self.template_name = template_name
        self.bound_field_class = bound_field_class or self.bound_field_class
        self.localize = localize

        widget = widget or self.widget
        # A given instance may be in use elsewhere; what is done to ours must not show there.
        self.widget = widget() if isinstance(widget, type) else copy.deepcopy(widget)
        self.widget.is_localized = localize or self.widget.is_localized
        self.widget.is_required = required
        self.widget.attrs.update(self.widget_attrs(self.widget) or {})

        self.error_messages: dict[str, Any] = {}
        for kind in reversed(type(self).__mro__):
            self.error_messages.update(vars(kind).get("default_error_messages", {}))
        self.error_messages.update(error_messages or {})
        self.validators: list[Validator] = [*self.default_validators, *validators]
        super().__init__()

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """An independent field, as each form instance needs; deeper values are shared."""
        # Not copy.copy(), which takes the long way through pickling: every form copies all of its fields.
        twin = self.__class__.__new__(self.__class__)
        memo[id(self)] = twin
        twin.__dict__.update(self.__dict__)
        twin.widget = copy.deepcopy(self.widget, memo)
        twin.error_messages = self.error_messages.copy()
        twin.validators = self.validators[:]
        return twin

    def prepare_value(self, value: Any) -> Any:
        """The value as its widget expects it."""
        return value

    def to_python(self, value: Any) -> Any:
        """The submitted value as a Python object of the field's type."""
        return value

    def validate(self, value: Any) -> None:
        """Checks that are not validators: whether there is a value where one is required."""
        if self.required and value in self.empty_values:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """All validators, their errors together."""
        if not self.validators or value in self.empty_values:
            return
        errors: list[ValidationError] = []
        for validator in self.validators:
            try:
                validator(value)
            except ValidationError as error:
                code = getattr(error, "code", None)
                if code in self.error_messages:
                    error.message = self.error_messages[code]
                errors += error.error_list
        if errors:
            raise ValidationError(errors)

    def clean(self, value: Any) -> Any:
        """The submitted value, converted and valid, or `ValidationError`."""
        value = self.to_python(value)
        self.validate(value)
        self.run_validators(value)
        return value

    def clean_bound(self, bound: BoundField) -> Any:
        """The clean value of this field in a form; a disabled one keeps its initial value."""
        return self.clean(bound.initial if self.disabled else bound.data)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What a bound form shows: the submitted data, unless the field is disabled."""
        return initial if self.disabled else data

    def widget_attrs(self, widget: Widget) -> dict[str, Any]:
        """HTML attributes that the field's limits give its widget."""
        return {}

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the submitted data means something else than the initial value."""
        if self.disabled:
            return False
        try:
            before, after = self.comparable(initial, data)
        except ValidationError:
            return True
        # Forms cannot say None: an empty string is the nearest.
        return ("" if before is None else before) != ("" if after is None else after)

    def comparable(self, initial: Any, data: Any) -> tuple[Any, Any]:
        """Initial value and submitted data, made alike enough to compare."""
        return initial, self.to_python(data)

    def get_bound_field(self, form: BaseForm, field_name: str) -> BoundField:
        """This field in that form."""
        kind = self.bound_field_class or form.bound_field_class or BoundField
        return kind(form, self, field_name)
