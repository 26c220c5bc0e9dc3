"""Writes messages to files, for development."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import Any

from nuages.conf import settings
from nuages.core.exceptions import ImproperlyConfigured
from nuages.core.mail.backends.console import EmailBackend as ConsoleBackend


class EmailBackend(ConsoleBackend):
    """Writes the messages of each connection to a file of its own below `file_path`."""

    def __init__(self, *args: Any, file_path: Any = None, **kwargs: Any) -> None:
        self._name: str | None = None
        chosen = file_path if file_path is not None else getattr(settings, "EMAIL_FILE_PATH", None)
        if chosen is None:
            raise ImproperlyConfigured(
                "The file-based email backend needs 'file_path': a folder to write to."
            )
        folder = Path(chosen).absolute()
        self.file_path = str(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            raise ImproperlyConfigured(
                f"Path for saving email messages exists, but is not a directory: {folder}"
            ) from None
        except OSError as error:
            raise ImproperlyConfigured(
                f"Could not create directory for saving email messages: {folder} ({error})"
            ) from error
        if not os.access(folder, os.W_OK):
            raise ImproperlyConfigured(f"Could not write to directory: {folder}")
        super().__init__(*args, **kwargs)
        self.stream = None

    def write_message(self, message: Any) -> None:
        self.stream.write(message.message().as_bytes() + b"\n" + b"-" * 79 + b"\n")

    def _get_filename(self) -> str:
        if self._name is None:
            stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
            self._name = str(Path(self.file_path) / f"{stamp}-{abs(id(self))}.log")
        return self._name

    def open(self) -> bool:
        if self.stream is not None:
            return False
        self.stream = open(self._get_filename(), "ab")
        return True

    def close(self) -> None:
        if self.stream is not None:
            self.stream.close()
            self.stream = None
