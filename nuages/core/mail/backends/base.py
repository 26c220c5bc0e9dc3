"""`BaseEmailBackend`: derive from it for a way of sending of your own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self


class BaseEmailBackend:
    """Sends messages. As context manager it keeps its connection open for the block."""

    def __init__(self, fail_silently: bool = False, *, alias: str | None = None, **kwargs: Any) -> None:
        self.fail_silently = fail_silently
        self.alias = alias

    def open(self) -> bool | None:
        """Open a connection; say whether a new one was opened."""

    def close(self) -> None:
        """Close the connection."""

    def __enter__(self) -> Self:
        try:
            self.open()
        except Exception:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        """Send messages; return how many were sent."""
        raise NotImplementedError("subclasses of BaseEmailBackend must override send_messages() method")
