"""Fields: how a form turns what was submitted into a Python value, or says why it cannot."""

from __future__ import annotations

from .base import Field, FieldOptions
from .booleans import BooleanField, NullBooleanField
from .choices import (
    CallableChoiceIterator,
    ChoiceField,
    FilePathField,
    MultipleChoiceField,
    TypedChoiceField,
    TypedMultipleChoiceField,
)
from .composite import ComboField, MultiValueField, SplitDateTimeField
from .dates import (
    BaseTemporalField,
    DateField,
    DateTimeField,
    DateTimeFormatsIterator,
    DurationField,
    TimeField,
)
from .files import FileField, ImageField
from .numbers import DecimalField, FloatField, IntegerField
from .text import (
    CharField,
    EmailField,
    GenericIPAddressField,
    InvalidJSONInput,
    JSONField,
    JSONString,
    RegexField,
    SlugField,
    URLField,
    UUIDField,
)

__all__ = [
    "BaseTemporalField",
    "BooleanField",
    "CallableChoiceIterator",
    "CharField",
    "ChoiceField",
    "ComboField",
    "DateField",
    "DateTimeField",
    "DateTimeFormatsIterator",
    "DecimalField",
    "DurationField",
    "EmailField",
    "Field",
    "FieldOptions",
    "FileField",
    "FilePathField",
    "FloatField",
    "GenericIPAddressField",
    "ImageField",
    "IntegerField",
    "InvalidJSONInput",
    "JSONField",
    "JSONString",
    "MultiValueField",
    "MultipleChoiceField",
    "NullBooleanField",
    "RegexField",
    "SlugField",
    "SplitDateTimeField",
    "TimeField",
    "TypedChoiceField",
    "TypedMultipleChoiceField",
    "URLField",
    "UUIDField",
]
