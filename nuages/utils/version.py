"""Version numbers as text, and which Python this is."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import Any

PYPY = sys.implementation.name == "pypy"
PY312 = sys.version_info >= (3, 12)
PY313 = sys.version_info >= (3, 13)
PY314 = sys.version_info >= (3, 14)
PY315 = sys.version_info >= (3, 15)

_SUFFIX = {"alpha": "a", "beta": "b", "rc": "rc", "final": ""}

Version = tuple[int, int, int, str, int]


def get_complete_version(version: Version | None = None) -> Version:
    """Return the version given, or the API version that nuages implements, after checking its form."""
    if version is None:
        from nuages import VERSION

        return VERSION
    if len(version) != 5 or version[3] not in _SUFFIX:
        raise AssertionError(
            f"a version is (major, minor, micro, {'|'.join(_SUFFIX)}, serial), got {version!r}"
        )
    return version


def get_main_version(version: Version | None = None) -> str:
    """Return "X.Y" or, when there is a micro part, "X.Y.Z"."""
    numbers = get_complete_version(version)[:3]
    return ".".join(map(str, numbers if numbers[2] else numbers[:2]))


def get_docs_version(version: Version | None = None) -> str:
    """Return the name under which this version's documentation is found."""
    full = get_complete_version(version)
    return f"{full[0]}.{full[1]}" if full[3] == "final" else "dev"


def get_version(version: Version | None = None) -> str:
    """Return the version as PEP 440 writes it: "6.1", "6.1.2", "6.1rc1", "6.1.dev20260101000000"."""
    full = get_complete_version(version)
    stage, serial = full[3:]
    if stage == "alpha" and serial == 0:
        changeset = get_git_changeset()
        suffix = f".dev{changeset}" if changeset else ""
    else:
        suffix = f"{_SUFFIX[stage]}{serial}" if stage != "final" else ""
    return get_main_version(full) + suffix


@lru_cache(maxsize=1)
def get_git_changeset() -> str | None:
    """Return the time of the latest commit of the source tree as digits; None outside a repository."""
    import subprocess
    from datetime import UTC, datetime
    from pathlib import Path

    import nuages

    tree = Path(nuages.__file__).resolve().parent.parent
    if not (tree / ".git").exists():
        return None
    answer = subprocess.run(
        ["git", "log", "-1", "--format=%ct", "HEAD"], cwd=tree, capture_output=True, text=True, check=False
    )
    seconds = answer.stdout.strip()
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y%m%d%H%M%S") if seconds.isdigit() else None


def get_version_tuple(version: str) -> tuple[int, ...]:
    """Return the leading numbers of a version string: "1.2.3rc2" gives (1, 2, 3)."""
    import re

    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def __getattr__(name: str) -> Any:
    if name.startswith("PY3") and name[3:].isdigit():
        return sys.version_info >= (3, int(name[3:]))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
