"""The configurations of the admin app."""

from __future__ import annotations

from nuages.apps import AppConfig
from nuages.utils.translation import gettext_lazy as _


class SimpleAdminConfig(AppConfig):
    """The admin without looking for `admin` modules."""

    name = "nuages.contrib.admin"
    verbose_name = _("Administration")
    default_auto_field = "nuages.db.models.AutoField"
    #: The class of `admin.site`, or a function that makes it.
    default_site = "nuages.contrib.admin.sites.AdminSite"


class AdminConfig(SimpleAdminConfig):
    """The admin, which imports the `admin` module of every app."""

    default = True

    def ready(self) -> None:
        super().ready()
        self.module.autodiscover()
