"""`Storage`, the base of everything files can be kept in (ref/files/storage)."""

from __future__ import annotations

import os
import pathlib
from datetime import datetime
from typing import Any

from nuages.core.exceptions import SuspiciousFileOperation
from nuages.core.files.base import File
from nuages.core.files.utils import validate_file_name
from nuages.utils.crypto import get_random_string
from nuages.utils.text import get_valid_filename

__all__ = ["Storage"]


class Storage:
    """Opens, saves, deletes and lists files by name. Subclasses say how."""

    def open(self, name: str, mode: str = "rb") -> Any:
        """The file of this name."""
        return self._open(name, mode)

    def _open(self, name: str, mode: str) -> Any:
        raise NotImplementedError("subclasses of Storage must provide an _open() method")

    def _save(self, name: str, content: Any) -> str:
        raise NotImplementedError("subclasses of Storage must provide a _save() method")

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        """Store `content` under this name, or one like it that is free; returns the name it got."""
        if name is None:
            name = content.name
        if not hasattr(content, "chunks"):
            content = File(content, name)
        # A subclass may hand out names of its own at each of these steps.
        validate_file_name(name, allow_relative_path=True)
        free = self.get_available_name(name, max_length=max_length)
        validate_file_name(free, allow_relative_path=True)
        stored = self._save(free, content)
        validate_file_name(stored, allow_relative_path=True)
        return stored

    def is_name_available(self, name: str, max_length: int | None = None) -> bool:
        """Whether nothing has this name and it is short enough."""
        return not self.exists(name) and (max_length is None or len(name) <= max_length)

    def get_valid_name(self, name: str) -> str:
        """The name with only characters the storage takes."""
        return get_valid_filename(name)

    def get_alternative_name(self, file_root: str, file_ext: str) -> str:
        """Another name, where the one wanted is taken."""
        return f"{file_root}_{get_random_string(7)}{file_ext}"

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """A name that is free, by adding a few characters; cut where it would be too long."""
        name = str(name).replace("\\", "/")
        folder, filename = os.path.split(name)
        if ".." in pathlib.PurePath(folder).parts:
            raise SuspiciousFileOperation(f"Detected path traversal attempt in '{folder}'")
        validate_file_name(filename)
        extensions = "".join(pathlib.PurePath(filename).suffixes)
        root = filename.removesuffix(extensions)
        while not self.is_name_available(name, max_length=max_length):
            name = os.path.join(folder, self.get_alternative_name(root, extensions))
            excess = 0 if max_length is None else len(name) - max_length
            if excess > 0:
                root = root[:-excess]
                if not root:
                    raise SuspiciousFileOperation(
                        f'Storage can not find an available filename for "{filename}". Please make sure that the '
                        'corresponding file field allows sufficient "max_length".'
                    )
                name = os.path.join(folder, self.get_alternative_name(root, extensions))
        return name

    def generate_filename(self, filename: str) -> str:
        """The name to pass to save()."""
        filename = str(filename).replace("\\", "/")
        folder, name = os.path.split(filename)
        if ".." in pathlib.PurePath(folder).parts:
            raise SuspiciousFileOperation(f"Detected path traversal attempt in '{folder}'")
        return os.path.normpath(os.path.join(folder, self.get_valid_name(name)))

    def path(self, name: str) -> str:
        """Where the file is on this machine, where it is on this machine."""
        raise NotImplementedError("This backend doesn't support absolute paths.")

    def _missing(self, method: str) -> NotImplementedError:
        return NotImplementedError(f"subclasses of Storage must provide {method} method")

    def delete(self, name: str) -> None:
        """Delete the file."""
        raise self._missing("a delete()")

    def exists(self, name: str) -> bool:
        """Whether there is a file of this name."""
        raise self._missing("an exists()")

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Folders and files in a folder."""
        raise self._missing("a listdir()")

    def size(self, name: str) -> int:
        """Size in bytes."""
        raise self._missing("a size()")

    def url(self, name: str | None) -> str:
        """Where a browser finds the file."""
        raise self._missing("a url()")

    def get_accessed_time(self, name: str) -> datetime:
        """When it was read last."""
        raise self._missing("a get_accessed_time()")

    def get_created_time(self, name: str) -> datetime:
        """When it was made."""
        raise self._missing("a get_created_time()")

    def get_modified_time(self, name: str) -> datetime:
        """When it was changed last."""
        raise self._missing("a get_modified_time()")
