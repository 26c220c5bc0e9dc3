"""The configuration of the sitemaps app."""

from __future__ import annotations

from nuages.apps import AppConfig
from nuages.utils.translation import gettext_lazy as _


class SiteMapsConfig(AppConfig):
    """Lists of a site's pages for search engines."""

    name = "nuages.contrib.sitemaps"
    verbose_name = _("Site Maps")
    default_auto_field = "nuages.db.models.AutoField"
