"""Inline options of generic relations in the admin."""

from __future__ import annotations

from nuages.contrib.admin.options import InlineModelAdmin
from nuages.contrib.contenttypes.forms import BaseGenericInlineFormSet

__all__ = ["GenericInlineModelAdmin", "GenericStackedInline", "GenericTabularInline"]


class GenericInlineModelAdmin(InlineModelAdmin):
    """Rows of a generic relation, on the page of the object they point at."""

    ct_field = "content_type"
    ct_fk_field = "object_id"
    formset = BaseGenericInlineFormSet


class GenericStackedInline(GenericInlineModelAdmin):
    """One form below the other."""

    template = "admin/edit_inline/stacked.html"


class GenericTabularInline(GenericInlineModelAdmin):
    """One form a row."""

    template = "admin/edit_inline/tabular.html"
