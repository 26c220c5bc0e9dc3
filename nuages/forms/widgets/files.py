"""Widgets that upload files."""

from __future__ import annotations

from typing import Any

from nuages.utils.translation import gettext_lazy as _

from .inputs import CheckboxInput, Input, values_of

#: The value of a clearable input that was asked to clear its file and to replace it.
FILE_INPUT_CONTRADICTION = object()


class FileInput(Input):
    """`<input type="file">`, one file unless a subclass sets `allow_multiple_selected`."""

    allow_multiple_selected = False
    input_type = "file"
    needs_multipart_form = True
    template_name = "django/forms/widgets/file.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        attrs = dict(attrs or {})
        if self.allow_multiple_selected:
            attrs.setdefault("multiple", True)
        elif attrs.get("multiple", False):
            raise ValueError(f"{type(self).__qualname__} doesn't support uploading multiple files.")
        super().__init__(attrs)

    def format_value(self, value: Any) -> Any:
        return None  # browsers do not let a page choose the file

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return values_of(files, name) if self.allow_multiple_selected else files.get(name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files

    def use_required_attribute(self, initial: Any) -> bool:
        return super().use_required_attribute(initial) and not initial


class ClearableFileInput(FileInput):
    """A file input that shows the present file, with a checkbox to remove it where the field is optional."""

    clear_checkbox_label: Any = _("Clear")
    initial_text: Any = _("Currently")
    input_text: Any = _("Change")
    template_name = "django/forms/widgets/clearable_file_input.html"
    checked = False

    def clear_checkbox_name(self, name: str) -> str:
        """The name of the checkbox, given the input's."""
        return f"{name}-clear"

    def clear_checkbox_id(self, name: str) -> str:
        """The id of the checkbox, given its name."""
        return f"{name}_id"

    def is_initial(self, value: Any) -> bool:
        """Whether the value is a stored file, with a URL to link to."""
        return bool(value and getattr(value, "url", False))

    def format_value(self, value: Any) -> Any:
        return value if self.is_initial(value) else None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        checkbox = self.clear_checkbox_name(name)
        widget.update(
            checkbox_name=checkbox,
            checkbox_id=self.clear_checkbox_id(checkbox),
            is_initial=widget["value"] is not None,
            input_text=self.input_text,
            initial_text=self.initial_text,
            clear_checkbox_label=self.clear_checkbox_label,
        )
        widget["attrs"] = {"disabled": False, **widget["attrs"], "checked": self.checked}
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The upload; False where the file is to be removed."""
        upload = super().value_from_datadict(data, files, name)
        checkbox = self.clear_checkbox_name(name)
        self.checked = checkbox in data
        if self.is_required or not CheckboxInput().value_from_datadict(data, files, checkbox):
            return upload
        return FILE_INPUT_CONTRADICTION if upload else False

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return (
            super().value_omitted_from_data(data, files, name) and self.clear_checkbox_name(name) not in data
        )
