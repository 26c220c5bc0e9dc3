"""Writes messages to the console, for development."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable
from typing import Any

from nuages.core.mail.backends.base import BaseEmailBackend

RULE = "-" * 79


class EmailBackend(BaseEmailBackend):
    """Writes to `stream`, standard output if not given."""

    def __init__(self, fail_silently: bool = False, *, stream: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fail_silently = fail_silently
        self.stream = stream or sys.stdout
        self._lock = threading.RLock()

    def write_message(self, message: Any) -> None:
        """Write one message and a line below it."""
        built = message.message()
        charset = built.get_content_charset("utf-8")
        self.stream.write(f"{built.as_bytes().decode(charset, 'replace')}\n{RULE}\n")

    def send_messages(self, email_messages: Iterable[Any]) -> int:
        waiting = list(email_messages)
        if not waiting:
            return 0
        sent = 0
        with self._lock:
            try:
                opened = self.open()
                try:
                    for message in waiting:
                        self.write_message(message)
                        self.stream.flush()
                        sent += 1
                finally:
                    if opened:
                        self.close()
            except Exception:
                if not self.fail_silently:
                    raise
        return sent
