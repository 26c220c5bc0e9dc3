"""The configuration of the static files app."""

from __future__ import annotations

from nuages.apps import AppConfig
from nuages.contrib.staticfiles.checks import check_finders, check_storages
from nuages.core import checks
from nuages.utils.translation import gettext_lazy as _


class StaticFilesConfig(AppConfig):
    """Static files; files that match one of `ignore_patterns` are not collected."""

    name = "nuages.contrib.staticfiles"
    verbose_name = _("Static Files")
    ignore_patterns = ["CVS", ".*", "*~"]

    def ready(self) -> None:
        for check in (check_finders, check_storages):
            checks.register(check, checks.Tags.staticfiles)
