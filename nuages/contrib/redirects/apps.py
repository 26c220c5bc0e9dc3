"""The configuration of the redirects app."""

from __future__ import annotations

from nuages.apps import AppConfig
from nuages.utils.translation import gettext_lazy as _


class RedirectsConfig(AppConfig):
    """Addresses that have moved, kept in the database."""

    name = "nuages.contrib.redirects"
    verbose_name = _("Redirects")
    default_auto_field = "nuages.db.models.AutoField"
