"""What the name of an SQLite database means."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def is_in_memory(name: Any) -> bool:
    """Say whether a name means a database in memory."""
    return not isinstance(name, Path) and (name == ":memory:" or "mode=memory" in str(name))
