"""Fields that choose objects: one of a queryset, or several."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nuages.core.exceptions import ValidationError
from nuages.core.validators import ProhibitNullCharactersValidator
from nuages.utils.choices import BaseChoiceIterator
from nuages.utils.translation import gettext_lazy as _

from ..fields import ChoiceField, Field
from ..widgets import MultipleHiddenInput, RadioSelect, SelectMultiple

_UNSET: Any = object()
_refuse_null_characters = ProhibitNullCharactersValidator()


class ModelChoiceIteratorValue:
    """The value of a choice, with the object it stands for."""

    def __init__(self, value: Any, instance: Any) -> None:
        self.value, self.instance = value, instance

    def __str__(self) -> str:
        return str(self.value)

    def __hash__(self) -> int:
        return hash(self.value)

    def __eq__(self, other: object) -> bool:
        return self.value == (other.value if isinstance(other, ModelChoiceIteratorValue) else other)


class ModelChoiceIterator(BaseChoiceIterator):
    """The choices of a field: the empty one, then an object each, asked for anew each time."""

    def __init__(self, field: Any) -> None:
        self.field, self.queryset = field, field.queryset

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        if self.queryset is not None:
            # Not kept: the options are made once, and a queryset full of objects would outlive them.
            yield from map(self.choice, self.queryset.iterator(chunk_size=2000))

    def __len__(self) -> int:
        return self.queryset.count() + (self.field.empty_label is not None)

    def __bool__(self) -> bool:
        return self.field.empty_label is not None or self.queryset.exists()

    def choice(self, obj: Any) -> tuple[Any, Any]:
        """The value and the label of one object."""
        return ModelChoiceIteratorValue(self.field.prepare_value(obj), obj), self.field.label_from_instance(
            obj
        )


class ModelChoiceField(ChoiceField):
    """One of the objects of a queryset."""

    default_error_messages = {
        "invalid_choice": _("Select a valid choice. That choice is not one of the available choices.")
    }
    iterator = ModelChoiceIterator

    def __init__(
        self,
        queryset: Any,
        *,
        empty_label: Any = _UNSET,
        to_field_name: str | None = None,
        limit_choices_to: Any = None,
        blank: bool = False,
        **options: Any,
    ) -> None:
        # Not ChoiceField's: there are no choices to set, they follow the queryset.
        Field.__init__(self, **options)
        if empty_label is _UNSET:
            from nuages.db.models.utils import get_blank_choice_label

            empty_label = get_blank_choice_label()
        has_choice = self.required and self.initial is not None
        if has_choice or (isinstance(self.widget, RadioSelect) and not blank):
            empty_label = None
        self.empty_label = empty_label
        self.to_field_name, self.limit_choices_to, self.blank = to_field_name, limit_choices_to, blank
        self.queryset = queryset

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = Field.__deepcopy__(self, memo)
        # Its own queryset: what one form has fetched is not what the next should show.
        twin.queryset = self._queryset
        return twin

    def get_limit_choices_to(self) -> Any:
        """The condition that the choices must meet, asked for anew where it is a callable."""
        return self.limit_choices_to() if callable(self.limit_choices_to) else self.limit_choices_to

    @property
    def queryset(self) -> Any:
        return self._queryset

    @queryset.setter
    def queryset(self, queryset: Any) -> None:
        self._queryset = None if queryset is None else queryset.all()
        self.widget.choices = self.choices

    @property
    def choices(self) -> Any:
        # Somebody may have set choices of their own.
        return self.__dict__["_choices"] if "_choices" in self.__dict__ else self.iterator(self)

    @choices.setter
    def choices(self, value: Any) -> None:
        ChoiceField.choices.fset(self, value)  # type: ignore[attr-defined]

    def label_from_instance(self, obj: Any) -> Any:
        """What is shown for an object; override for something else than its `str()`."""
        return str(obj)

    @property
    def _key(self) -> str:
        return self.to_field_name or "pk"

    def prepare_value(self, value: Any) -> Any:
        if hasattr(value, "_meta"):
            return value.serializable_value(self.to_field_name) if self.to_field_name else value.pk
        return super().prepare_value(value)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        _refuse_null_characters(value)
        if isinstance(value, self.queryset.model):
            value = getattr(value, self._key)
        try:
            return self.queryset.get(**{self._key: value})
        except (ValueError, TypeError, ValidationError, self.queryset.model.DoesNotExist) as error:
            raise self._not_offered(value) from error

    def validate(self, value: Any) -> None:
        Field.validate(self, value)  # to_python() has already found the object

    def has_changed(self, initial: Any, data: Any) -> bool:
        if self.disabled:
            return False
        before, after = ("" if one is None else str(self.prepare_value(one)) for one in (initial, data))
        return before != after


class ModelMultipleChoiceField(ModelChoiceField):
    """Any number of the objects of a queryset, as a queryset."""

    widget: Any = SelectMultiple
    hidden_widget: Any = MultipleHiddenInput
    default_error_messages = {
        "invalid_list": _("Enter a list of values."),
        "invalid_choice": _("Select a valid choice. %(value)s is not one of the available choices."),
        "invalid_pk_value": _("“%(pk)s” is not a valid value."),
    }

    def __init__(self, queryset: Any, **options: Any) -> None:
        super().__init__(queryset, empty_label=None, **options)

    def to_python(self, value: Any) -> Any:
        return list(self._check_values(value)) if value else []

    def prepare_value(self, value: Any) -> Any:
        if hasattr(value, "__iter__") and not isinstance(value, str) and not hasattr(value, "_meta"):
            return [super(ModelMultipleChoiceField, self).prepare_value(one) for one in value]
        return super().prepare_value(value)

    def clean(self, value: Any) -> Any:
        value = self.prepare_value(value)
        if not value:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return self.queryset.none()
        if not isinstance(value, (list, tuple)):
            raise ValidationError(self.error_messages["invalid_list"], code="invalid_list")
        objects = self._check_values(value)
        # Not Field.clean(): there is nothing more to convert, and validators run on the values.
        self.run_validators(value)
        return objects

    def _check_values(self, value: Any) -> Any:
        """The queryset of the chosen objects, each of which must be there."""
        try:
            wanted = frozenset(value)
        except TypeError as error:  # a list in the list
            raise ValidationError(self.error_messages["invalid_list"], code="invalid_list") from error
        for pk in wanted:
            _refuse_null_characters(pk)
            try:
                self.queryset.filter(**{self._key: pk})
            except (ValueError, TypeError, ValidationError) as error:
                params = {"pk": pk}
                raise ValidationError(
                    self.error_messages["invalid_pk_value"], code="invalid_pk_value", params=params
                ) from error
        objects = self.queryset.filter(**{f"{self._key}__in": wanted})
        there = {str(getattr(one, self._key)) for one in objects}
        for pk in value:
            if str(pk) not in there:
                raise self._not_offered(pk)
        return objects

    def has_changed(self, initial: Any, data: Any) -> bool:
        if self.disabled:
            return False
        before, after = (list(self.prepare_value(one or [])) for one in (initial, data))
        return len(before) != len(after) or set(map(str, before)) != set(map(str, after))
