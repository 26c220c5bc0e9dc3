"""Reading MESSAGE_TAGS."""

from __future__ import annotations

from nuages.conf import settings
from nuages.contrib.messages import constants


def get_level_tags() -> dict[int, str]:
    """Return the tag of each level, the project's own among them."""
    return {**constants.DEFAULT_TAGS, **getattr(settings, "MESSAGE_TAGS", {})}
