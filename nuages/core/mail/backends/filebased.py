"""Writes messages to files, for development."""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from typing import Any

from nuages.core.exceptions import ImproperlyConfigured
from nuages.core.mail.backends.console import RULE
from nuages.core.mail.backends.console import EmailBackend as ConsoleBackend
from nuages.core.mail.errors import InvalidMailer
from nuages.core.mail.handler import old_setting


class EmailBackend(ConsoleBackend):
    """Writes the messages of each backend object to a file of its own below `file_path`."""

    def __init__(
        self, fail_silently: bool = False, *, file_path: str | os.PathLike[str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(fail_silently, **kwargs)
        self.stream = None
        self._name: str | None = None
        self.file_path = os.path.abspath(self._chosen(file_path))
        self._prepare_folder()

    def _chosen(self, given: Any) -> Any:
        if given is not None:
            return given
        if self.alias is not None:
            raise InvalidMailer("OPTIONS must define 'file_path'.", alias=self.alias)
        if (setting := old_setting("EMAIL_FILE_PATH", "")) == "":
            raise ImproperlyConfigured(
                "The EMAIL_FILE_PATH setting must be set to use the file EmailBackend."
            )
        return setting

    def _prepare_folder(self) -> None:
        path = self.file_path
        try:
            os.makedirs(path, exist_ok=True)
        except FileExistsError:
            raise self._wrong(
                f"'file_path' is not a directory: {path}",
                f"Path for saving email messages exists, but is not a directory: {path}",
            ) from None
        except OSError as error:
            raise self._wrong(
                f"Could not create 'file_path': {path} ({error})",
                f"Could not create directory for saving email messages: {path} ({error})",
            ) from error
        if not os.access(path, os.W_OK):
            raise self._wrong(f"'file_path' is not writable: {path}", f"Could not write to directory: {path}")

    def _wrong(self, of_option: str, of_setting: str) -> ImproperlyConfigured:
        if self.alias is None:
            return ImproperlyConfigured(of_setting)
        return InvalidMailer(of_option, alias=self.alias)

    def write_message(self, message: Any) -> None:
        self.stream.write(message.message().as_bytes() + f"\n{RULE}\n".encode())

    def _get_filename(self) -> str:
        if self._name is None:
            stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
            self._name = os.path.join(self.file_path, f"{stamp}-{secrets.token_hex(5)}.log")
        return self._name

    def open(self) -> bool:
        if self.stream is not None:
            return False
        self.stream = open(self._get_filename(), "ab")  # noqa: SIM115 - closed by close()
        return True

    def close(self) -> None:
        stream, self.stream = self.stream, None
        if stream is not None:
            stream.close()
