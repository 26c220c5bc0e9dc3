"""Widgets: how a field looks in HTML and how its data is read from a submitted form."""

from __future__ import annotations

from .base import MultiWidget, Widget
from .choices import (
    CheckboxSelectMultiple,
    ChoiceWidget,
    NullBooleanSelect,
    RadioSelect,
    Select,
    SelectMultiple,
)
from .dates import SelectDateWidget, SplitDateTimeWidget, SplitHiddenDateTimeWidget
from .files import FILE_INPUT_CONTRADICTION, ClearableFileInput, FileInput
from .inputs import (
    CheckboxInput,
    ColorInput,
    DateInput,
    DateTimeBaseInput,
    DateTimeInput,
    EmailInput,
    HiddenInput,
    Input,
    MultipleHiddenInput,
    NumberInput,
    PasswordInput,
    SearchInput,
    TelInput,
    Textarea,
    TextInput,
    TimeInput,
    URLInput,
)
from .media import (
    Media,
    MediaAsset,
    MediaDefiningClass,
    MediaOrderConflictWarning,
    Script,
    Stylesheet,
)

__all__ = [
    "FILE_INPUT_CONTRADICTION",
    "CheckboxInput",
    "CheckboxSelectMultiple",
    "ChoiceWidget",
    "ClearableFileInput",
    "ColorInput",
    "DateInput",
    "DateTimeBaseInput",
    "DateTimeInput",
    "EmailInput",
    "FileInput",
    "HiddenInput",
    "Input",
    "Media",
    "MediaAsset",
    "MediaDefiningClass",
    "MediaOrderConflictWarning",
    "MultiWidget",
    "MultipleHiddenInput",
    "NullBooleanSelect",
    "NumberInput",
    "PasswordInput",
    "RadioSelect",
    "Script",
    "SearchInput",
    "Select",
    "SelectDateWidget",
    "SelectMultiple",
    "SplitDateTimeWidget",
    "SplitHiddenDateTimeWidget",
    "Stylesheet",
    "TelInput",
    "TextInput",
    "Textarea",
    "TimeInput",
    "URLInput",
    "Widget",
]
