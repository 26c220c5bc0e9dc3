"""`InMemoryStorage`: files in a tree of this process, for tests."""

from __future__ import annotations

import errno
import io
import os
import threading
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from nuages.core.files.base import File
from nuages.core.files.storage.base import Storage
from nuages.core.files.storage.mixins import StorageSettingsMixin
from nuages.utils import timezone
from nuages.utils._os import safe_join
from nuages.utils.deconstruct import deconstructible
from nuages.utils.encoding import filepath_to_uri

__all__ = ["InMemoryStorage"]


class _Node:
    """What has times: a file or a folder."""

    def __init__(self) -> None:
        self.created = self.accessed = self.modified = timezone.now()

    def was_read(self) -> None:
        self.accessed = timezone.now()

    def was_changed(self) -> None:
        self.accessed = self.modified = timezone.now()


class _StoredFile(_Node):
    content = b""

    def replace(self, content: bytes) -> None:
        self.content = content
        self.was_changed()


class _Folder(_Node):
    def __init__(self) -> None:
        super().__init__()
        self.children: dict[str, _Node] = {}

    def add(self, name: str, node: _Node) -> None:
        self.children[name] = node
        self.was_changed()

    def remove(self, name: str) -> None:
        if self.children.pop(name, None) is not None:
            self.was_changed()


class _OpenFile(File):
    """A stored file while it is open; what is written is stored when it is flushed or closed."""

    def __init__(self, stored: _StoredFile, name: str, mode: str) -> None:
        content = b"" if "w" in mode else stored.content
        buffer: Any = io.BytesIO(content) if "b" in mode else io.StringIO(content.decode())
        super().__init__(buffer, name)
        self.mode = mode
        self._stored = stored
        self._writes = not set("wax+").isdisjoint(mode)
        if "a" in mode:
            buffer.seek(0, os.SEEK_END)

    def flush(self) -> None:  # type: ignore[override]
        """Store what has been written."""
        if self._writes:
            content = self.file.getvalue()
            self._stored.replace(content if isinstance(content, bytes) else content.encode())

    def close(self) -> None:
        if not self.file.closed:
            self.flush()
            super().close()


@deconstructible(path="nuages.core.files.storage.InMemoryStorage")
class InMemoryStorage(StorageSettingsMixin, Storage):
    """Keeps files in memory, as if they lay below `location`."""

    def __init__(
        self,
        location: Any = None,
        base_url: str | None = None,
        file_permissions_mode: int | None = None,
        directory_permissions_mode: int | None = None,
    ) -> None:
        super().__init__(location, base_url, file_permissions_mode, directory_permissions_mode)
        self._root = _Folder()
        self._lock = threading.RLock()

    # --- the tree ---

    def _steps(self, name: str) -> list[str]:
        below = os.path.relpath(safe_join(self.location, name), self.location)
        return [] if below == os.curdir else below.split(os.sep)

    def _find(self, name: str) -> _Node | None:
        node: _Node = self._root
        for step in self._steps(name):
            if not isinstance(node, _Folder):
                raise FileExistsError(errno.EEXIST, "A file stands where a folder is needed", name)
            if step not in node.children:
                return None
            node = node.children[step]
        return node

    def _existing(self, name: str) -> _Node:
        node = self._find(name)
        if node is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        return node

    def _folder_of(self, name: str) -> tuple[_Folder, str]:
        """Return the folder that the last step of a name is in, made where it is missing, and that step."""
        *above, last = self._steps(name)
        folder = self._root
        for step in above:
            if step not in folder.children:
                folder.add(step, _Folder())
            below = folder.children[step]
            if not isinstance(below, _Folder):
                raise FileExistsError(errno.EEXIST, "A file stands where a folder is needed", name)
            folder = below
        return folder, last

    def _file(self, name: str, *, make: bool) -> _StoredFile:
        node = self._find(name)
        if node is None and make:
            folder, last = self._folder_of(name)
            node = _StoredFile()
            folder.add(last, node)
        node = node or self._existing(name)
        if not isinstance(node, _StoredFile):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
        return node

    # --- the storage ---

    def _open(self, name: str, mode: str = "rb") -> Any:
        with self._lock:
            stored = self._file(name, make="w" in mode or "a" in mode)
            stored.was_read()
            return _OpenFile(stored, name, mode)

    def _save(self, name: str, content: Any) -> str:
        pieces = [piece if isinstance(piece, bytes) else piece.encode() for piece in content.chunks()]
        with self._lock:
            self._file(name, make=True).replace(b"".join(pieces))
        if hasattr(content, "temporary_file_path"):
            # Saving moves a temporary file; here it has nowhere to go.
            os.remove(content.temporary_file_path())
        return "/".join(self._steps(name))

    def path(self, name: str) -> str:
        """Refused: there is no such file on this machine."""
        return super().path(name)

    def delete(self, name: str) -> None:
        with self._lock:
            if self._find(name) is not None:
                folder, last = self._folder_of(name)
                folder.remove(last)

    def exists(self, name: str) -> bool:
        return self._find(name) is not None

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        node = self._existing(path)
        if not isinstance(node, _Folder):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
        with self._lock:
            folders = [name for name, child in node.children.items() if isinstance(child, _Folder)]
            return folders, [name for name in node.children if name not in folders]

    def size(self, name: str) -> int:
        return len(self._file(name, make=False).content)

    def url(self, name: str | None) -> str:
        if self.base_url is None:
            raise ValueError("This file is not accessible via a URL.")
        below = filepath_to_uri(name)
        return urljoin(self.base_url, None if below is None else below.lstrip("/"))

    def get_accessed_time(self, name: str) -> datetime:
        return self._existing(name).accessed

    def get_created_time(self, name: str) -> datetime:
        return self._existing(name).created

    def get_modified_time(self, name: str) -> datetime:
        return self._existing(name).modified
