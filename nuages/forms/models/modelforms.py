"""Model forms: forms whose fields come from a model, and whose clean data goes into an instance."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import chain
from typing import Any

from nuages.core.exceptions import (
    NON_FIELD_ERRORS,
    FieldError,
    ImproperlyConfigured,
    ValidationError,
)

from ..boundfield import BoundField
from ..forms import BaseForm, DeclarativeFieldsMetaclass
from ..utils import ErrorList
from .generated import ALL_FIELDS, apply_limit_choices_to_to_formfield, fields_for_model
from .instances import chosen, construct_instance, model_to_dict

# What an inner Meta class may say; names and defaults alike.
_OPTIONS = (
    "model",
    "fields",
    "exclude",
    "widgets",
    "localized_fields",
    "labels",
    "help_texts",
    "error_messages",
    "field_classes",
    "formfield_callback",
)


class ModelFormOptions:
    """What the inner `Meta` class of a model form says, as the form's `_meta`."""

    model: Any
    fields: Any
    exclude: Any
    widgets: Any
    localized_fields: Any
    labels: Any
    help_texts: Any
    error_messages: Any
    field_classes: Any
    formfield_callback: Any

    def __init__(self, options: Any = None) -> None:
        for name in _OPTIONS:
            setattr(self, name, getattr(options, name, None))


class ModelFormMetaclass(DeclarativeFieldsMetaclass):
    """Adds the fields that `Meta` asks for to the declared ones, which win."""

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> Any:
        cls = super().__new__(mcs, name, bases, attrs)
        if BaseModelForm in bases and len(bases) == 1:
            return cls
        options = cls._meta = ModelFormOptions(getattr(cls, "Meta", None))
        for option in ("fields", "exclude", "localized_fields"):
            value = getattr(options, option)
            if isinstance(value, str) and value != ALL_FIELDS:
                raise TypeError(
                    f"{cls.__name__}.Meta.{option} cannot be a string. Did you mean to type: ('{value}',)?"
                )
        if options.model is None:
            cls.base_fields = cls.declared_fields
            return cls
        if options.fields is None and options.exclude is None:
            raise ImproperlyConfigured(
                "Creating a ModelForm without either the 'fields' attribute or the 'exclude' attribute is "
                f"prohibited; form {name} needs updating."
            )
        if options.fields == ALL_FIELDS:
            options.fields = None  # as everywhere below: no restriction
        generated = fields_for_model(
            **{option: getattr(options, option) for option in _OPTIONS},
            # Asked for by each instance: it may query, or change.
            apply_limit_choices_to=False,
            form_declared_fields=cls.declared_fields,
        )
        unknown = {key for key, field in generated.items() if not field} - cls.declared_fields.keys()
        if unknown:
            names = ", ".join(sorted(unknown))
            raise FieldError(f"Unknown field(s) ({names}) specified for {options.model.__name__}")
        cls.base_fields = {**generated, **cls.declared_fields}
        return cls


