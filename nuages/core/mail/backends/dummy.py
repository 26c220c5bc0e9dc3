"""Sends nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nuages.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Takes messages and forgets them."""

    def send_messages(self, email_messages: Iterable[Any]) -> int:
        return sum(1 for _ in email_messages)
