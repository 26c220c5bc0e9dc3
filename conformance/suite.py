"""Where Django's test-suite comes from: the source distribution on PyPI, fetched once and kept in the user's cache."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

VERSION = "6.1.3"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "upstream-tests"


def source_tree() -> Path:
    """Return the folder with `docs/` and `tests/` of Django's source distribution; only these are unpacked."""
    tree = CACHE / f"django-{VERSION}"
    if not tree.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
        command += ["--ignore-requires-python", "-d", str(CACHE), f"django=={VERSION}"]
        subprocess.run(command, check=True)
        with tarfile.open(CACHE / f"django-{VERSION}.tar.gz") as archive:
            prefixes = tuple(f"django-{VERSION}/{part}/" for part in ("docs", "tests"))
            members = [member for member in archive.getmembers() if member.name.startswith(prefixes)]
            archive.extractall(CACHE, members, filter="data")
    return tree
