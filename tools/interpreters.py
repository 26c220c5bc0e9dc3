"""Find Python interpreters: `interpreters.py newest` prints the newest CPython found (3.11 and later), `self` this one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = [f"python3.{minor}" for minor in range(13, 10, -1)]


def candidates() -> list[str]:
    """Return paths of interpreters, the newest version first, of those on PATH or kept by pyenv."""
    found: list[tuple[tuple[int, ...], str]] = []
    for name in NAMES:
        if path := shutil.which(name):
            found.append((version_of(path), path))
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    if root.is_dir():
        found += [(version_of(str(path)), str(path)) for path in root.glob("3.*/bin/python3")]
    found.append((sys.version_info[:3], sys.executable))
    return [path for version, path in sorted(found, reverse=True) if (3, 11) <= version < (3, 14)]


def version_of(path: str) -> tuple[int, ...]:
    """Return an interpreter's version, or (0,) where it does not run."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20)
    except OSError:
        return (0,)
    match = re.fullmatch(r"Python (\d+)\.(\d+)\.(\d+)\s*", done.stdout)
    return tuple(map(int, match.groups())) if match and done.returncode == 0 else (0,)


if __name__ == "__main__":
    if sys.argv[1:] == ["newest"]:
        best = candidates()[0]
        print(sys.executable if version_of(best)[:2] == sys.version_info[:2] else best)
    elif sys.argv[1:] == ["self"]:
        print(sys.executable)
    else:
        sys.exit(__doc__)
