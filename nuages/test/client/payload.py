"""A request body as a server would give it."""

from __future__ import annotations

from io import BytesIO, IOBase
from typing import Any

from nuages.utils.encoding import force_bytes


class FakePayload(IOBase):
    """A body that may be written until it is first read, and that complains when read past its length."""

    def __init__(self, initial_bytes: bytes | None = None) -> None:
        self._content = BytesIO()
        self._left = 0
        self._reading = False
        if initial_bytes is not None:
            self.write(initial_bytes)

    def __len__(self) -> int:
        return self._left

    def read(self, size: int = -1, /) -> bytes:
        """Read up to `size` bytes; reading more than there are fails, as reading from a socket would hang."""
        self._start_reading()
        wanted = self._left if size in (-1, None) else size
        assert self._left >= wanted, "Cannot read more than the available bytes from the HTTP incoming data."
        return self._took(self._content.read(wanted))

    def readline(self, size: int | None = -1, /) -> bytes:
        """Read a line of up to `size` bytes."""
        self._start_reading()
        wanted = self._left if size in (-1, None) else size
        assert self._left >= wanted, "Cannot read more than the available bytes from the HTTP incoming data."
        return self._took(self._content.readline(wanted))

    def _took(self, data: bytes) -> bytes:
        self._left -= len(data)
        return data

    def _start_reading(self) -> None:
        if not self._reading:
            self._content.seek(0)
            self._reading = True

    def write(self, b: Any, /) -> int:
        """Add to the body."""
        if self._reading:
            raise ValueError("Unable to write a payload after it's been read")
        content = force_bytes(b)
        self._left += len(content)
        return self._content.write(content)
