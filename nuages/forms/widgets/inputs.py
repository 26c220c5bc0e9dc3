"""Widgets that are an `<input>` or a `<textarea>`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nuages.utils import formats

from .base import Widget


class Input(Widget):
    """An `<input>` of some type; a "type" among the attributes wins over the class's."""

    input_type: str | None = None
    template_name = "django/forms/widgets/input.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.input_type = self.attrs.pop("type", self.input_type)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["type"] = widget["attrs"].pop("type", self.input_type)
        return context


class TextInput(Input):
    """`<input type="text">`"""

    template_name = "django/forms/widgets/text.html"
    input_type = "text"


class NumberInput(Input):
    """`<input type="number">`"""

    template_name = "django/forms/widgets/number.html"
    input_type = "number"


class EmailInput(Input):
    """`<input type="email">`"""

    template_name = "django/forms/widgets/email.html"
    input_type = "email"


class URLInput(Input):
    """`<input type="url">`"""

    template_name = "django/forms/widgets/url.html"
    input_type = "url"


class ColorInput(Input):
    """`<input type="color">`"""

    template_name = "django/forms/widgets/color.html"
    input_type = "color"


class SearchInput(Input):
    """`<input type="search">`"""

    template_name = "django/forms/widgets/search.html"
    input_type = "search"


class TelInput(Input):
    """`<input type="tel">`"""

    template_name = "django/forms/widgets/tel.html"
    input_type = "tel"


class PasswordInput(Input):
    """`<input type="password">`, empty when shown again unless `render_value` is set."""

    template_name = "django/forms/widgets/password.html"
    input_type = "password"

    def __init__(self, attrs: dict[str, Any] | None = None, render_value: bool = False) -> None:
        super().__init__(attrs)
        self.render_value = render_value

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value if self.render_value else None, attrs)


class HiddenInput(Input):
    """`<input type="hidden">`"""

    template_name = "django/forms/widgets/hidden.html"
    input_type = "hidden"


class MultipleHiddenInput(HiddenInput):
    """One hidden input for each of a list of values."""

    template_name = "django/forms/widgets/multiple_hidden.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shared = context["widget"]["attrs"]
        id_ = shared.get("id")
        subwidgets = context["widget"]["subwidgets"] = []
        for number, one in enumerate(context["widget"]["value"]):
            own = {**shared, "id": f"{id_}_{number}"} if id_ else dict(shared)
            hidden = HiddenInput()
            hidden.is_required = self.is_required
            subwidgets.append(hidden.get_context(name, one, own)["widget"])
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return values_of(data, name)

    def format_value(self, value: Any) -> Any:
        return [] if value is None else value


def values_of(data: Any, name: str) -> Any:
    """All values of a name: form data has several, a plain dictionary holds them as its one value."""
    return getattr(data, "getlist", data.get)(name)


class Textarea(Widget):
    """`<textarea>`, ten lines of forty characters unless said otherwise."""

    template_name = "django/forms/widgets/textarea.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"cols": "40", "rows": "10", **(attrs or {})})


class DateTimeBaseInput(TextInput):
    """Base of the inputs for dates and times, which show their value in a format."""

    format_key = ""
    supports_microseconds = False
    format: str | None = None

    def __init__(self, attrs: dict[str, Any] | None = None, format: str | None = None) -> None:
        super().__init__(attrs)
        if format:
            self.format = format

    def format_value(self, value: Any) -> Any:
        return formats.localize_input(value, self.format or formats.get_format(self.format_key)[0])


class DateInput(DateTimeBaseInput):
    """A text input for a date."""

    template_name = "django/forms/widgets/date.html"
    format_key = "DATE_INPUT_FORMATS"


class DateTimeInput(DateTimeBaseInput):
    """A text input for a date with a time."""

    template_name = "django/forms/widgets/datetime.html"
    format_key = "DATETIME_INPUT_FORMATS"


class TimeInput(DateTimeBaseInput):
    """A text input for a time."""

    template_name = "django/forms/widgets/time.html"
    format_key = "TIME_INPUT_FORMATS"


def boolean_check(v: Any) -> bool:
    """Whether a checkbox is checked for that value: all but False, None and the empty string."""
    return not (v is False or v is None or v == "")


class CheckboxInput(Input):
    """`<input type="checkbox">`; `check_test` says for which values it is checked."""

    template_name = "django/forms/widgets/checkbox.html"
    input_type = "checkbox"

    def __init__(
        self, attrs: dict[str, Any] | None = None, check_test: Callable[[Any], bool] | None = None
    ) -> None:
        super().__init__(attrs)
        self.check_test = check_test or boolean_check

    def format_value(self, value: Any) -> Any:
        # Booleans and nothing are what browsers send without a value attribute; 0 and 1 are values.
        return str(value) if value is not True and boolean_check(value) else None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        if self.check_test(value):
            attrs = {**(attrs or {}), "checked": True}
        return super().get_context(name, value, attrs)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> bool:
        value = data.get(name, False)
        if isinstance(value, str) and value.lower() == "false":
            return False
        return bool(value)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False  # browsers do not send unchecked boxes
