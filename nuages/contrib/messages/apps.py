"""The configuration of the messages app."""

from __future__ import annotations

from nuages.apps import AppConfig
from nuages.utils.translation import gettext_lazy as _


class MessagesConfig(AppConfig):
    """Messages to visitors."""

    name = "nuages.contrib.messages"
    verbose_name = _("Messages")
