"""The files that compiled templates are kept in from one start of the process to the next.

What is loaded from here is run, so nothing is loaded that somebody else may have written: the folder and the file
have to be ours, written by nobody else and no links. Whatever is not as it should be (a folder of somebody else, a
file cut short, a full disk) only means that templates are compiled in memory as if there were no store.

All templates of an engine lie in one file, a `Pack`, which a process reads once. A pack is a heading and then records
that are only ever added, by one process at a time. A record begins with a digest of itself. The first one that is not
whole, as a process leaves it that dies while it writes, ends what is read; the next one to write cuts it off.
"""

from __future__ import annotations

import hashlib
import os
import stat
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Changes with the layout of what is stored.
_HEADER = b"nuages templates 4\n"
# Then something that only this file has, so that others see when it was begun anew.
_MARK = 16
_HEADING = len(_HEADER) + _MARK
_SUFFIX = ".compiled"

# A record: the digest of the rest, the key, how long the data are, the data.
_DIGEST = hashlib.sha256().digest_size
_BEFORE_DATA = struct.Struct(f"<{_DIGEST}s32sI")
_DATA = _BEFORE_DATA.size

# Some thousand templates. All are in memory once one is asked for; and what nobody needs any longer lies among them
# until the file is full and begun anew.
BYTES_AT_MOST = 16 << 20
# One for each set of options, libraries and versions, of which the oldest are of no use any longer.
PACKS_AT_MOST = 64
_IN_MEMORY_AT_MOST = 8

# Writing takes less than this; who still waits then does without.
_ATTEMPTS = 20
_PAUSE = 0.0005

_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class CodeStore:
    """A folder of packs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._packs: dict[str, Pack] = {}

    def pack(self, name: str) -> Pack:
        """The pack of a name."""
        found = self._packs.get(name)
        if found is None:
            if len(self._packs) >= _IN_MEMORY_AT_MOST:
                self._packs.clear()
            found = self._packs[name] = Pack(self.folder, name)
        return found


class Pack:
    """A file of records, found by keys of 32 bytes."""

    def __init__(self, folder: Path, name: str, *, bytes_at_most: int = BYTES_AT_MOST) -> None:
        self.folder = folder
        self.name = f"{name}{_SUFFIX}"
        self.bytes_at_most = bytes_at_most
        # The heading of the file, how far it was read, and what was in it till there.
        self._known: tuple[bytes, int, dict[bytes, memoryview]] = b"", 0, {}

    def read(self, key: bytes) -> memoryview | None:
        """What was written under a key; None where there is nothing that can be trusted."""
        data = self._known[2].get(key)
        if data is None:
            # Not yet read, or written by another process in the meantime.
            with suppress(OSError), self._opened_folder() as folder, self._opened(folder) as file:
                self._take_in(file)
            data = self._known[2].get(key)
        return data

    def write(self, key: bytes, data: bytes) -> bool:
        """Keep bytes under a key, at once or not at all; say whether they are kept."""
        record = _BEFORE_DATA.pack(b"", key, len(data)) + data
        record = hashlib.sha256(record[_DIGEST:]).digest() + record[_DIGEST:]
        if _HEADING + len(record) > self.bytes_at_most:
            return False
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._opened_folder() as folder:
                self._make_way(folder)
                with self._opened(folder, os.O_RDWR | os.O_CREAT) as file, _locked(file):
                    return self._add(file, folder, key, record)
        except OSError:
            return False

    def _add(self, file: int, folder: int, key: bytes, record: bytes) -> bool:
        end = self._take_in(file)
        if key in self._known[2]:
            return True
        size = os.fstat(file).st_size
        if size == 0:
            self._tidy(folder)
        if end == 0 or end + len(record) > self.bytes_at_most:
            end, record = 0, _HEADER + os.urandom(_MARK) + record
        if size > end:
            os.ftruncate(file, end)
        if os.pwrite(file, record, end) == len(record):
            return True
        # No more room on the disk.
        os.ftruncate(file, end)
        return False

    def _take_in(self, file: int) -> int:
        """Read what was added to the file; return where its last whole record ends, 0 for no file of ours."""
        heading, end, records = self._known
        current = os.pread(file, _HEADING, 0)
        size = min(os.fstat(file).st_size, self.bytes_at_most)
        if size < _HEADING or not current.startswith(_HEADER):
            self._known = b"", 0, {}
            return 0
        if current != heading or size < end:
            # Begun anew, or somebody has cut it.
            end, records = _HEADING, {}
        for key, data in _records_of(os.pread(file, size - end, end)):
            records[key] = data
            end += _DATA + len(data)
        self._known = current, end, records
        return end

    @contextmanager
    def _opened_folder(self) -> Iterator[int]:
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            if not _is_ours(os.fstat(folder)):
                raise PermissionError(f"{self.folder} may be written by others.")
            yield folder
        finally:
            os.close(folder)

    @contextmanager
    def _opened(self, folder: int, flags: int = os.O_RDONLY) -> Iterator[int]:
        # Without blocking, should it be a pipe.
        flags |= os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        file = os.open(self.name, flags, 0o600, dir_fd=folder)
        try:
            about = os.fstat(file)
            if not (stat.S_ISREG(about.st_mode) and _is_ours(about)):
                raise PermissionError(f"{self.name} may be written by others.")
            yield file
        finally:
            os.close(file)

    def _make_way(self, folder: int) -> None:
        """Remove what is in the place of the file and cannot be trusted."""
        with suppress(OSError):
            about = os.stat(self.name, dir_fd=folder, follow_symlinks=False)
            if not (stat.S_ISREG(about.st_mode) and _is_ours(about)):
                os.unlink(self.name, dir_fd=folder)

    def _tidy(self, folder: int) -> None:
        """Remove the packs that nobody has written to for longest, where there are too many."""
        ages: list[tuple[float, str]] = []
        for name in os.listdir(folder):
            # Another process may be quicker.
            with suppress(OSError):
                ages.append((os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime, name))
        packs = sorted(age for age in ages if age[1].endswith(_SUFFIX))
        for _, name in packs[:-PACKS_AT_MOST]:
            with suppress(OSError):
                os.unlink(name, dir_fd=folder)


def _records_of(content: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Keys and data of the whole records that bytes begin with."""
    view = memoryview(content)
    start = 0
    while start + _DATA <= len(content):
        digest, key, size = _BEFORE_DATA.unpack_from(content, start)
        end = start + _DATA + size
        if hashlib.sha256(view[start + _DIGEST : end]).digest() != digest:
            return
        yield key, view[start + _DATA : end]
        start = end


@contextmanager
def _locked(file: int) -> Iterator[None]:
    """Keep other processes from writing meanwhile."""
    import fcntl

    for attempt in range(_ATTEMPTS):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if attempt == _ATTEMPTS - 1:
                raise
            time.sleep(_PAUSE)
    try:
        yield
    finally:
        # Closing is not enough, should this process have split in two in the meantime.
        fcntl.flock(file, fcntl.LOCK_UN)


def _is_ours(about: os.stat_result) -> bool:
    return about.st_uid == os.geteuid() and not about.st_mode & _WRITABLE_BY_OTHERS


def users_folder() -> Path | None:
    """Where the files of a user lie by default; None for one who has no home."""
    caches = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(caches):
        return Path(caches, "nuages", "templates")
    home = os.path.expanduser("~")
    return Path(home, ".cache", "nuages", "templates") if os.path.isabs(home) and home != "/" else None
