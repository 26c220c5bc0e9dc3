"""Forms made from models: model forms, form sets of objects, fields that choose objects."""

from __future__ import annotations

from ..formsets import BaseFormSet, formset_factory
from .choices import (
    ModelChoiceField,
    ModelChoiceIterator,
    ModelChoiceIteratorValue,
    ModelMultipleChoiceField,
)
from .generated import apply_limit_choices_to_to_formfield, fields_for_model
from .inlines import BaseInlineFormSet, InlineForeignKeyField, _get_foreign_key, inlineformset_factory
from .instances import construct_instance, model_to_dict
from .modelforms import (
    ALL_FIELDS,
    BaseModelForm,
    ModelForm,
    ModelFormMetaclass,
    ModelFormOptions,
    modelform_factory,
)
from .modelformsets import BaseModelFormSet, modelformset_factory

__all__ = [
    "ALL_FIELDS",
    "BaseFormSet",
    "BaseInlineFormSet",
    "BaseModelForm",
    "BaseModelFormSet",
    "InlineForeignKeyField",
    "ModelChoiceField",
    "ModelChoiceIterator",
    "ModelChoiceIteratorValue",
    "ModelForm",
    "ModelFormMetaclass",
    "ModelFormOptions",
    "ModelMultipleChoiceField",
    "_get_foreign_key",
    "apply_limit_choices_to_to_formfield",
    "construct_instance",
    "fields_for_model",
    "formset_factory",
    "inlineformset_factory",
    "model_to_dict",
    "modelform_factory",
    "modelformset_factory",
]
