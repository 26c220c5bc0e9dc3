"""What apps declare about the admin of a model: the documented attributes and their defaults."""

from __future__ import annotations

import enum
from typing import Any, ClassVar

from nuages import forms

HORIZONTAL, VERTICAL = 1, 2

IS_POPUP_VAR = "_popup"
SOURCE_MODEL_VAR = "_source_model"
TO_FIELD_VAR = "_to_field"


class IncorrectLookupParameters(Exception):
    """Filters in an address that make no sense."""


class ShowFacets(enum.Enum):
    """When a list's filters show how much they would find."""

    NEVER = "NEVER"
    ALLOW = "ALLOW"
    ALWAYS = "ALWAYS"


class ActionLocation(enum.Enum):
    """Where an action is offered."""

    CHANGE_LIST = "change_list"
    CHANGE_FORM = "change_form"


class BaseModelAdmin:
    """What pages of objects and the inlines on them have in common."""

    autocomplete_fields: Any = ()
    exclude: Any = None
    fields: Any = None
    fieldsets: Any = None
    filter_horizontal: Any = ()
    filter_vertical: Any = ()
    form: Any = forms.ModelForm
    formfield_overrides: ClassVar[dict[Any, Any]] = {}
    ordering: Any = None
    prepopulated_fields: ClassVar[dict[str, Any]] = {}
    radio_fields: ClassVar[dict[str, int]] = {}
    raw_id_fields: Any = ()
    readonly_fields: Any = ()
    show_full_result_count = True
    sortable_by: Any = None
    view_on_site: Any = True

    opts: Any

    def _allowed(self, request: Any, action: str) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.{action}_{self.opts.model_name}")

    def has_add_permission(self, request: Any) -> bool:
        """Say whether the visitor may add objects."""
        return self._allowed(request, "add")

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Say whether the visitor may change objects."""
        return self._allowed(request, "change")

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Say whether the visitor may delete objects."""
        return self._allowed(request, "delete")

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        """Say whether the visitor may look at objects; who may change them may."""
        return self._allowed(request, "view") or self._allowed(request, "change")


class ModelAdmin(BaseModelAdmin):
    """What is declared about a model's pages."""

    actions: Any = ()
    actions_on_bottom = False
    actions_on_top = True
    actions_selection_counter = True
    add_form_template: str | None = None
    change_form_template: str | None = None
    change_list_template: str | None = None
    date_hierarchy: str | None = None
    delete_confirmation_template: str | None = None
    delete_selected_confirmation_template: str | None = None
    inlines: Any = ()
    list_display: Any = ("__str__",)
    list_display_links: Any = ()
    list_editable: Any = ()
    list_filter: Any = ()
    list_max_show_all = 200
    list_per_page = 100
    list_select_related: Any = False
    object_history_template: str | None = None
    popup_response_template: str | None = None
    preserve_filters = True
    save_as = False
    save_as_continue = True
    save_on_top = False
    search_fields: Any = ()
    search_help_text: Any = None
    show_facets = ShowFacets.ALLOW

    def __init__(self, model: Any, admin_site: Any) -> None:
        self.model, self.opts, self.admin_site = model, model._meta, admin_site

    def __str__(self) -> str:
        return f"{self.opts.app_label}.{self.__class__.__name__}"

    def __repr__(self) -> str:
        return f"<{self.__class__.__qualname__}: model={self.model.__qualname__} site={self.admin_site!r}>"


class InlineModelAdmin(BaseModelAdmin):
    """What is declared about the rows of one model on the page of another's object."""

    can_delete = True
    checks_class: Any = None
    classes: Any = None
    extra = 3
    fk_name: str | None = None
    formset: Any = forms.BaseInlineFormSet
    max_num: int | None = None
    min_num: int | None = None
    model: Any = None
    show_change_link = False
    template: str | None = None
    verbose_name: Any = None
    verbose_name_plural: Any = None

    def __init__(self, parent_model: Any, admin_site: Any) -> None:
        self.parent_model, self.admin_site = parent_model, admin_site
        self.opts = self.model._meta
        if self.verbose_name_plural is None:
            named = self.verbose_name
            self.verbose_name_plural = self.opts.verbose_name_plural if named is None else f"{named}s"
        if self.verbose_name is None:
            self.verbose_name = self.opts.verbose_name


class StackedInline(InlineModelAdmin):
    """One form below the other."""

    template = "admin/edit_inline/stacked.html"


class TabularInline(InlineModelAdmin):
    """One form a row."""

    template = "admin/edit_inline/tabular.html"
