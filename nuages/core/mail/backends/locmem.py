"""Keeps messages in `mail.outbox`, for tests."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from nuages.core import mail
from nuages.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Builds each message, so that what cannot be sent fails here too, and keeps a copy."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _outbox()

    def send_messages(self, email_messages: Iterable[Any]) -> int:
        sent = 0
        for message in email_messages:
            message.message()
            kept = _as_it_is_now(message)
            kept.sent_using = self.alias
            _outbox().append(kept)
            sent += 1
        return sent


def _outbox() -> list[Any]:
    return vars(mail).setdefault("outbox", [])


def _as_it_is_now(message: Any) -> Any:
    """Return a copy that later changes to the message do not reach, attached content aside."""
    kept = copy.copy(message)
    for name, value in vars(message).items():
        if isinstance(value, list | dict):
            vars(kept)[name] = copy.copy(value)
    return kept
