"""Dicts of texts, as JSON in a text area."""

from __future__ import annotations

import json
from typing import Any

from nuages import forms
from nuages.core.exceptions import ValidationError
from nuages.utils.translation import gettext_lazy as _

__all__ = ["HStoreField"]


class HStoreField(forms.CharField):
    """A dict whose values become texts."""

    default_error_messages = {
        "invalid_format": _("Input must be a JSON dictionary."),
        "invalid_json": _("Could not load JSON data."),
    }
    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """The JSON that is shown."""
        return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> Any:
        """The dict of a JSON text."""
        if not value:
            return {}
        if not isinstance(value, dict):
            try:
                value = json.loads(value)
            except json.JSONDecodeError:
                raise ValidationError(self.error_messages["invalid_json"], code="invalid_json") from None
        if not isinstance(value, dict):
            raise ValidationError(self.error_messages["invalid_format"], code="invalid_format")
        return {key: item if item is None else str(item) for key, item in value.items()}

    def has_changed(self, initial: Any, data: Any) -> bool:
        # Both sides as dicts of texts: formatting does not count.
        return super().has_changed(self.to_python(initial), self.to_python(data))
