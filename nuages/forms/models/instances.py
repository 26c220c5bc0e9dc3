"""Between an instance and a form: clean data into the instance, the instance into initial data."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..forms import BaseForm


def chosen(
    model_fields: Any, fields: Collection[str] | None, exclude: Collection[str] | None
) -> Iterator[Any]:
    """The model fields that `fields` (None: all) and `exclude` leave."""
    for field in model_fields:
        if (fields is None or field.name in fields) and not (exclude and field.name in exclude):
            yield field


def construct_instance(
    form: BaseForm,
    instance: Any,
    fields: Collection[str] | None = None,
    exclude: Collection[str] | None = None,
) -> Any:
    """Put the form's `cleaned_data` into the instance, which is returned and not saved."""
    from nuages.db.models import AutoField, FileField

    later = []
    for field in chosen(instance._meta.fields, fields, exclude):
        if not field.editable or isinstance(field, AutoField) or field.name not in form.cleaned_data:
            continue
        if field.has_default() and _was_left_out(form, field.name):
            continue
        # A file's place may depend on the other values (upload_to), so files come last.
        if isinstance(field, FileField):
            later.append(field)
        else:
            field.save_form_data(instance, form.cleaned_data[field.name])
    for field in later:
        field.save_form_data(instance, form.cleaned_data[field.name])
    return instance


def _was_left_out(form: BaseForm, name: str) -> bool:
    """Whether the submission does not mention a field, nor did cleaning give it a value: its default applies."""
    field = form[name].field
    return (
        field.widget.value_omitted_from_data(form.data, form.files, form.add_prefix(name))
        and form.cleaned_data.get(name) in field.empty_values
    )


def model_to_dict(
    instance: Any, fields: Collection[str] | None = None, exclude: Collection[str] | None = None
) -> dict[str, Any]:
    """The instance's editable values by field name, for the `initial` argument of a form."""
    options = instance._meta
    everything = chain(options.concrete_fields, options.private_fields, options.many_to_many)
    return {
        field.name: field.value_from_object(instance)
        for field in chosen(everything, fields, exclude)
        if getattr(field, "editable", False)
    }
