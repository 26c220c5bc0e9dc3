"""Locks on files between processes: `fcntl` where there is one, the Windows functions elsewhere."""

from __future__ import annotations

import os
from typing import Any

__all__ = ("LOCK_EX", "LOCK_NB", "LOCK_SH", "lock", "unlock")


def _fd(f: Any) -> int:
    return f.fileno() if hasattr(f, "fileno") else f


if os.name == "nt":
    import msvcrt

    LOCK_SH, LOCK_NB, LOCK_EX = 0x0, 0x1, 0x2

    def lock(f: Any, flags: int) -> bool:
        """Lock a file or descriptor; say whether that worked. Waits, unless LOCK_NB is among the flags."""
        mode = msvcrt.LK_NBLCK if flags & LOCK_NB else msvcrt.LK_LOCK  # type: ignore[attr-defined]
        try:
            msvcrt.locking(_fd(f), mode, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True

    def unlock(f: Any) -> bool:
        """Give the lock back; say whether there was one."""
        try:
            msvcrt.locking(_fd(f), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True
else:
    import fcntl

    LOCK_SH, LOCK_NB, LOCK_EX = fcntl.LOCK_SH, fcntl.LOCK_NB, fcntl.LOCK_EX

    def lock(f: Any, flags: int) -> bool:
        """Lock a file or descriptor; say whether that worked. Waits, unless LOCK_NB is among the flags."""
        try:
            fcntl.flock(_fd(f), flags)
        except BlockingIOError:
            return False
        return True

    def unlock(f: Any) -> bool:
        """Give the lock back."""
        fcntl.flock(_fd(f), fcntl.LOCK_UN)
        return True
