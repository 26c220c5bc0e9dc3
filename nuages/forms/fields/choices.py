"""Fields whose value is one of the offered choices, or several."""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Callable
from typing import Any, Unpack

from nuages.core.exceptions import ValidationError
from nuages.utils.choices import CallableChoiceIterator, normalize_choices
from nuages.utils.translation import gettext_lazy as _

from ..widgets import MultipleHiddenInput, Select, SelectMultiple
from .base import Field, FieldOptions

__all__ = [
    "CallableChoiceIterator",
    "ChoiceField",
    "FilePathField",
    "MultipleChoiceField",
    "TypedChoiceField",
    "TypedMultipleChoiceField",
]


class ChoiceField(Field):
    """One of the choices, as a string. Choices given as a callable are asked for by each new form."""

    widget: Any = Select
    default_error_messages = {
        "invalid_choice": _("Select a valid choice. %(value)s is not one of the available choices.")
    }

    def __init__(self, *, choices: Any = (), **options: Unpack[FieldOptions]) -> None:
        super().__init__(**options)
        self.choices = choices

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = super().__deepcopy__(memo)
        twin._choices = _copied(self._choices)
        return twin

    @property
    def choices(self) -> Any:
        return self._choices

    @choices.setter
    def choices(self, value: Any) -> None:
        # The widget shows what the field accepts.
        self._choices = self.widget.choices = normalize_choices(value)

    def to_python(self, value: Any) -> Any:
        return "" if value in self.empty_values else str(value)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and not self.valid_value(value):
            raise self._not_offered(value)

    def _not_offered(self, value: Any) -> ValidationError:
        return ValidationError(
            self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value}
        )

    def valid_value(self, value: Any) -> bool:
        """Whether the value is among the choices."""
        wanted = str(value)
        for key, label in self.choices:
            offered = [inner for inner, _label in label] if isinstance(label, (list, tuple)) else [key]
            if any(one == value or str(one) == wanted for one in offered):
                return True
        return False


def _copied(choices: Any) -> Any:
    """Choices that can be changed without changing the others: the list and its groups, not what is in them."""
    if type(choices) is not list:
        return copy.copy(choices)
    return [(key, list(label) if isinstance(label, list) else label) for key, label in choices]


class TypedChoiceField(ChoiceField):
    """One of the choices, converted by `coerce`."""

    def __init__(
        self,
        *,
        coerce: Callable[[Any], Any] = lambda value: value,
        empty_value: Any = "",
        choices: Any = (),
        **options: Unpack[FieldOptions],
    ) -> None:
        self.coerce, self.empty_value = coerce, empty_value
        super().__init__(choices=choices, **options)

    def _coerce(self, value: Any) -> Any:
        if value == self.empty_value or value in self.empty_values:
            return self.empty_value
        try:
            return self.coerce(value)
        except (ValueError, TypeError, ValidationError) as error:
            raise self._not_offered(value) from error

    def clean(self, value: Any) -> Any:
        return self._coerce(super().clean(value))

    def comparable(self, initial: Any, data: Any) -> tuple[Any, Any]:
        return self._coerce(initial), self._coerce(self.to_python(data))


class MultipleChoiceField(ChoiceField):
    """Any number of the choices, as a list of strings."""

    hidden_widget: Any = MultipleHiddenInput
    widget: Any = SelectMultiple
    default_error_messages = {"invalid_list": _("Enter a list of values.")}

    def to_python(self, value: Any) -> Any:
        if not value:
            return []
        if not isinstance(value, (list, tuple)):
            raise ValidationError(self.error_messages["invalid_list"], code="invalid_list")
        return [str(one) for one in value]

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")
        for one in value:
            if not self.valid_value(one):
                raise self._not_offered(one)

    def has_changed(self, initial: Any, data: Any) -> bool:
        # The order in which boxes were checked means nothing.
        before, after = ([str(one) for one in given or []] for given in (initial, data))
        return not self.disabled and (len(before) != len(after) or set(before) != set(after))


class TypedMultipleChoiceField(MultipleChoiceField):
    """Any number of the choices, each converted by `coerce`."""

    def __init__(self, *, coerce: Callable[[Any], Any] = lambda value: value, **options: Any) -> None:
        self.coerce = coerce
        self.empty_value = options.pop("empty_value", [])
        super().__init__(**options)

    def _coerce(self, value: Any) -> Any:
        if value == self.empty_value or value in self.empty_values:
            return self.empty_value
        return [self._coerce_one(one) for one in value]

    def _coerce_one(self, value: Any) -> Any:
        try:
            return self.coerce(value)
        except (ValueError, TypeError, ValidationError) as error:
            raise self._not_offered(value) from error

    def clean(self, value: Any) -> Any:
        return self._coerce(super().clean(value))

    def validate(self, value: Any) -> None:
        if value == self.empty_value and not self.required:
            return
        super().validate(value)


class FilePathField(ChoiceField):
    """A file (or folder) below a directory; `set_choices()` looks there again."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        match: str | None = None,
        recursive: bool = False,
        allow_files: bool = True,
        allow_folders: bool = False,
        **options: Unpack[FieldOptions],
    ) -> None:
        self.path, self.match, self.recursive = path, match, recursive
        self.allow_files, self.allow_folders = allow_files, allow_folders
        self.match_re = None if match is None else re.compile(match)
        super().__init__(choices=(), **options)
        self.set_choices()

    def set_choices(self) -> None:
        """Offer what the directory holds now."""
        found = self._below() if self.recursive else self._directly_in()
        if not self.required:
            from nuages.db.models.utils import get_blank_choice_label

            found = [("", get_blank_choice_label()), *found]
        self.choices = found

    def _wanted(self, name: str) -> bool:
        return name != "__pycache__" and (self.match_re is None or bool(self.match_re.search(name)))

    def _directly_in(self) -> list[tuple[str, str]]:
        with os.scandir(self.path) as entries:
            found = [
                (entry.path, entry.name)
                for entry in entries
                if ((entry.is_file() and self.allow_files) or (entry.is_dir() and self.allow_folders))
                and self._wanted(entry.name)
            ]
        return sorted(found)

    def _below(self) -> list[tuple[str, str]]:
        top = os.fspath(self.path)
        found = []
        for folder, folders, files in sorted(os.walk(top)):
            names = sorted(files) if self.allow_files else []
            names += sorted(folders) if self.allow_folders else []
            for path in (os.path.join(folder, name) for name in names if self._wanted(name)):
                found.append((path, path.removeprefix(top)))
        return found
