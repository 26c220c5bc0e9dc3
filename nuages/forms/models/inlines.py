"""Inline form sets: the objects that point to one object, on its page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from nuages.core.exceptions import ValidationError
from nuages.utils.text import capfirst
from nuages.utils.translation import gettext_lazy as _

from ..fields import Field
from ..widgets import HiddenInput
from .modelforms import BaseModelForm, ModelForm
from .modelformsets import BaseModelFormSet, modelformset_factory


class InlineForeignKeyField(Field):
    """The hidden key of the parent in each form: it can be nothing else than the parent's."""

    widget: Any = HiddenInput
    default_error_messages = {
        "invalid_choice": _("The inline value did not match the parent instance."),
    }

    def __init__(
        self, parent_instance: Any, *, pk_field: bool = False, to_field: str | None = None, **options: Any
    ) -> None:
        self.parent_instance, self.pk_field, self.to_field = parent_instance, pk_field, to_field
        if parent_instance is not None:
            options["initial"] = self._key()
        super().__init__(**{**options, "required": False})

    def _key(self) -> Any:
        return getattr(self.parent_instance, self.to_field) if self.to_field else self.parent_instance.pk

    def clean(self, value: Any) -> Any:
        if value in self.empty_values:
            return None if self.pk_field else self.parent_instance
        if str(value) != str(self._key()):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return self.parent_instance

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class BaseInlineFormSet(BaseModelFormSet):
    """A form set of the objects whose foreign key points to `instance`."""

    fk: Any

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        instance: Any = None,
        save_as_new: bool = False,
        prefix: str | None = None,
        queryset: Any = None,
        **kwargs: Any,
    ) -> None:
        self.instance = self.fk.remote_field.model() if instance is None else instance
        self.save_as_new = save_as_new
        if queryset is None:
            queryset = self.model._default_manager
        if self.instance._is_pk_set():
            queryset = queryset.filter(**{self.fk.name: self.instance})
        else:
            queryset = queryset.none()
        self.unique_fields = {self.fk.name}
        super().__init__(data, files, prefix=prefix, queryset=queryset, **kwargs)
        # Otherwise unique checks that the key takes part in would be left out.
        names = self.form._meta.fields
        if names and self.fk.name not in names:
            self.form._meta.fields = [*names, self.fk.name]

    @classmethod
    def get_default_prefix(cls) -> str:
        return cls.fk.remote_field.get_accessor_name(model=cls.model).replace("+", "")

    def initial_form_count(self) -> int:
        return 0 if self.save_as_new else super().initial_form_count()

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)
        if self.save_as_new:
            # New objects for a new parent: forget which they are copies of.
            form.data = form.data.copy()
            for name in (self._pk_field.name, self.fk.name):
                form.data[form.add_prefix(name)] = None
        # The instance points to its parent from the start, for those who look in clean().
        value = self.instance.pk
        if self.fk.remote_field.field_name != self.fk.remote_field.model._meta.pk.name:
            value = getattr(self.instance, self.fk.remote_field.field_name)
            value = getattr(value, "pk", value)
        setattr(form.instance, self.fk.attname, value)
        return form

    def save_new(self, form: Any, commit: bool = True) -> Any:
        # The parent may have been saved since the form was made, and only now have a key.
        setattr(form.instance, self.fk.name, self.instance)
        return super().save_new(form, commit=commit)

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        options: dict[str, Any] = {}
        if self._pk_field == self.fk:
            name = self._pk_field.name
            options["pk_field"] = True
        else:
            # The label is for error messages only.
            name = self.fk.name
            declared = form.fields.get(name)
            options["label"] = capfirst(self.fk.verbose_name) if declared is None else declared.label
        target = self.fk.remote_field.field_name
        if target != self.fk.remote_field.model._meta.pk.name:
            options["to_field"] = target
        if self.instance._state.adding:
            self._forget_made_up_key(form, options.get("to_field"))
        form.fields[name] = InlineForeignKeyField(self.instance, **options)

    def _forget_made_up_key(self, form: Any, to_field: str | None) -> None:
        """A new parent's key from a default is another one on each request; it must not be compared."""
        field = self.instance._meta.get_field(to_field) if to_field else self.instance._meta.pk
        # One that is not the primary key is needed when data arrives: nothing makes it again on saving.
        if to_field and form.is_bound:
            return
        if field.has_default() or field.has_db_default():
            setattr(self.instance, field.attname, None)

    def get_unique_error_message(self, unique_check: Collection[str]) -> str:
        return super().get_unique_error_message([name for name in unique_check if name != self.fk.name])


