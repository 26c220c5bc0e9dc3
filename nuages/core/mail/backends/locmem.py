"""Keeps messages in `mail.outbox`, for tests."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from nuages.core import mail
from nuages.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Builds each message, so that what cannot be sent fails here too, and keeps a copy."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not hasattr(mail, "outbox"):
            mail.outbox = []  # type: ignore[attr-defined]

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        sent = 0
        for message in email_messages:
            message.message()
            kept = copy.copy(message)
            kept.sent_using = self.alias  # type: ignore[attr-defined]
            mail.outbox.append(kept)  # type: ignore[attr-defined]
            sent += 1
        return sent
