"""Inline form sets of generic relations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nuages.contrib.contenttypes.models import ContentType
from nuages.db import models
from nuages.forms import ModelForm, modelformset_factory
from nuages.forms.models import BaseModelFormSet

__all__ = ["BaseGenericInlineFormSet", "generic_inlineformset_factory"]


class BaseGenericInlineFormSet(BaseModelFormSet):
    """A form set of the rows whose GenericForeignKey points at `instance`."""

    ct_field: Any
    ct_fk_field: Any
    for_concrete_model: bool

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
        self.instance = instance
        self.save_as_new = save_as_new
        options = self.model._meta
        self.rel_name = "-".join(
            [options.app_label, options.model_name, self.ct_field.name, self.ct_fk_field.name]
        )
        rows = self.model._default_manager if queryset is None else queryset
        if instance is None or not instance._is_pk_set():
            rows = rows.none()
        else:
            rows = rows.filter(
                **{self.ct_field.name: self._content_type(), self.ct_fk_field.name: instance.pk}
            )
        super().__init__(data, files, prefix=prefix, queryset=rows, **kwargs)

    def _content_type(self) -> Any:
        return ContentType.objects.get_for_model(self.instance, for_concrete_model=self.for_concrete_model)

    def initial_form_count(self) -> int:
        return 0 if self.save_as_new else super().initial_form_count()

    @classmethod
    def get_default_prefix(cls) -> str:
        options = cls.model._meta
        return "-".join([options.app_label, options.model_name, cls.ct_field.name, cls.ct_fk_field.name])

    def save_new(self, form: Any, commit: bool = True) -> Any:
        setattr(form.instance, self.ct_field.attname, self._content_type().pk)
        setattr(form.instance, self.ct_fk_field.attname, self.instance.pk)
        return form.save(commit=commit)


def generic_inlineformset_factory(
    model: Any,
    form: Any = ModelForm,
    formset: Any = BaseGenericInlineFormSet,
    ct_field: str = "content_type",
    fk_field: str = "object_id",
    fields: Any = None,
    exclude: Any = None,
    extra: int = 3,
    can_order: bool = False,
    can_delete: bool = True,
    max_num: int | None = None,
    formfield_callback: Callable[..., Any] | None = None,
    validate_max: bool = False,
    for_concrete_model: bool = True,
    min_num: int | None = None,
    validate_min: bool = False,
    absolute_max: int | None = None,
    can_delete_extra: bool = True,
) -> Any:
    """Return a form set class for the rows of a generic relation."""
    options = model._meta
    kind = options.get_field(ct_field)
    if not isinstance(kind, models.ForeignKey) or kind.remote_field.model is not ContentType:
        raise Exception(f"fk_name '{kind}' is not a ForeignKey to ContentType")
    key = options.get_field(fk_field)
    made = modelformset_factory(
        model,
        form=form,
        formset=formset,
        fields=fields,
        # Both are the form set's own business.
        exclude=[*(exclude or ()), kind.name, key.name],
        formfield_callback=formfield_callback,
        extra=extra,
        min_num=min_num,
        max_num=max_num,
        absolute_max=absolute_max,
        validate_min=validate_min,
        validate_max=validate_max,
        can_order=can_order,
        can_delete=can_delete,
        can_delete_extra=can_delete_extra,
    )
    made.ct_field, made.ct_fk_field = kind, key
    made.for_concrete_model = for_concrete_model
    return made
