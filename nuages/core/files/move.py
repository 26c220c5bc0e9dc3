"""Moving a file, between file systems too, without overwriting what should not be."""

from __future__ import annotations

import os
from shutil import copymode, copystat
from typing import Any

from nuages.core.files import locks

__all__ = ["file_move_safe"]


def file_move_safe(
    old_file_name: Any, new_file_name: Any, chunk_size: int = 1024 * 64, allow_overwrite: bool = False
) -> None:
    """Move a file: by renaming where that can be done, else copied piece by piece under a lock.

    Raises `FileExistsError` when there is a file already and it may not be overwritten.
    """
    if os.path.exists(new_file_name) and os.path.samefile(old_file_name, new_file_name):
        return
    if not allow_overwrite and os.access(new_file_name, os.F_OK):
        raise FileExistsError(f"Destination file {new_file_name} exists and allow_overwrite is False.")
    try:
        os.rename(old_file_name, new_file_name)
    except OSError:
        # Another file system, or a system that does not rename over a file.
        _copy(old_file_name, new_file_name, chunk_size, allow_overwrite)
        _copy_attributes(old_file_name, new_file_name)
        os.remove(old_file_name)


def _copy(source: Any, target: Any, chunk_size: int, allow_overwrite: bool) -> None:
    flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
    flags |= os.O_TRUNC if allow_overwrite else os.O_EXCL
    with open(source, "rb") as old:
        descriptor = os.open(target, flags)
        try:
            locks.lock(descriptor, locks.LOCK_EX)
            while chunk := old.read(chunk_size):
                os.write(descriptor, chunk)
        finally:
            locks.unlock(descriptor)
            os.close(descriptor)


def _copy_attributes(source: Any, target: Any) -> None:
    try:
        copystat(source, target)
    except PermissionError:
        # Some file systems, and some security modules, keep their own ideas of attributes.
        try:
            copymode(source, target)
        except PermissionError:
            pass
