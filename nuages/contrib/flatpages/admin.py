"""What is declared about the admin of flat pages."""

from __future__ import annotations

from nuages.contrib import admin
from nuages.contrib.flatpages.forms import FlatpageForm
from nuages.contrib.flatpages.models import FlatPage
from nuages.utils.translation import gettext_lazy as _

ADVANCED = {"classes": ("collapse",), "fields": ("registration_required", "template_name")}


@admin.register(FlatPage)
class FlatPageAdmin(admin.ModelAdmin):
    """Flat pages by URL and title."""

    form = FlatpageForm
    fieldsets = (
        (None, {"fields": ("url", "title", "content", "sites")}),
        (_("Advanced options"), ADVANCED),
    )
    search_fields = list_display = ("url", "title")
    list_filter = ("sites", "registration_required")
