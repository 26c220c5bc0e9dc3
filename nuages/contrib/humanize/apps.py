"""The app's configuration."""

from __future__ import annotations

from nuages.apps import AppConfig
from nuages.utils.translation import gettext_lazy


class HumanizeConfig(AppConfig):
    """Human-readable numbers and dates."""

    name = "nuages.contrib.humanize"
    verbose_name = gettext_lazy("Humanize")
