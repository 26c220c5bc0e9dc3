"""Form sets of objects: a form for each object of a queryset, and some for new ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from nuages.core.exceptions import NON_FIELD_ERRORS, ImproperlyConfigured, ValidationError
from nuages.utils.functional import cached_property
from nuages.utils.hashable import make_hashable
from nuages.utils.text import get_text_list
from nuages.utils.translation import gettext as _

from ..formsets import BaseFormSet, formset_factory
from ..widgets import HiddenInput
from .choices import ModelChoiceField
from .modelforms import BaseModelForm, ModelForm, modelform_factory


class BaseModelFormSet(BaseFormSet):
    """A form set whose forms edit the objects of a queryset."""

    model: Any = None
    edit_only = False
    #: Fields whose value is the same in all forms, and so cannot tell them apart.
    unique_fields: Collection[str] = set()

    changed_objects: list[Any]
    deleted_objects: list[Any]
    new_objects: list[Any]
    save_m2m: Callable[[], None]

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        auto_id: bool | str = "id_%s",
        prefix: str | None = None,
        queryset: Any = None,
        *,
        initial: Sequence[Mapping[str, Any]] | None = None,
        **kwargs: Any,
    ) -> None:
        self.queryset = queryset
        # Objects bring their own values; what is given is for the extra forms.
        self.initial_extra = initial
        super().__init__(data=data, files=files, auto_id=auto_id, prefix=prefix, **kwargs)

    # -- the objects

    def get_queryset(self) -> Any:
        """The objects to edit, in an order that is the same when the data comes back."""
        return self._ordered_queryset

    @cached_property
    def _ordered_queryset(self) -> Any:
        queryset = self.model._default_manager.get_queryset() if self.queryset is None else self.queryset
        if queryset.totally_ordered:
            return queryset
        # Objects with equal names, say, could otherwise change places between showing and submitting.
        ordering = queryset.query.order_by or self.model._meta.ordering
        return queryset.order_by(*ordering, "pk")

    def initial_form_count(self) -> int:
        """The number of forms that edit an object."""
        return super().initial_form_count() if self.is_bound else len(self.get_queryset())

    @cached_property
    def _objects_by_key(self) -> dict[Any, Any]:
        return {one.pk: one for one in self.get_queryset()}

    def _existing_object(self, pk: Any) -> Any:
        return self._objects_by_key.get(pk)

    def _submitted_object(self, index: int) -> Any:
        """The object that the submitted form names, None where it names none of the queryset."""
        name = f"{self.add_prefix(index)}-{self.model._meta.pk.name}"
        if name not in self.data:
            return None
        field = self.model._meta.pk
        while field.remote_field:  # a key that is another model's key
            field = field.remote_field.get_related_field()
        try:
            return self._existing_object(field.to_python(self.data[name]))
        except ValidationError:
            return None

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        existing = i < self.initial_form_count()
        if existing:
            instance = self._submitted_object(i) if self.is_bound else self.get_queryset()[i]
            if instance is not None or not self.is_bound:
                kwargs["instance"] = instance
        elif self.initial_extra:
            place = i - self.initial_form_count()
            if place < len(self.initial_extra):
                kwargs["initial"] = self.initial_extra[place]
        form = super()._construct_form(i, **kwargs)
        if existing:
            form.fields[self.model._meta.pk.name].required = True
        return form

    def add_fields(self, form: Any, index: int | None) -> None:
        """Add the hidden key by which an object is found again, where the form does not show it."""
        pk = self._pk_field = self.model._meta.pk
        if _is_not_editable(pk) or pk.name not in form.fields:
            widget = (form._meta.widgets or {}).get(pk.name, HiddenInput)
            owner = pk.remote_field.model if pk.remote_field else self.model
            objects = owner._default_manager.get_queryset()
            form.fields[pk.name] = ModelChoiceField(
                objects.using(form.instance._state.db),
                initial=self._key_at(form, index),
                required=False,
                widget=widget,
            )
        super().add_fields(form, index)

    def _key_at(self, form: Any, index: int | None) -> Any:
        if form.is_bound:
            # A key with a default is there before the object is.
            return None if form.instance._state.adding else form.instance.pk
        if index is None or index >= self.initial_form_count():
            return None
        return self.get_queryset()[index].pk

    # -- validation

    def clean(self) -> None:
        self.validate_unique()

    def validate_unique(self) -> None:
        """Check that no two forms have the same value where the model wants them unique."""
        leaving = self.deleted_forms
        forms = [form for form in self.forms if form.is_valid() and form not in leaving]
        # Dictionaries, since what is said first should not depend on hashes.
        checks: dict[tuple[Any, ...], None] = {}
        date_checks: dict[tuple[Any, ...], None] = {}
        for form in forms:
            found = form.instance._get_unique_checks(
                exclude=form._get_validation_exclusions(), include_meta_constraints=True
            )
            checks.update(dict.fromkeys(found[0]))
            date_checks.update(dict.fromkeys(found[1]))
        errors = []
        for check in checks:
            _model, names = check
            for form in self._repeating(forms, lambda form, names=names: self._row(form, names)):
                errors.append(self.get_unique_error_message(names))
                self._blame(form, names)
        for check in date_checks:
            for form in self._repeating(forms, lambda form, check=check: self._dated_row(form, check)):
                errors.append(self.get_date_error_message(check))
                self._blame(form, [check[2]])
        if errors:
            raise ValidationError(errors)

    def _row(self, form: Any, names: Collection[str]) -> tuple[Any, ...]:
        """The values of some fields of a form, as something to compare; empty where that cannot be done."""
        cleaned = form.cleaned_data
        row = [
            name if name in self.unique_fields else _comparable(cleaned[name])
            for name in names
            if name in cleaned
        ]
        return () if None in row else tuple(row)

    def _dated_row(self, form: Any, check: tuple[Any, ...]) -> tuple[Any, ...]:
        _model, lookup, name, date_name = check
        value, date = form.cleaned_data.get(name), form.cleaned_data.get(date_name)
        if value is None or date is None:
            return ()
        if lookup == "date":
            return (value, date.date() if hasattr(date, "date") else date)
        return (value, getattr(date, lookup))

    @staticmethod
    def _repeating(forms: list[Any], row_of: Callable[[Any], tuple[Any, ...]]) -> Iterator[Any]:
        """The forms whose row another form had before."""
        seen = set()
        for form in forms:
            row = row_of(form)
            if row and row in seen:
                yield form
            seen.add(row)

    def _blame(self, form: Any, names: Collection[str]) -> None:
        form._errors[NON_FIELD_ERRORS] = self.error_class([self.get_form_error()], renderer=self.renderer)
        for name in names:
            form.cleaned_data.pop(name, None)

    def get_unique_error_message(self, unique_check: Collection[str]) -> str:
        """What to say when two forms share the values of some fields."""
        names = list(unique_check)
        if len(names) == 1:
            return _("Please correct the duplicate data for %(field)s.") % {"field": names[0]}
        together = get_text_list(names, _("and"))
        return _("Please correct the duplicate data for %(field)s, which must be unique.") % {
            "field": together
        }

    def get_date_error_message(self, date_check: Sequence[Any]) -> str:
        """What to say when two forms share a value that must be unique in a day, month or year."""
        _model, lookup, name, date_name = date_check
        return _(
            "Please correct the duplicate data for %(field_name)s which must be unique for the %(lookup)s "
            "in %(date_field)s."
        ) % {"field_name": name, "date_field": date_name, "lookup": str(lookup)}

    def get_form_error(self) -> str:
        """What a form says that repeats another."""
        return _("Please correct the duplicate values below.")

    # -- saving

    def save_new(self, form: Any, commit: bool = True) -> Any:
        """Save what a form makes anew."""
        return form.save(commit=commit)

    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> Any:
        """Save what a form changed."""
        return form.save(commit=commit)

    def delete_existing(self, obj: Any, commit: bool = True) -> None:
        """Delete an object whose form is marked."""
        if commit:
            obj.delete()

    def save(self, commit: bool = True) -> list[Any]:
        """Save what was changed or made, delete what is marked; returns what was saved.

        With `commit=False` nothing is written: save and delete yourself, then call `save_m2m()`.
        """
        if not commit:
            self.saved_forms: list[Any] = []

            def save_m2m() -> None:
                for form in self.saved_forms:
                    form.save_m2m()

            self.save_m2m = save_m2m
        saved = self.save_existing_objects(commit)
        return saved if self.edit_only else saved + self.save_new_objects(commit)

    save.alters_data = True  # type: ignore[attr-defined]

    def save_existing_objects(self, commit: bool = True) -> list[Any]:
        """Save the objects that were changed, delete those that are marked."""
        self.changed_objects, self.deleted_objects = [], []
        if not self.initial_forms:
            return []
        saved = []
        leaving = self.deleted_forms
        for form in self.initial_forms:
            obj = form.instance
            if obj._state.adding:
                continue  # the key in the data was tampered with: it names none of the objects shown
            if form in leaving:
                self.deleted_objects.append(obj)
                self.delete_existing(obj, commit=commit)
            elif form.has_changed():
                self.changed_objects.append((obj, form.changed_data))
                saved.append(self.save_existing(form, obj, commit=commit))
                if not commit:
                    self.saved_forms.append(form)
        return saved

    def save_new_objects(self, commit: bool = True) -> list[Any]:
        """Save the objects that the extra forms make."""
        self.new_objects = []
        for form in self.extra_forms:
            if form.has_changed() and not self._is_leaving(form):
                self.new_objects.append(self.save_new(form, commit=commit))
                if not commit:
                    self.saved_forms.append(form)
        return self.new_objects


def _comparable(value: Any) -> Any:
    """A clean value as something that two forms can have in common: of objects the key, of lists a tuple."""
    return make_hashable(value.pk if hasattr(value, "_meta") else value)


def _is_not_editable(pk: Any) -> bool:
    """Whether people do not type a key: it is automatic, or the link to a parent whose key is."""
    from nuages.db.models import AutoField

    if not pk.editable or pk.auto_created or isinstance(pk, AutoField):
        return True
    link = pk.remote_field
    return bool(link and link.parent_link and _is_not_editable(link.model._meta.pk))


def modelformset_factory(
    model: Any,
    form: type[BaseModelForm] = ModelForm,
    formfield_callback: Callable[..., Any] | None = None,
    formset: type[BaseModelFormSet] = BaseModelFormSet,
    extra: int = 1,
    can_delete: bool = False,
    can_order: bool = False,
    max_num: int | None = None,
    fields: Collection[str] | None = None,
    exclude: Collection[str] | None = None,
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
    """A form set class for the objects of a model."""
    meta = getattr(form, "Meta", None)
    if all(getattr(meta, name, given) is None for name, given in (("fields", fields), ("exclude", exclude))):
        raise ImproperlyConfigured(
            "Calling modelformset_factory without defining 'fields' or 'exclude' explicitly is prohibited."
        )
    made_form = modelform_factory(
        model,
        form,
        fields,
        exclude,
        formfield_callback,
        widgets,
        localized_fields,
        labels,
        help_texts,
        error_messages,
        field_classes,
    )
    made = formset_factory(
        made_form,
        formset,
        extra,
        can_order,
        can_delete,
        max_num,
        validate_max,
        min_num,
        validate_min,
        absolute_max,
        can_delete_extra,
        renderer,
    )
    made.model, made.edit_only = model, edit_only
    return made