class BaseModelForm(BaseForm):
    """All that model forms do. Use `ModelForm`, whose metaclass reads `Meta`."""

    _meta: ModelFormOptions

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        auto_id: bool | str = "id_%s",
        prefix: str | None = None,
        initial: Mapping[str, Any] | None = None,
        error_class: type[ErrorList] = ErrorList,
        label_suffix: Any = None,
        empty_permitted: bool = False,
        instance: Any = None,
        use_required_attribute: bool | None = None,
        renderer: Any = None,
        bound_field_class: type[BoundField] | None = None,
    ) -> None:
        options = self._meta
        if options.model is None:
            raise ValueError("ModelForm has no model class specified.")
        values: dict[str, Any] = {}
        if instance is None:
            self.instance = options.model()
        else:
            self.instance = instance
            values = model_to_dict(instance, options.fields, options.exclude)
        # clean() sets them, so that an override that leaves super() out also leaves these checks out.
        self._validate_unique = self._validate_constraints = False
        super().__init__(
            data,
            files,
            auto_id,
            prefix,
            {**values, **(initial or {})},
            error_class,
            label_suffix,
            empty_permitted,
            use_required_attribute=use_required_attribute,
            renderer=renderer,
            bound_field_class=bound_field_class,
        )
        for field in self.fields.values():
            apply_limit_choices_to_to_formfield(field)

    # -- validation

    def _get_validation_exclusions(self) -> set[str]:
        """The model fields that this form cannot answer for: not shown, already wrong, or left empty on purpose."""
        options = self._meta
        in_form = {
            field.name for field in chosen(self.instance._meta.fields, options.fields, options.exclude)
        }
        return {
            field.name
            for field in self.instance._meta.fields
            if field.name not in in_form or field.name not in self.fields or self._is_settled(field)
        }

    def _is_settled(self, model_field: Any) -> bool:
        if model_field.name in self.errors:
            return True
        # Empty, which this form allows and the model would not: somebody fills it in before saving.
        field = self.fields[model_field.name]
        value = self.cleaned_data.get(model_field.name)
        return not model_field.blank and not field.required and value in field.empty_values

    def clean(self) -> Any:
        self._validate_unique = self._validate_constraints = True
        return self.cleaned_data

    def _update_errors(self, errors: ValidationError) -> None:
        """Take over errors that the model found, in the words of the form where it has its own."""
        of_form = (self._meta.error_messages or {}).get(NON_FIELD_ERRORS, {})
        by_field = errors.error_dict if hasattr(errors, "error_dict") else {NON_FIELD_ERRORS: errors}
        for name, found in by_field.items():
            if name == NON_FIELD_ERRORS:
                messages = of_form
            else:
                messages = self.fields[name].error_messages if name in self.fields else {}
            for error in found.error_list if isinstance(found, ValidationError) else found:
                if isinstance(error, ValidationError) and error.code in messages:
                    error.message = messages[error.code]
        self.add_error(None, errors)

    def _reporting(self, check: Callable[[], Any]) -> None:
        try:
            check()
        except ValidationError as errors:
            self._update_errors(errors)

    def _post_clean(self) -> None:
        from .inlines import InlineForeignKeyField

        options = self._meta
        exclude = self._get_validation_exclusions()
        # The parent of an inline may not be saved yet; that it fits is the field's own check.
        exclude.update(
            name for name, field in self.fields.items() if isinstance(field, InlineForeignKeyField)
        )

        self._reporting(lambda: construct_instance(self, self.instance, options.fields, options.exclude))
        self._reporting(
            lambda: self.instance.full_clean(
                exclude=exclude, validate_unique=False, validate_constraints=False
            )
        )
        if self._validate_unique:
            self.validate_unique()
        if self._validate_constraints:
            self.validate_constraints()

    def validate_unique(self) -> None:
        """Have the instance check that it is unique where it must be."""
        exclude = self._get_validation_exclusions()
        self._reporting(lambda: self.instance.validate_unique(exclude=exclude))

    def validate_constraints(self) -> None:
        """Have the instance check the model's constraints."""
        exclude = self._get_validation_exclusions()
        self._reporting(lambda: self.instance.validate_constraints(exclude=exclude))

    # -- saving

    def _save_m2m(self) -> None:
        options = self._meta
        model_options = self.instance._meta
        everything = chain(model_options.many_to_many, model_options.private_fields)
        for field in chosen(everything, options.fields, options.exclude):
            if field.name in self.cleaned_data and hasattr(field, "save_form_data"):
                field.save_form_data(self.instance, self.cleaned_data[field.name])

    def save(self, commit: bool = True) -> Any:
        """Save the instance and its many-to-many data.

        With `commit=False` the instance is returned unsaved; call the form's `save_m2m()` when you have saved it.
        """
        if self.errors:
            done = "created" if self.instance._state.adding else "changed"
            raise ValueError(
                f"The {self.instance._meta.object_name} could not be {done} because the data didn't validate."
            )
        if not commit:
            self.save_m2m = self._save_m2m
            return self.instance
        self.instance.save()
        self._save_m2m()
        return self.instance

    save.alters_data = True  # type: ignore[attr-defined]


class ModelForm(BaseModelForm, metaclass=ModelFormMetaclass):
    """A form for the objects of a model: name it, and the fields to edit, in an inner `Meta` class."""


def modelform_factory(
    model: Any,
    form: type[BaseModelForm] = ModelForm,
    fields: Collection[str] | None = None,
    exclude: Collection[str] | None = None,
    formfield_callback: Callable[..., Any] | None = None,
    widgets: Mapping[str, Any] | None = None,
    localized_fields: Any = None,
    labels: Mapping[str, Any] | None = None,
    help_texts: Mapping[str, Any] | None = None,
    error_messages: Mapping[str, Any] | None = None,
    field_classes: Mapping[str, Any] | None = None,
) -> Any:
    """A model form class for a model, from another form's `Meta` where one is given."""
    given = {
        "fields": fields,
        "exclude": exclude,
        "widgets": widgets,
        "localized_fields": localized_fields,
        "labels": labels,
        "help_texts": help_texts,
        "error_messages": error_messages,
        "field_classes": field_classes,
        "formfield_callback": formfield_callback,
    }
    inherited = getattr(form, "Meta", None)
    body = {"model": model, **{name: value for name, value in given.items() if value is not None}}
    meta: Any = type("Meta", () if inherited is None else (inherited,), body)
    if getattr(meta, "fields", None) is None and getattr(meta, "exclude", None) is None:
        raise ImproperlyConfigured(
            "Calling modelform_factory without defining 'fields' or 'exclude' explicitly is prohibited."
        )
    return type(form)(f"{model.__name__}Form", (form,), {"Meta": meta})
