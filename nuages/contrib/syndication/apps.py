"""The configuration of the syndication app."""

from __future__ import annotations

from nuages.apps import AppConfig
from nuages.utils.translation import gettext_lazy as _


class SyndicationConfig(AppConfig):
    """RSS and Atom feeds."""

    name = "nuages.contrib.syndication"
    verbose_name = _("Syndication")
