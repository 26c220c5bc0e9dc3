"""The configuration of the sites app."""

from __future__ import annotations

from nuages.apps import AppConfig
from nuages.contrib.sites.checks import check_site_id
from nuages.contrib.sites.management import create_default_site
from nuages.core import checks
from nuages.db.models.signals import post_migrate
from nuages.utils.translation import gettext_lazy as _


class SitesConfig(AppConfig):
    """Sites, the first of which is made when the table is."""

    name = "nuages.contrib.sites"
    verbose_name = _("Sites")
    default_auto_field = "nuages.db.models.AutoField"

    def ready(self) -> None:
        checks.register(check_site_id, checks.Tags.sites)
        post_migrate.connect(create_default_site, sender=self)
