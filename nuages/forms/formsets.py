"""Form sets: several forms of one kind on a page, with their number in a hidden form beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from nuages.core.exceptions import ValidationError
from nuages.spine import call
from nuages.utils.functional import cached_property
from nuages.utils.translation import gettext_lazy as _
from nuages.utils.translation import ngettext_lazy

from . import renderers
from .fields import BooleanField, IntegerField
from .forms import Form
from .utils import ErrorList, RenderableFormMixin
from .widgets import CheckboxInput, HiddenInput, Media, NumberInput, Widget

__all__ = ["BaseFormSet", "all_valid", "formset_factory"]

#: The most forms where `max_num` is not given; as many again may be submitted before the rest is ignored.
DEFAULT_MAX_NUM = 1000
DEFAULT_MIN_NUM = 0

# The fields that a form set adds to its forms.
DELETION_FIELD_NAME = "DELETE"
ORDERING_FIELD_NAME = "ORDER"
# The fields of the management form.
INITIAL_FORM_COUNT = "INITIAL_FORMS"
TOTAL_FORM_COUNT = "TOTAL_FORMS"
MAX_NUM_FORM_COUNT = "MAX_NUM_FORMS"
MIN_NUM_FORM_COUNT = "MIN_NUM_FORMS"


class ManagementForm(Form):
    """How many forms there are: the part of a form set's data that says how to read the rest."""

    TOTAL_FORMS = IntegerField(widget=HiddenInput)
    INITIAL_FORMS = IntegerField(widget=HiddenInput)
    # For scripts in the page only: nothing is decided by what comes back.
    MIN_NUM_FORMS = IntegerField(required=False, widget=HiddenInput)
    MAX_NUM_FORMS = IntegerField(required=False, widget=HiddenInput)

    def clean(self) -> dict[str, Any]:
        # What cannot be read counts as no forms, so that the page can still be shown.
        return {TOTAL_FORM_COUNT: 0, INITIAL_FORM_COUNT: 0, **self.cleaned_data}


