"""What is declared about the admin of sites."""

from __future__ import annotations

from nuages.contrib import admin
from nuages.contrib.sites.models import Site


@admin.register(Site)
class SiteAdmin(admin.ModelAdmin):
    """Sites by domain and name."""

    list_display = ("domain", "name")
    search_fields = ("domain", "name")
