"""Regular expressions compiled when first used."""

from __future__ import annotations

import re
from typing import Any

from nuages.utils.functional import SimpleLazyObject


def _lazy_re_compile(regex: Any, flags: int = 0) -> Any:
    """Return the pattern, compiled on first use; a compiled one is returned as it is."""
    if isinstance(regex, (str, bytes)):
        return SimpleLazyObject(lambda: re.compile(regex, flags))
    return SimpleLazyObject(lambda: _compiled(regex, flags))


def _compiled(regex: re.Pattern[Any], flags: int) -> re.Pattern[Any]:
    if flags:
        raise AssertionError("flags must be empty if regex is passed pre-compiled")
    return regex
