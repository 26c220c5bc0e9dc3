"""What is declared about the admin of redirects."""

from __future__ import annotations

from nuages.contrib import admin
from nuages.contrib.redirects.models import Redirect


@admin.register(Redirect)
class RedirectAdmin(admin.ModelAdmin):
    """Redirects, by site."""

    list_filter = ["site"]
    search_fields = list_display = ["old_path", "new_path"]
    radio_fields = {"site": admin.VERTICAL}
