"""Forms: fields together, their data, their errors and their HTML."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nuages.core.exceptions import NON_FIELD_ERRORS, ValidationError
from nuages.spine import call
from nuages.utils.datastructures import MultiValueDict
from nuages.utils.functional import cached_property
from nuages.utils.translation import gettext as _

from . import renderers
from .boundfield import BoundField
from .fields import Field
from .utils import ErrorDict, ErrorList, RenderableFormMixin
from .widgets import Media, MediaDefiningClass

__all__ = ["BaseForm", "Form"]


class DeclarativeFieldsMetaclass(MediaDefiningClass):
    """Collects the fields declared in the class body, after those of the base classes."""

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> Any:
        declared = {key: value for key, value in attrs.items() if isinstance(value, Field)}
        body = {key: value for key, value in attrs.items() if key not in declared}
        cls = super().__new__(mcs, name, bases, {**body, "declared_fields": declared})

        fields: dict[str, Field] = {}
        for base in reversed(cls.__mro__):
            fields.update(vars(base).get("declared_fields", {}))
            # `name = None` in a subclass takes an inherited field out.
            for key in [key for key in fields if key in vars(base) and vars(base)[key] is None]:
                del fields[key]
        cls.base_fields = cls.declared_fields = fields
        return cls


class BaseForm(RenderableFormMixin):
    """All that forms do. Use `Form`, whose metaclass finds the declared fields."""

    base_fields: dict[str, Field]
    declared_fields: dict[str, Field]
    default_renderer: Any = None
    field_order: Iterable[str] | None = None
    prefix: str | None = None
    use_required_attribute = True
    bound_field_class: type[BoundField] | None = None
    error_css_class: str | None = None
    required_css_class: str | None = None
    cleaned_data: dict[str, Any]

    template_name_div = "django/forms/div.html"
    template_name_p = "django/forms/p.html"
    template_name_table = "django/forms/table.html"
    template_name_ul = "django/forms/ul.html"
    template_name_label = "django/forms/label.html"

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
        field_order: Iterable[str] | None = None,
        use_required_attribute: bool | None = None,
        renderer: Any = None,
        bound_field_class: type[BoundField] | None = None,
    ) -> None:
        self.is_bound = not (data is None and files is None)
        self.data, self.files = (MultiValueDict() if given is None else given for given in (data, files))
        self.initial: Any = initial or {}
        self.auto_id = auto_id
        if prefix is not None:
            self.prefix = prefix
        self.error_class = error_class
        # Translators: This is the default suffix added to form field labels
        self.label_suffix = _(":") if label_suffix is None else label_suffix
        self.empty_permitted = empty_permitted
        self._errors: Any = None

        # Fields belong to the instance: what it does to them must not show in the class.
        memo: dict[int, Any] = {}
        self.fields: dict[str, Field] = {
            name: copy.deepcopy(field, memo) for name, field in self.base_fields.items()
        }
        self._bound_fields: dict[str, BoundField] = {}
        self.order_fields(self.field_order if field_order is None else field_order)

        if use_required_attribute is not None:
            self.use_required_attribute = use_required_attribute
        if self.empty_permitted and self.use_required_attribute:
            raise ValueError("The empty_permitted and use_required_attribute arguments may not both be True.")
        self.renderer = chosen_renderer(renderer, self.default_renderer)
        self.bound_field_class = (
            bound_field_class or self.bound_field_class or getattr(self.renderer, "bound_field_class", None)
        )

    def order_fields(self, field_order: Iterable[str] | None) -> None:
        """Put the named fields first, in that order; unknown names are ignored."""
        if field_order is None:
            return
        first = {name: self.fields[name] for name in field_order if name in self.fields}
        self.fields = first | {name: field for name, field in self.fields.items() if name not in first}

    def __repr__(self) -> str:
        valid = "Unknown" if self._errors is None else self.is_bound and not self._errors
        fields = ";".join(self.fields)
        return f"<{type(self).__name__} bound={self.is_bound}, valid={valid}, fields=({fields})>"

    # -- fields in this form

    def __iter__(self) -> Iterator[BoundField]:
        for name in self.fields:
            yield self[name]

    def __getitem__(self, name: str) -> BoundField:
        if name not in self.fields:
            choices = ", ".join(sorted(self.fields))
            raise KeyError(f"Key '{name}' not found in '{type(self).__name__}'. Choices are: {choices}.")
        if name not in self._bound_fields:
            self._bound_fields[name] = self.fields[name].get_bound_field(self, name)
        return self._bound_fields[name]

    def add_prefix(self, field_name: str) -> str:
        """A field's name in HTML."""
        return f"{self.prefix}-{field_name}" if self.prefix else field_name

    def add_initial_prefix(self, field_name: str) -> str:
        """The name in HTML of a field's hidden initial value."""
        return f"initial-{self.add_prefix(field_name)}"

    def get_initial_for_field(self, field: Field, field_name: str) -> Any:
        """The initial value of a field: the form's, else the field's own; callables are called."""
        value = self.initial.get(field_name, field.initial)
        if callable(value):
            value = value()
        # What the widget cannot show would otherwise look changed when it comes back.
        if isinstance(value, (datetime.datetime, datetime.time)) and not field.widget.supports_microseconds:
            value = value.replace(microsecond=0)
        return value

    def hidden_fields(self) -> list[BoundField]:
        """The fields that show nothing."""
        return [bound for bound in self if bound.is_hidden]

    def visible_fields(self) -> list[BoundField]:
        """The fields that show something."""
        return [bound for bound in self if not bound.is_hidden]

    # -- validation

    @property
    def errors(self) -> ErrorDict:
        """The errors by field; the first look validates."""
        if self._errors is None:
            self.full_clean()
        return self._errors

    def is_valid(self) -> bool:
        """Whether data was given and all of it is valid."""
        return self.is_bound and not self.errors

    def full_clean(self) -> None:
        """Validate now: each field, then the form as a whole."""
        self._errors = ErrorDict(renderer=self.renderer)
        if not self.is_bound:
            return
        self.cleaned_data = {}
        # An untouched extra form of a form set says nothing, and so nothing wrong.
        if self.empty_permitted and not self.has_changed():
            return
        self._clean_each_field()
        self._clean_whole()
        self._post_clean()

    def _clean_each_field(self) -> None:
        for name, field in self.fields.items():
            try:
                self.cleaned_data[name] = field.clean_bound(self[name])
                clean_name = getattr(self, f"clean_{name}", None)
                if clean_name is not None:
                    self.cleaned_data[name] = call(clean_name)
            except ValidationError as error:
                self.add_error(name, error)

    def _clean_whole(self) -> None:
        try:
            cleaned_data = call(self.clean)
        except ValidationError as error:
            self.add_error(None, error)
        else:
            if cleaned_data is not None:
                self.cleaned_data = cleaned_data

    def _post_clean(self) -> None:
        """For what follows when the form is clean: model forms validate their instance."""

    def clean(self) -> Any:
        """Override to check fields against each other; may return other cleaned data."""
        return self.cleaned_data

    def add_error(self, field: str | None, error: Any) -> None:
        """Add an error to a field, or with None to the form; takes the field out of `cleaned_data`.

        The error is a message, a `ValidationError`, a list of them or (with None) a dictionary by field.
        """
        if not isinstance(error, ValidationError):
            error = ValidationError(error)
        if hasattr(error, "error_dict"):
            if field is not None:
                raise TypeError(
                    "The argument `field` must be `None` when the `error` argument is a dictionary."
                )
            by_field = error.error_dict
        else:
            by_field = {field or NON_FIELD_ERRORS: error.error_list}
        for name, errors in by_field.items():
            if name not in self.errors:
                self.errors[name] = self._empty_errors(name)
            self.errors[name].extend(errors)
            self.cleaned_data.pop(name, None)

    def _empty_errors(self, name: str) -> ErrorList:
        if name == NON_FIELD_ERRORS:
            return self.error_class(error_class="nonfield", renderer=self.renderer)
        if name not in self.fields:
            raise ValueError(f"'{type(self).__name__}' has no field named '{name}'.")
        return self.error_class(renderer=self.renderer, field_id=self[name].auto_id)

    def has_error(self, field: str | None, code: str | None = None) -> bool:
        """Whether a field (None or `__all__`: the form itself) has an error, with that code if one is given."""
        errors = self.errors.get(field or NON_FIELD_ERRORS)
        if not errors:
            return False
        return code is None or any(error.code == code for error in errors.as_data())

    def non_field_errors(self) -> ErrorList:
        """The errors of the form as a whole."""
        errors = self.errors.get(NON_FIELD_ERRORS)
        return self._empty_errors(NON_FIELD_ERRORS) if errors is None else errors

    def has_changed(self) -> bool:
        """Whether the submitted data differs from the initial values."""
        return bool(self.changed_data)

    @cached_property
    def changed_data(self) -> list[str]:
        """The names of the fields whose data differs from their initial value."""
        return [bound.name for bound in self if bound.has_changed()]

    # -- HTML

    @property
    def template_name(self) -> str:  # type: ignore[override]
        return self.renderer.form_template_name

    def get_context(self) -> dict[str, Any]:
        """What the form's template may use: form, fields (each with its errors as HTML), hidden_fields, errors."""
        fields: list[tuple[BoundField, str]] = []
        hidden: list[BoundField] = []
        errors = self.non_field_errors().copy()
        for bound in self:
            own = self.errors.get(bound.name)
            if not bound.is_hidden:
                # Most fields have none: spare them a template, unless an own kind of list says something even so.
                silent = not own and self.error_class is ErrorList
                fields.append((bound, "" if silent else str(bound.errors)))
                continue
            hidden.append(bound)
            errors += [
                _("(Hidden field %(name)s) %(error)s") % {"name": bound.name, "error": str(one)}
                for one in own or ()
            ]
        return {"form": self, "fields": fields, "hidden_fields": hidden, "errors": errors}

    @property
    def media(self) -> Media:
        """The assets that the form's widgets need."""
        return sum((field.widget.media for field in self.fields.values()), Media())

    def is_multipart(self) -> bool:
        """Whether the form uploads files and so needs `enctype="multipart/form-data"`."""
        return any(field.widget.needs_multipart_form for field in self.fields.values())


def chosen_renderer(given: Any, default: Any) -> Any:
    """The renderer to use: the one given, the class's own (a class or an instance), or the project's."""
    if given is not None:
        return given
    if default is None:
        return renderers.get_default_renderer()
    return default() if isinstance(default, type) else default


class Form(BaseForm, metaclass=DeclarativeFieldsMetaclass):
    """A set of fields: declare them as class attributes, give the instance the submitted data."""
