"""The configuration of the sessions app."""

from __future__ import annotations

from nuages.apps import AppConfig
from nuages.utils.translation import gettext_lazy as _


class SessionsConfig(AppConfig):
    """Sessions in the database; other stores do without the app."""

    name = "nuages.contrib.sessions"
    verbose_name = _("Sessions")
