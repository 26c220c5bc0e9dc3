"""The tests that are not meant to pass, each with its reason: reasons.md, read so that it stays well formed."""

from __future__ import annotations

import re
from pathlib import Path

PATH = Path(__file__).resolve().parent / "reasons.md"
_ROW = re.compile(r"^\| `(?P<test>[\w.]+)` \| (?P<reason>.+) \|$")


def read_reasons() -> dict[str, str]:
    """Return test → reason. Raises `ValueError` for a row without either."""
    found: dict[str, str] = {}
    for number, line in enumerate(PATH.read_text().splitlines(), 1):
        if not line.startswith("| `"):
            continue
        match = _ROW.match(line)
        if match is None:
            raise ValueError(
                f"{PATH.name}:{number}: expected | `label.tests.Class.test` | reason |, got {line!r}"
            )
        found[match["test"]] = match["reason"].strip()
    return found
