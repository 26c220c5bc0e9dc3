"""The configuration of the messages app."""

from __future__ import annotations

from typing import Any

from nuages.apps import AppConfig
from nuages.contrib.messages.storage import base
from nuages.contrib.messages.utils import get_level_tags
from nuages.core.signals import setting_changed
from nuages.utils.translation import gettext_lazy as _


def update_level_tags(setting: str, **kwargs: Any) -> None:
    """Read the tags anew when they change under a test."""
    if setting == "MESSAGE_TAGS":
        base.LEVEL_TAGS = get_level_tags()


class MessagesConfig(AppConfig):
    """Messages to visitors."""

    name = "nuages.contrib.messages"
    verbose_name = _("Messages")

    def ready(self) -> None:
        setting_changed.connect(update_level_tags)
