"""What forms show of a field: the form field that edits it, and the choices of a select."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nuages.utils.choices import BlankChoiceIterator

#: Arguments of formfield() that reach a TypedChoiceField.
# fmt: off
SELECT_OPTIONS = frozenset((
    "widget", "label", "help_text", "initial", "show_hidden_initial", "required", "disabled", "error_messages",
    "choices", "coerce", "empty_value",
))
# fmt: on


def formfield(field: Any, form_class: Any, choices_form_class: Any, kwargs: dict[str, Any]) -> Any:
    """The form field that edits `field`; `kwargs` are for its class."""
    from nuages import forms

    presets: dict[str, Any] = {
        "required": not field.blank,
        "label": _capitalized(field.verbose_name),
        "help_text": field.help_text,
    }
    if field.has_default():
        presets["initial"] = field.default if callable(field.default) else field.get_default()
        presets["show_hidden_initial"] = callable(field.default)
    if field.choices is None:
        form_class = form_class or getattr(forms, field.form_field)
        return form_class(**presets | field.form_presets() | kwargs)
    # A select with a default that may not be left empty needs no empty entry.
    include_blank = field.blank or not (field.has_default() or "initial" in kwargs)
    presets["choices"] = field.get_choices(include_blank=include_blank)
    presets["coerce"] = field.to_python
    if field.null:
        presets["empty_value"] = None
    # What a caller gave for an ordinary form field and a select cannot use is dropped.
    understood = {key: value for key, value in kwargs.items() if key in SELECT_OPTIONS}
    return (choices_form_class or forms.TypedChoiceField)(**presets | understood)


def _capitalized(text: Any) -> Any:
    from nuages.utils.text import capfirst

    return capfirst(text)


def get_choices(
    field: Any,
    include_blank: bool,
    blank_choice: Any,
    limit_choices_to: Any,
    ordering: Sequence[str],
) -> Any:
    """Choices with a blank one in front, for a form's select or an admin filter."""
    from nuages.db.models.utils import get_blank_choice_label

    if include_blank and blank_choice is None:
        blank_choice = [("", get_blank_choice_label())]
    if field.choices is not None:
        return BlankChoiceIterator(field.choices, blank_choice) if include_blank else field.choices
    remote = field.remote_field
    limits = limit_choices_to or field.get_limit_choices_to()
    target = remote.get_related_field().attname if hasattr(remote, "get_related_field") else "pk"
    found = remote.model._default_manager.complex_filter(limits)
    if ordering:
        found = found.order_by(*ordering)
    pairs: list[tuple[Any, str]] = [(getattr(instance, target), str(instance)) for instance in found]
    return [*blank_choice, *pairs] if include_blank else pairs
