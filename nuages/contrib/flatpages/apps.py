"""The configuration of the flatpages app."""

from __future__ import annotations

from nuages.apps import AppConfig
from nuages.utils.translation import gettext_lazy as _


class FlatPagesConfig(AppConfig):
    """Simple pages, kept in the database."""

    name = "nuages.contrib.flatpages"
    verbose_name = _("Flat Pages")
    default_auto_field = "nuages.db.models.AutoField"
