"""`FileSystemStorage`: files in a folder of this machine."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from nuages.conf import settings
from nuages.core.files.base import File
from nuages.core.files.storage.base import Storage
from nuages.core.signals import setting_changed
from nuages.utils._os import safe_join
from nuages.utils.deconstruct import deconstructible
from nuages.utils.encoding import filepath_to_uri
from nuages.utils.functional import cached_property
from nuages.utils.timezone import make_naive

__all__ = ["FileSystemStorage"]


@deconstructible(path="nuages.core.files.storage.FileSystemStorage")
class FileSystemStorage(Storage):
    """Files below `location`, reached by browsers below `base_url`."""

    def __init__(
        self,
        location: Any = None,
        base_url: str | None = None,
        file_permissions_mode: int | None = None,
        directory_permissions_mode: int | None = None,
        allow_overwrite: bool = False,
    ) -> None:
        self._location, self._base_url = location, base_url
        self._file_permissions_mode = file_permissions_mode
        self._directory_permissions_mode = directory_permissions_mode
        self._allow_overwrite = allow_overwrite
        setting_changed.connect(self._clear_cached_properties)

    def _clear_cached_properties(self, setting: str, **kwargs: Any) -> None:
        derived = {
            "MEDIA_ROOT": ("base_location", "location"),
            "MEDIA_URL": ("base_url",),
            "FILE_UPLOAD_PERMISSIONS": ("file_permissions_mode",),
            "FILE_UPLOAD_DIRECTORY_PERMISSIONS": ("directory_permissions_mode",),
        }
        for name in derived.get(setting, ()):
            self.__dict__.pop(name, None)

    @cached_property
    def base_location(self) -> Any:
        return settings.MEDIA_ROOT if self._location is None else self._location

    @cached_property
    def location(self) -> str:
        """The folder, absolute."""
        return os.path.abspath(self.base_location)

    @cached_property
    def base_url(self) -> str:
        """The prefix of addresses, with a slash at the end."""
        if self._base_url is None:
            return settings.MEDIA_URL
        return self._base_url if self._base_url.endswith("/") else f"{self._base_url}/"

    @cached_property
    def file_permissions_mode(self) -> int | None:
        return settings.FILE_UPLOAD_PERMISSIONS if self._file_permissions_mode is None else self._file_permissions_mode

    @cached_property
    def directory_permissions_mode(self) -> int | None:
        own = self._directory_permissions_mode
        return settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS if own is None else own

    def _open(self, name: str, mode: str) -> Any:
        return File(open(self.path(name), mode))

    def _make_folder(self, folder: str) -> None:
        mode = self.directory_permissions_mode
        if mode is None:
            os.makedirs(folder, exist_ok=True)
            return
        # The mode counts for folders in between too, whatever the process' mask.
        mask = os.umask(0o777 & ~mode)
        try:
            os.makedirs(folder, mode, exist_ok=True)
        finally:
            os.umask(mask)

    def _save(self, name: str, content: Any) -> str:
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
        moment = datetime.fromtimestamp(timestamp, tz=UTC)
        return moment if settings.USE_TZ else make_naive(moment)

    def get_accessed_time(self, name: str) -> datetime:
        return self._moment(os.path.getatime(self.path(name)))

    def get_created_time(self, name: str) -> datetime:
        return self._moment(os.path.getctime(self.path(name)))

    def get_modified_time(self, name: str) -> datetime:
        return self._moment(os.path.getmtime(self.path(name)))
