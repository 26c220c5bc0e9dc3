"""Writes messages to the console, for development."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from typing import Any

from nuages.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Writes to `stream`, standard output if not given."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.stream = kwargs.pop("stream", None) or sys.stdout
        self._lock = threading.RLock()
        super().__init__(*args, **kwargs)

    def write_message(self, message: Any) -> None:
        """Write one message and a line below it."""
        built = message.message()
        charset = built.get_charset().get_output_charset() if built.get_charset() else "utf-8"
        self.stream.write(f"{built.as_bytes().decode(charset)}\n{'-' * 79}\n")

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        if not email_messages:
            return 0
        sent = 0
        with self._lock:
            try:
                opened = self.open()
                for message in email_messages:
                    self.write_message(message)
                    self.stream.flush()
                    sent += 1
                if opened:
                    self.close()
            except Exception:
                if not self.fail_silently:
                    raise
        return sent
