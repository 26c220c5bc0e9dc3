"""Safe file names, and passing a file's own methods through a wrapper."""

from __future__ import annotations

import os
from typing import Any

from nuages.core.exceptions import SuspiciousFileOperation


def validate_file_name(name: str, allow_relative_path: bool = False) -> str:
    """Return `name` if it is a plain file name (or a path that stays below), else raise `SuspiciousFileOperation`."""
    base = os.path.basename(name)
    if base in {"", ".", ".."}:
        raise SuspiciousFileOperation(f"Could not derive file name from '{name}'")
    if allow_relative_path:
        # Windows separators count on every system: names travel.
        parts = str(name).replace("\\", "/").split("/")
        if parts[0] == "" or ".." in parts or (len(parts[0]) == 2 and parts[0][1] == ":"):
            raise SuspiciousFileOperation(f"Detected path traversal attempt in '{name}'")
    elif name != base:
        raise SuspiciousFileOperation(f"File name '{name}' includes path elements")
    return name


def _passed(name: str) -> Any:
    return property(lambda self: getattr(self.file, name))


class FileProxyMixin:
    """Gives a wrapper that has a `file` the methods of that file."""

    file: Any

    encoding = _passed("encoding")
    fileno = _passed("fileno")
    flush = _passed("flush")
    isatty = _passed("isatty")
    newlines = _passed("newlines")
    read = _passed("read")
    readinto = _passed("readinto")
    readline = _passed("readline")
    readlines = _passed("readlines")
    seek = _passed("seek")
    tell = _passed("tell")
    truncate = _passed("truncate")
    write = _passed("write")
    writelines = _passed("writelines")

    @property
    def closed(self) -> bool:
        """Whether the file is closed, or there is none."""
        return not self.file or self.file.closed

    def _can(self, question: str, mode_letters: str) -> bool:
        if self.closed:
            return False
        ask = getattr(self.file, question, None)
        if ask is not None:
            return ask()
        return any(letter in getattr(self.file, "mode", "") for letter in mode_letters)

    def readable(self) -> bool:
        """Whether the file is open for reading."""
        return self._can("readable", "r+")

    def writable(self) -> bool:
        """Whether the file is open for writing."""
        return self._can("writable", "wax+")

    def seekable(self) -> bool:
        """Whether the file can be positioned."""
        return self._can("seekable", "")

    def __iter__(self) -> Any:
        return iter(self.file)
