"""Messages for templates."""

from __future__ import annotations

from typing import Any

from nuages.contrib.messages.api import get_messages
from nuages.contrib.messages.constants import DEFAULT_LEVELS


def messages(request: Any) -> dict[str, Any]:
    """Return `messages` and `DEFAULT_MESSAGE_LEVELS`."""
    return {"messages": get_messages(request), "DEFAULT_MESSAGE_LEVELS": DEFAULT_LEVELS}