class BaseFormSet(RenderableFormMixin):
    """Several forms of one class. `formset_factory()` makes the subclass for a form."""

    form: type[Any]
    extra: int
    can_order: bool
    can_delete: bool
    can_delete_extra: bool
    min_num: int
    max_num: int
    absolute_max: int
    validate_min: bool
    validate_max: bool

    deletion_widget: type[Widget] = CheckboxInput
    ordering_widget: type[Widget] = NumberInput
    #: The renderer given to the factory: for the set and its forms alike.
    form_renderer: Any = None
    default_error_messages: dict[str, Any] = {
        "missing_management_form": _(
            "ManagementForm data is missing or has been tampered with. Missing fields: %(field_names)s. "
            "You may need to file a bug report if the issue persists."
        ),
        "too_many_forms": ngettext_lazy(
            "Please submit at most %(num)d form.", "Please submit at most %(num)d forms.", "num"
        ),
        "too_few_forms": ngettext_lazy(
            "Please submit at least %(num)d form.", "Please submit at least %(num)d forms.", "num"
        ),
    }

    template_name_ul = "django/forms/formsets/ul.html"
    template_name_table = "django/forms/formsets/table.html"
    template_name_p = "django/forms/formsets/p.html"
    template_name_div = "django/forms/formsets/div.html"

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        auto_id: bool | str = "id_%s",
        prefix: str | None = None,
        initial: Sequence[Mapping[str, Any]] | None = None,
        error_class: type[ErrorList] = ErrorList,
        form_kwargs: dict[str, Any] | None = None,
        error_messages: Mapping[str, Any] | None = None,
    ) -> None:
        self.is_bound = not (data is None and files is None)
        self.data, self.files = data or {}, files or {}
        self.auto_id = auto_id
        self.prefix = prefix or self.get_default_prefix()
        self.initial = initial
        self.error_class = error_class
        self.form_kwargs = form_kwargs or {}
        self.renderer = self.form_renderer or renderers.get_default_renderer()
        self._errors: Any = None
        self._non_form_errors: Any = None
        self.error_messages: dict[str, Any] = {}
        for kind in reversed(type(self).__mro__):
            self.error_messages.update(vars(kind).get("default_error_messages", {}))
        self.error_messages.update(error_messages or {})

    def __iter__(self) -> Iterator[Any]:
        """The forms, in the order they should be shown."""
        return iter(self.forms)

    def __getitem__(self, index: Any) -> Any:
        return self.forms[index]

    def __len__(self) -> int:
        return len(self.forms)

    def __bool__(self) -> bool:
        return True  # there is always a management form

    def __repr__(self) -> str:
        valid: Any = "Unknown"
        if self._errors is not None:
            valid = self.is_bound and not self._non_form_errors and not any(self._errors)
        name = type(self).__qualname__
        return f"<{name}: bound={self.is_bound} valid={valid} total_forms={self.total_form_count()}>"

    # -- how many

    @cached_property
    def management_form(self) -> ManagementForm:
        """The hidden form with the counts; print it with the forms."""
        shared: dict[str, Any] = {"auto_id": self.auto_id, "prefix": self.prefix, "renderer": self.renderer}
        if not self.is_bound:
            counts = {
                TOTAL_FORM_COUNT: self.total_form_count(),
                INITIAL_FORM_COUNT: self.initial_form_count(),
                MIN_NUM_FORM_COUNT: self.min_num,
                MAX_NUM_FORM_COUNT: self.max_num,
            }
            return ManagementForm(initial=counts, **shared)
        form = ManagementForm(self.data, self.files, **shared)
        form.full_clean()
        return form

    def total_form_count(self) -> int:
        """The number of forms in the set."""
        if self.is_bound:
            # Whoever sends a huge number must not make us build as many forms.
            return min(self.management_form.cleaned_data[TOTAL_FORM_COUNT], self.absolute_max)
        initial = self.initial_form_count()
        wanted = max(initial, self.min_num) + self.extra
        # What exists is shown even past the limit.
        return max(initial, min(wanted, max(self.max_num, 0)))

    def initial_form_count(self) -> int:
        """The number of forms that were filled in to begin with."""
        if self.is_bound:
            return self.management_form.cleaned_data[INITIAL_FORM_COUNT]
        return len(self.initial or ())

    # -- the forms

    @cached_property
    def forms(self) -> list[Any]:
        """All forms, in the order they were created."""
        return [
            self._construct_form(number, **self.get_form_kwargs(number))
            for number in range(self.total_form_count())
        ]

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """More arguments for the form at that index (None: the empty form)."""
        return self.form_kwargs.copy()

    def _shared_arguments(self, index: Any) -> dict[str, Any]:
        return {
            "auto_id": self.auto_id,
            "prefix": self.add_prefix(index),
            "error_class": self.error_class,
            # Browsers cannot know which forms will stay empty.
            "use_required_attribute": False,
            "renderer": self.form_renderer,
        }

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        """The form at that index."""
        arguments = self._shared_arguments(i)
        if self.is_bound:
            arguments.update(data=self.data, files=self.files)
        if self.initial and i < len(self.initial):
            arguments["initial"] = self.initial[i]
        # Forms past those that exist and those that are needed may stay empty.
        if i >= max(self.initial_form_count(), self.min_num):
            arguments["empty_permitted"] = True
        form = self.form(**{**arguments, **kwargs})
        self.add_fields(form, i)
        return form

    @property
    def initial_forms(self) -> list[Any]:
        """The forms that were filled in to begin with."""
        return self.forms[: self.initial_form_count()]

    @property
    def extra_forms(self) -> list[Any]:
        """The forms for something new."""
        return self.forms[self.initial_form_count() :]

    @property
    def empty_form(self) -> Any:
        """A form with `__prefix__` where the others have their number, for scripts that add forms."""
        form = self.form(
            **{**self.get_form_kwargs(None), **self._shared_arguments("__prefix__"), "empty_permitted": True}
        )
        self.add_fields(form, None)
        return form

    def add_fields(self, form: Any, index: int | None) -> None:
        """Add the fields for order and deletion; override to add more."""
        is_initial = index is not None and index < self.initial_form_count()
        if self.can_order:
            form.fields[ORDERING_FIELD_NAME] = IntegerField(
                label=_("Order"),
                initial=index + 1 if is_initial and index is not None else None,
                required=False,
                widget=self.get_ordering_widget(),
            )
        if self.can_delete and (self.can_delete_extra or is_initial):
            form.fields[DELETION_FIELD_NAME] = BooleanField(
                label=_("Delete"), required=False, widget=self.get_deletion_widget()
            )

    def get_deletion_widget(self) -> Widget:
        return self.deletion_widget()

    def get_ordering_widget(self) -> Widget:
        return self.ordering_widget()

    @classmethod
    def get_default_prefix(cls) -> str:
        return "form"

    def add_prefix(self, index: Any) -> str:
        """The prefix of the form at that index."""
        return f"{self.prefix}-{index}"

    # -- validation

    @property
    def cleaned_data(self) -> list[dict[str, Any]]:
        """The clean data of all forms, once the set is known to be valid."""
        if not self.is_valid():
            raise AttributeError(f"'{type(self).__name__}' object has no attribute 'cleaned_data'")
        return [form.cleaned_data for form in self.forms]

    def _filled_forms(self) -> Iterator[Any]:
        """The forms that existed before or were filled in now."""
        for number, form in enumerate(self.forms):
            if number < self.initial_form_count() or form.has_changed():
                yield form

    def _should_delete_form(self, form: Any) -> bool:
        """Whether the form is marked for deletion."""
        return form.cleaned_data.get(DELETION_FIELD_NAME, False)

    def _is_leaving(self, form: Any) -> bool:
        return self.can_delete and self._should_delete_form(form)

    @property
    def deleted_forms(self) -> list[Any]:
        """The forms marked for deletion, of a valid set."""
        if not self.can_delete or not self.is_valid():
            return []
        return [form for form in self._filled_forms() if self._should_delete_form(form)]

    @property
    def ordered_forms(self) -> list[Any]:
        """The forms in the order that was chosen, of a valid set; those without a number come last."""
        if not self.can_order or not self.is_valid():
            raise AttributeError(f"'{type(self).__name__}' object has no attribute 'ordered_forms'")
        staying = [form for form in self._filled_forms() if not self._is_leaving(form)]

        def place(form: Any) -> tuple[bool, Any]:
            order = form.cleaned_data[ORDERING_FIELD_NAME]
            return order is None, order or 0

        return sorted(staying, key=place)

    @property
    def errors(self) -> list[Any]:
        """The errors of each form; the first look validates."""
        if self._errors is None:
            self.full_clean()
        return self._errors

    def non_form_errors(self) -> ErrorList:
        """The errors of the set as a whole."""
        if self._non_form_errors is None:
            self.full_clean()
        return self._non_form_errors

    def total_error_count(self) -> int:
        """The number of errors in all forms and in the set as a whole."""
        return len(self.non_form_errors()) + sum(map(len, self.errors))

    def is_valid(self) -> bool:
        """Whether data was given and every form that stays is valid, and so is the set."""
        if not self.is_bound:
            return False
        if self._errors is None:
            self.full_clean()
        # Every form is asked, also after one said no: each may do something in its is_valid().
        valid = [form.is_valid() for form in self.forms if not self._is_leaving(form)]
        return all(valid) and not self.non_form_errors()

    def full_clean(self) -> None:
        """Validate now: each form, then the number of forms and the set as a whole."""
        self._errors = []
        self._non_form_errors = self.error_class(error_class="nonform", renderer=self.renderer)
        if not self.is_bound:
            return
        if not self.management_form.is_valid():
            missing = [self.management_form.add_prefix(name) for name in self.management_form.errors]
            self._non_form_errors.append(
                self._error("missing_management_form", field_names=", ".join(missing))
            )
        for form in self.forms:
            errors = form.errors
            if not self._is_leaving(form):
                self._errors.append(errors)
        try:
            self._check_number()
            call(self.clean)
        except ValidationError as error:
            self._non_form_errors = self.error_class(
                error.error_list, error_class="nonform", renderer=self.renderer
            )

    def _check_number(self) -> None:
        staying = [form for form in self.forms if not self._is_leaving(form)]
        submitted = self.management_form.cleaned_data[TOTAL_FORM_COUNT]
        if submitted > self.absolute_max or (self.validate_max and len(staying) > self.max_num):
            raise self._error("too_many_forms", num=self.max_num)
        if self.validate_min:
            filled = set(map(id, self._filled_forms()))
            if sum(id(form) in filled for form in staying) < self.min_num:
                raise self._error("too_few_forms", num=self.min_num)

    def _error(self, code: str, **params: Any) -> ValidationError:
        message = self.error_messages[code]
        return ValidationError(message, code=code, params=params)

    def clean(self) -> None:
        """Override to check forms against each other."""

    def has_changed(self) -> bool:
        """Whether any form's data differs from its initial values."""
        return any(form.has_changed() for form in self)

    # -- HTML

    @property
    def template_name(self) -> str:  # type: ignore[override]
        return self.renderer.formset_template_name

    def get_context(self) -> dict[str, Any]:
        return {"formset": self}

    def _sample(self) -> Any:
        return self.forms[0] if self.forms else self.empty_form

    def is_multipart(self) -> bool:
        """Whether the forms upload files."""
        return self._sample().is_multipart()

    @property
    def media(self) -> Media:
        """The assets that the forms need: all are of one class."""
        return self._sample().media


