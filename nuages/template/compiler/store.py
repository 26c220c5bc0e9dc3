"""The files that compiled templates are kept in from one start of the process to the next.

What is loaded from here is run, so nothing is loaded that somebody else may have written: the folder and the file
have to be ours, written by nobody else and no links. Whatever is not as it should be (a folder of somebody else, a
file cut short, a full disk) only means that templates are compiled in memory as if there were no store.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import time
from pathlib import Path

# Changes with the layout of what is stored.
_HEADER = b"nuages template 3\n"
_DIGEST = hashlib.sha256().digest_size
_SUFFIX = ".compiled"

# Larger ones are not worth reading.
BYTES_AT_MOST = 8 << 20
FILES_AT_MOST = 4096
# The folder is looked through at the first and then at each so many writings.
_WRITES_PER_LOOK = 256
# Files that a process which died had begun to write.
_STALE_AFTER = 3600.0

_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class CodeStore:
    """A folder of files named by keys, each read and written as a whole."""

    def __init__(self, folder: Path, *, files_at_most: int = FILES_AT_MOST) -> None:
        self.folder = folder
        self.files_at_most = files_at_most
        self._writes = 0

    def read(self, key: str) -> bytes | None:
        """What was written under a key; None where there is nothing that can be trusted."""
        try:
            folder = self._opened()
        except OSError:
            return None
        try:
            # Without blocking, should it be a pipe.
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
            file = os.open(f"{key}{_SUFFIX}", flags, dir_fd=folder)
        except OSError:
            return None
        finally:
            os.close(folder)
        try:
            about = os.fstat(file)
            if not (stat.S_ISREG(about.st_mode) and _is_ours(about) and about.st_size <= BYTES_AT_MOST):
                return None
            content = os.read(file, about.st_size + 1)
        except OSError:
            return None
        finally:
            os.close(file)
        digest, data = content[len(_HEADER) : len(_HEADER) + _DIGEST], content[len(_HEADER) + _DIGEST :]
        whole = content.startswith(_HEADER) and hashlib.sha256(data).digest() == digest
        return data if whole else None

    def write(self, key: str, data: bytes) -> bool:
        """Keep bytes under a key, at once or not at all; say whether they are kept."""
        if len(data) > BYTES_AT_MOST - len(_HEADER) - _DIGEST:
            return False
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder = self._opened()
        except OSError:
            return False
        # A name of its own: other processes may be writing the same template.
        begun = f".{key}.{os.getpid()}.{secrets.token_hex(4)}"
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            with os.fdopen(os.open(begun, flags, 0o600, dir_fd=folder), "wb") as stream:
                stream.write(_HEADER + hashlib.sha256(data).digest() + data)
            os.replace(begun, f"{key}{_SUFFIX}", src_dir_fd=folder, dst_dir_fd=folder)
            if self._writes % _WRITES_PER_LOOK == 0:
                self._tidy(folder)
            self._writes += 1
        except OSError:
            _remove(begun, folder)
            return False
        finally:
            os.close(folder)
        return True

    def _opened(self) -> int:
        """The folder, open, if it can be trusted."""
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        if not _is_ours(os.fstat(folder)):
            os.close(folder)
            raise PermissionError(f"{self.folder} may be written by others.")
        return folder

    def _tidy(self, folder: int) -> None:
        """Remove what is left over, and the oldest files where there are too many."""
        ages: list[tuple[float, str]] = []
        for name in os.listdir(folder):
            try:
                changed = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime
            except OSError:
                # Another process was quicker.
                continue
            if name.endswith(_SUFFIX):
                ages.append((changed, name))
            elif name.startswith(".") and changed < time.time() - _STALE_AFTER:
                _remove(name, folder)
        if len(ages) > self.files_at_most:
            # Some more than needed, so that it need not be done again soon.
            for _, name in sorted(ages)[: len(ages) - self.files_at_most * 3 // 4]:
                _remove(name, folder)


def _is_ours(about: os.stat_result) -> bool:
    return about.st_uid == os.geteuid() and not about.st_mode & _WRITABLE_BY_OTHERS


def _remove(name: str, folder: int) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except OSError:
        pass


def users_folder() -> Path | None:
    """Where the files of a user lie by default; None for one who has no home."""
    caches = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(caches):
        return Path(caches, "nuages", "templates")
    home = os.path.expanduser("~")
    return Path(home, ".cache", "nuages", "templates") if os.path.isabs(home) and home != "/" else None
