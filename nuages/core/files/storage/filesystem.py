"""`FileSystemStorage`: files in a folder of this machine."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from nuages.conf import settings
from nuages.core.files.base import File
from nuages.core.files.move import file_move_safe
from nuages.core.files.storage.base import Storage
from nuages.core.files.storage.mixins import StorageSettingsMixin
from nuages.utils._os import safe_join, safe_makedirs
from nuages.utils.deconstruct import deconstructible
from nuages.utils.encoding import filepath_to_uri

__all__ = ["FileSystemStorage"]


@deconstructible(path="nuages.core.files.storage.FileSystemStorage")
class FileSystemStorage(StorageSettingsMixin, Storage):
    """Files below `location`, reached by browsers below `base_url`."""

    def __init__(
        self,
        location: Any = None,
        base_url: str | None = None,
        file_permissions_mode: int | None = None,
        directory_permissions_mode: int | None = None,
        allow_overwrite: bool = False,
    ) -> None:
        super().__init__(location, base_url, file_permissions_mode, directory_permissions_mode)
        self._allow_overwrite = allow_overwrite

    def _open(self, name: str, mode: str) -> Any:
        return File(open(self.path(name), mode))

    def _make_folder(self, folder: str) -> None:
        mode = self.directory_permissions_mode
        if mode is None:
            os.makedirs(folder, exist_ok=True)
            return
        safe_makedirs(folder, mode, exist_ok=True)

    def _save(self, name: str, content: Any) -> str:
        try:
            return self._stored(name, content)
        except PermissionError as error:
            error.add_note(f"This process must be able to write below {self.base_location}.")
            raise

    def _stored(self, name: str, content: Any) -> str:
        full_path = self.path(name)
        try:
            self._make_folder(os.path.dirname(full_path))
        except FileExistsError:
            raise FileExistsError(f"{os.path.dirname(full_path)} exists and is not a directory.") from None
        while True:
            try:
                self._write(full_path, content)
                break
            except FileExistsError:
                # Somebody else took the name in between.
                name = self.get_available_name(name)
                full_path = self.path(name)
        if self.file_permissions_mode is not None:
            os.chmod(full_path, self.file_permissions_mode)
        return str(os.path.relpath(full_path, self.location)).replace("\\", "/")

    def _write(self, full_path: str, content: Any) -> None:
        if hasattr(content, "temporary_file_path"):
            # On the disk already: moved rather than copied.
            file_move_safe(content.temporary_file_path(), full_path, allow_overwrite=self._allow_overwrite)
            return
        flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
        flags |= os.O_TRUNC if self._allow_overwrite else os.O_EXCL
        descriptor = os.open(full_path, flags, 0o666)
        file: Any = None
        try:
            for chunk in content.chunks():
                if file is None:
                    file = os.fdopen(descriptor, "wb" if isinstance(chunk, bytes) else "wt")
                file.write(chunk)
        finally:
            if file is not None:
                file.close()
            else:
                os.close(descriptor)

    def delete(self, name: str) -> None:
        if not name:
            raise ValueError("The name must be given to delete().")
        path = self.path(name)
        try:
            if os.path.isdir(path):
                os.rmdir(path)
            else:
                os.remove(path)
        except FileNotFoundError:
            pass  # Gone already.

    def is_name_available(self, name: str, max_length: int | None = None) -> bool:
        if self._allow_overwrite:
            return not (max_length and len(name) > max_length)
        return super().is_name_available(name, max_length=max_length)

    def get_alternative_name(self, file_root: str, file_ext: str) -> str:
        # Where names may be taken again, one that was cut needs nothing to tell it apart.
        return (
            f"{file_root}{file_ext}"
            if self._allow_overwrite
            else super().get_alternative_name(file_root, file_ext)
        )

    def exists(self, name: str) -> bool:
        return os.path.lexists(self.path(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        folders: list[str] = []
        files: list[str] = []
        with os.scandir(self.path(path)) as entries:
            for entry in entries:
                (folders if entry.is_dir() else files).append(entry.name)
        return folders, files

    def path(self, name: str) -> str:
        return safe_join(self.location, name)

    def size(self, name: str) -> int:
        return os.path.getsize(self.path(name))

    def url(self, name: str | None) -> str:
        if self.base_url is None:
            raise ValueError("This file is not accessible via a URL.")
        url = filepath_to_uri(name)
        return urljoin(self.base_url, url.lstrip("/") if url is not None else None)

    @staticmethod
    def _moment(timestamp: float) -> datetime:
        # Naive times are those of the process's own time zone, as documented.
        return datetime.fromtimestamp(timestamp, tz=UTC if settings.USE_TZ else None)

    def get_accessed_time(self, name: str) -> datetime:
        return self._moment(os.path.getatime(self.path(name)))

    def get_created_time(self, name: str) -> datetime:
        return self._moment(os.path.getctime(self.path(name)))

    def get_modified_time(self, name: str) -> datetime:
        return self._moment(os.path.getmtime(self.path(name)))