def formset_factory(
    form: type[Any],
    formset: type[BaseFormSet] = BaseFormSet,
    extra: int = 1,
    can_order: bool = False,
    can_delete: bool = False,
    max_num: int | None = None,
    validate_max: bool = False,
    min_num: int | None = None,
    validate_min: bool = False,
    absolute_max: int | None = None,
    can_delete_extra: bool = True,
    renderer: Any = None,
) -> type[Any]:
    """A form set class for a form class."""
    max_num = DEFAULT_MAX_NUM if max_num is None else max_num
    absolute_max = max_num + DEFAULT_MAX_NUM if absolute_max is None else absolute_max
    if max_num > absolute_max:
        raise ValueError("'absolute_max' must be greater or equal to 'max_num'.")
    options = {
        "form": form,
        "extra": extra,
        "can_order": can_order,
        "can_delete": can_delete,
        "can_delete_extra": can_delete_extra,
        "min_num": DEFAULT_MIN_NUM if min_num is None else min_num,
        "max_num": max_num,
        "absolute_max": absolute_max,
        "validate_min": validate_min,
        "validate_max": validate_max,
        "form_renderer": renderer,
    }
    return type(f"{form.__name__.removesuffix('Form')}FormSet", (formset,), options)


def all_valid(formsets: Iterable[BaseFormSet]) -> bool:
    """Whether all form sets are valid; each is validated, so that each has its errors."""
    valid = [formset.is_valid() for formset in formsets]
    return all(valid)
