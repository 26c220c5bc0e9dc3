"""What is known of each language by its code: its names and its direction. Formats lie in folders beside."""

from __future__ import annotations

from typing import Any

from nuages.conf.languages import FALLBACKS, NAMES, RIGHT_TO_LEFT

LANG_INFO: dict[str, dict[str, Any]] = {
    code: {"bidi": code in RIGHT_TO_LEFT, "code": code, "name": english, "name_local": own}
    for code, (english, own) in NAMES.items()
} | {code: {"fallback": [other]} for code, other in FALLBACKS.items()}