def _get_foreign_key(
    parent_model: Any, model: Any, fk_name: str | None = None, can_fail: bool = False
) -> Any:
    """The foreign key from one model to another (or a parent of it); None for none, where that may be."""
    from nuages.db.models import ForeignKey

    def points_to_parent(field: Any) -> bool:
        target = field.remote_field.model
        if parent_model._meta.proxy:
            return target in (parent_model, parent_model._meta.concrete_model)
        return (
            target == parent_model
            or target in parent_model._meta.all_parents
            or _is_proxy_of(target, parent_model)
        )

    if fk_name:
        named = [field for field in model._meta.fields if field.name == fk_name]
        if not named:
            raise ValueError(f"'{model._meta.label}' has no field named '{fk_name}'.")
        if not isinstance(named[0], ForeignKey) or not points_to_parent(named[0]):
            raise ValueError(f"fk_name '{fk_name}' is not a ForeignKey to '{parent_model._meta.label}'.")
        return named[0]
    found = [
        field for field in model._meta.fields if isinstance(field, ForeignKey) and points_to_parent(field)
    ]
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        raise ValueError(
            f"'{model._meta.label}' has more than one ForeignKey to '{parent_model._meta.label}'. "
            "You must specify a 'fk_name' attribute."
        )
    if can_fail:
        return None
    raise ValueError(f"'{model._meta.label}' has no ForeignKey to '{parent_model._meta.label}'.")


def _is_proxy_of(target: Any, model: Any) -> bool:
    return target._meta.proxy and target._meta.concrete_model == model


def inlineformset_factory(
    parent_model: Any,
    model: Any,
    form: type[BaseModelForm] = ModelForm,
    formset: type[BaseInlineFormSet] = BaseInlineFormSet,
    fk_name: str | None = None,
    fields: Collection[str] | None = None,
    exclude: Collection[str] | None = None,
    extra: int = 3,
    can_order: bool = False,
    can_delete: bool = True,
    max_num: int | None = None,
    formfield_callback: Callable[..., Any] | None = None,
    widgets: Mapping[str, Any] | None = None,
    validate_max: bool = False,
    localized_fields: Any = None,
    labels: Mapping[str, Any] | None = None,
    help_texts: Mapping[str, Any] | None = None,
    error_messages: Mapping[str, Any] | None = None,
    min_num: int | None = None,
    validate_min: bool = False,
    field_classes: Mapping[str, Any] | None = None,
    absolute_max: int | None = None,
    can_delete_extra: bool = True,
    renderer: Any = None,
    edit_only: bool = False,
) -> Any:
    """A form set class for the objects that point to one of `parent_model`."""
    fk = _get_foreign_key(parent_model, model, fk_name=fk_name)
    made = modelformset_factory(
        model,
        form,
        formfield_callback,
        formset,
        extra,
        can_delete,
        can_order,
        1 if fk.unique else max_num,
        fields,
        exclude,
        widgets,
        validate_max,
        localized_fields,
        labels,
        help_texts,
        error_messages,
        min_num,
        validate_min,
        field_classes,
        absolute_max,
        can_delete_extra,
        renderer,
        edit_only,
    )
    made.fk = fk
    return made
