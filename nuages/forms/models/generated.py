"""Form fields made from model fields."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import chain
from typing import Any

from nuages.core.exceptions import FieldError

from ..fields import Field

ALL_FIELDS = "__all__"


def apply_limit_choices_to_to_formfield(formfield: Any) -> None:
    """Narrow the choices of a field that chooses objects to what the relation's `limit_choices_to` allows."""
    from nuages.db.models import Exists, OuterRef, Q

    if getattr(formfield, "queryset", None) is None or not hasattr(formfield, "get_limit_choices_to"):
        return
    limit = formfield.get_limit_choices_to()
    if not limit:
        return
    condition = limit if isinstance(limit, Q) else Q(**limit)
    # A subquery: a condition across a many-valued relation would otherwise offer an object more than once.
    allowed = formfield.queryset.model._base_manager.filter(condition & Q(pk=OuterRef("pk")))
    formfield.queryset = formfield.queryset.filter(Exists(allowed))


def fields_for_model(
    model: Any,
    fields: Collection[str] | None = None,
    exclude: Collection[str] | None = None,
    widgets: Mapping[str, Any] | None = None,
    formfield_callback: Callable[..., Any] | None = None,
    localized_fields: Any = None,
    labels: Mapping[str, Any] | None = None,
    help_texts: Mapping[str, Any] | None = None,
    error_messages: Mapping[str, Any] | None = None,
    field_classes: Mapping[str, Any] | None = None,
    *,
    apply_limit_choices_to: bool = True,
    form_declared_fields: Mapping[str, Field] | None = None,
) -> dict[str, Field | None]:
    """The form fields for a model, by name.

    They come in the order of `fields` if that is given; a name there that is no field of the model gets None.
    What a form declares itself (`form_declared_fields`) is taken as it is.
    """
    from nuages.db.models import Field as ModelField

    if formfield_callback is not None and not callable(formfield_callback):
        raise TypeError("formfield_callback must be a function or callable")
    excluded = frozenset(exclude or ())
    # What Meta may say about each field, and the argument of formfield() it becomes.
    by_name = {
        "widget": widgets,
        "label": labels,
        "help_text": help_texts,
        "error_messages": error_messages,
        "form_class": field_classes,
    }
    options = model._meta
    private = [field for field in options.private_fields if isinstance(field, ModelField)]
    found: dict[str, Field | None] = {}
    without_form: set[str] = set()
    for field in sorted(chain(options.concrete_fields, private, options.many_to_many)):
        name = field.name
        wanted = (fields is None or name in fields) and name not in excluded
        if not getattr(field, "editable", False):
            if fields is not None and wanted:
                raise FieldError(
                    f"'{name}' cannot be specified for {model.__name__} model form as it is a non-editable field"
                )
            continue
        if not wanted:
            continue
        if form_declared_fields and name in form_declared_fields:
            found[name] = form_declared_fields[name]
            continue
        arguments = {argument: given[name] for argument, given in by_name.items() if given and name in given}
        if localized_fields == ALL_FIELDS or (localized_fields and name in localized_fields):
            arguments["localize"] = True
        formfield = (
            formfield_callback(field, **arguments) if formfield_callback else field.formfield(**arguments)
        )
        if not formfield:
            without_form.add(name)
            continue
        if apply_limit_choices_to:
            apply_limit_choices_to_to_formfield(formfield)
        found[name] = formfield
    if not fields:
        return found
    return {name: found.get(name) for name in fields if name not in excluded and name not in without_form}
