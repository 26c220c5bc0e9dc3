"""Lists in one input, or in several."""

from __future__ import annotations

import copy
from typing import Any

from nuages import forms
from nuages.contrib.postgres.fields.array import format_item
from nuages.contrib.postgres.utils import prefix_validation_error
from nuages.contrib.postgres.validators import ArrayMaxLengthValidator, ArrayMinLengthValidator
from nuages.core.exceptions import ValidationError
from nuages.utils.translation import gettext_lazy as _

__all__ = ["SimpleArrayField", "SplitArrayField", "SplitArrayWidget"]

_ITEM_INVALID = _("Item %(nth)s in the array did not validate:")


class _OfItems:
    """Calls the items' field and says of which item its errors are."""

    base_field: Any
    error_messages: dict[str, Any]

    def _each(self, items: Any, call: Any) -> tuple[list[Any], list[ValidationError]]:
        results: list[Any] = []
        errors: list[ValidationError] = []
        for position, item in enumerate(items):
            try:
                results.append(call(item))
            except ValidationError as error:
                results.append(None)
                errors.append(
                    prefix_validation_error(
                        error,
                        prefix=format_item(self.error_messages["item_invalid"]),
                        code="item_invalid",
                        params={"nth": position + 1, "value": item},
                    )
                )
        return results, errors


class SimpleArrayField(_OfItems, forms.CharField):
    """A list in one text input, items separated by a delimiter."""

    default_error_messages = {"item_invalid": _ITEM_INVALID}

    def __init__(
        self,
        base_field: Any,
        *,
        delimiter: str = ",",
        max_length: int | None = None,
        min_length: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.base_field = base_field
        self.delimiter = delimiter
        super().__init__(**kwargs)
        for name, limit, validator in (
            ("min_length", min_length, ArrayMinLengthValidator),
            ("max_length", max_length, ArrayMaxLengthValidator),
        ):
            if limit is not None:
                setattr(self, name, limit)
                self.validators.append(validator(int(limit)))

    def clean(self, value: Any) -> Any:
        """The list, each item cleaned by its own field."""
        return [self.base_field.clean(item) for item in super().clean(value)]

    def prepare_value(self, value: Any) -> Any:
        """The text that the input shows."""
        if isinstance(value, list):
            return self.delimiter.join(str(self.base_field.prepare_value(item)) for item in value)
        return value

    def to_python(self, value: Any) -> list[Any]:  # type: ignore[override]
        """Items of the text, or of a list."""
        items = value if isinstance(value, list) else value.split(self.delimiter) if value else []
        return self._checked(items, self.base_field.to_python)

    def _checked(self, items: Any, call: Any) -> list[Any]:
        results, errors = self._each(items, call)
        if errors:
            raise ValidationError(errors)
        return results

    def validate(self, value: Any) -> None:
        super().validate(value)
        self._checked(value, self.base_field.validate)

    def run_validators(self, value: Any) -> None:
        super().run_validators(value)
        self._checked(value, self.base_field.run_validators)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            value = self.to_python(data)
        except ValidationError:
            return True
        if initial in self.empty_values and value in self.empty_values:
            return False
        return super().has_changed(initial, value)


class SplitArrayWidget(forms.Widget):
    """As many inputs as the list has items."""

    template_name = "postgres/widgets/split_array.html"

    def __init__(self, widget: Any, size: int, **kwargs: Any) -> None:
        self.widget = widget() if isinstance(widget, type) else widget
        self.size = size
        super().__init__(**kwargs)

    @property
    def is_hidden(self) -> bool:
        """As each of the inputs."""
        return bool(self.widget.is_hidden)

    def _names(self, name: str) -> list[str]:
        return [f"{name}_{index}" for index in range(self.size)]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return [self.widget.value_from_datadict(data, files, part) for part in self._names(name)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return all(self.widget.value_omitted_from_data(data, files, part) for part in self._names(name))

    def id_for_label(self, id_: str) -> str:
        # A label belongs to one input: the first.
        return f"{id_}_0" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: Any = None) -> dict[str, Any]:
        """The context of the template, with one of each input in it."""
        context = super().get_context(name, value, attrs or {})
        if self.is_localized:
            self.widget.is_localized = self.is_localized
        values = value or []
        shared = self.build_attrs(attrs or {})
        own_id = shared.get("id")
        inputs = []
        for index in range(max(len(values), self.size)):
            part = {**shared, "id": f"{own_id}_{index}"} if own_id else shared
            item = values[index] if index < len(values) else None
            inputs.append(self.widget.get_context(f"{name}_{index}", item, part)["widget"])
        context["widget"]["subwidgets"] = inputs
        return context

    @property
    def media(self) -> Any:
        """What the inputs need."""
        return self.widget.media

    def __deepcopy__(self, memo: dict[int, Any]) -> SplitArrayWidget:
        copied = super().__deepcopy__(memo)
        copied.widget = copy.deepcopy(self.widget)
        return copied  # type: ignore[no-any-return]

    @property
    def needs_multipart_form(self) -> bool:  # type: ignore[override]
        """As the inputs do."""
        return bool(self.widget.needs_multipart_form)


class SplitArrayField(_OfItems, forms.Field):
    """A list of fixed size, an input for each item."""

    default_error_messages = {"item_invalid": _ITEM_INVALID}

    def __init__(
        self, base_field: Any, size: int, *, remove_trailing_nulls: bool = False, **kwargs: Any
    ) -> None:
        self.base_field = base_field
        self.size = size
        self.remove_trailing_nulls = remove_trailing_nulls
        kwargs.setdefault("widget", SplitArrayWidget(widget=base_field.widget, size=size))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        return [self.base_field.to_python(item) for item in super().to_python(value)]

    def clean(self, value: Any) -> Any:
        """The list; an item that is missing is empty."""
        if not any(value) and self.required:
            raise ValidationError(self.error_messages["required"])
        given = [value[index] if index < len(value) else None for index in range(max(len(value), self.size))]
        cleaned, errors = self._each(given[: self.size], self.base_field.clean)
        if self.remove_trailing_nulls:
            # An item with an error is not empty.
            wrong = {error.params["nth"] - 1 if error.params else -1 for error in _singles(errors)}
            kept = len(cleaned)
            while (
                kept
                and cleaned[kept - 1] in self.base_field.empty_values
                and (kept - 1 not in wrong or given[kept - 1] in self.base_field.empty_values)
            ):
                kept -= 1
            cleaned = cleaned[:kept]
            errors = [
                error for error in errors if any(one.params["nth"] <= kept for one in _singles([error]))
            ]
        if errors:
            raise ValidationError(errors)
        return cleaned

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            data = self.to_python(data)
        except ValidationError:
            return True
        if self.remove_trailing_nulls:
            while data and data[-1] in self.base_field.empty_values:
                data.pop()
        if initial in self.empty_values and data in self.empty_values:
            return False
        return super().has_changed(initial, data)


def _singles(errors: list[ValidationError]) -> list[Any]:
    """The single errors in a list of errors."""
    return [one for error in errors for one in error.error_list]
