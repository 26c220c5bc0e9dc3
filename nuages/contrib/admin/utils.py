"""Keys in addresses; how values are shown."""

from __future__ import annotations

import re
from typing import Any

from nuages.contrib.admin.showing import display_for_field, display_for_value

#: What has a meaning in an address, and the underscore that marks what stands for it.
_SPECIAL = {ord(character): f"_{ord(character):02X}" for character in '":/_#?;@&=+$,"[]<>%\n\\'}
_MARKED = re.compile("_(?:{})".format("|".join(sorted({code[1:] for code in _SPECIAL.values()}))))


def quote(s: Any) -> Any:
    """Return a primary key as it can stand in an address; anything but text as it is."""
    return s.translate(_SPECIAL) if isinstance(s, str) else s


def unquote(s: str) -> str:
    """Undo `quote()`."""
    return _MARKED.sub(lambda found: chr(int(found[0][1:], 16)), s)


__all__ = ["display_for_field", "display_for_value", "quote", "unquote"]
