"""Paths: joining them safely, making directories with exact permissions."""

from __future__ import annotations

import os
from pathlib import Path

from nuages.core.exceptions import SuspiciousFileOperation


def safe_makedirs(name: str | os.PathLike[str], mode: int = 0o777, exist_ok: bool = False) -> None:
    """Make a directory and those above it, all with this mode whatever the process's umask.

    Directories that exist keep theirs.
    """
    path = Path(os.path.normpath(name))
    missing = [path]
    while missing[-1].parent != missing[-1] and not os.path.lexists(missing[-1].parent):
        missing.append(missing[-1].parent)
    for directory in reversed(missing[1:]):
        _make(directory, mode, exist_ok=True)
    _make(path, mode, exist_ok)


def _make(directory: Path, mode: int, exist_ok: bool) -> None:
    try:
        os.mkdir(directory, mode)
    except FileExistsError:
        if not (exist_ok and directory.is_dir()):
            raise
    else:
        # The umask may have taken bits away; changing it would be seen by every thread.
        os.chmod(directory, mode)


def safe_join(base: str | os.PathLike[str], *paths: str | os.PathLike[str]) -> str:
    """Join paths and return the absolute result; SuspiciousFileOperation when it lies outside the base."""
    root = os.path.abspath(base)
    joined = os.path.abspath(os.path.join(root, *paths))
    inside = os.path.normcase(joined)
    limit = os.path.normcase(root)
    if inside != limit and not inside.startswith(limit.rstrip(os.sep) + os.sep):
        raise SuspiciousFileOperation(
            f"The joined path ({joined}) is located outside of the base path component ({root})"
        )
    return joined


def symlinks_supported() -> bool:
    """Return whether symbolic links can be made here."""
    # Heavy to import, and loading templates needs this module early.
    import tempfile

    with tempfile.TemporaryDirectory() as directory:
        target = Path(directory) / "target"
        target.mkdir()
        try:
            (Path(directory) / "link").symlink_to(target)
        except (OSError, NotImplementedError):
            return False
        return True


def to_path(value: str | Path) -> Path:
    """Return a path given as text or as a path; TypeError for anything else."""
    if isinstance(value, Path):
        return value
    if not isinstance(value, str):
        raise TypeError(f"Invalid path type: {type(value).__name__}")
    return Path(value)
