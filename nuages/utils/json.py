"""Values as JSON has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def normalize_json(obj: Any) -> Any:
    """Return the value as `json.loads(json.dumps(value))` would, with bytes as text; TypeError where it cannot be."""
    if isinstance(obj, (str, int, float, bool)) or obj is None:
        return obj
    if isinstance(obj, bytes):
        try:
            return obj.decode()
        except UnicodeDecodeError:
            raise ValueError(f"Unsupported value: {type(obj)}") from None
    if isinstance(obj, Mapping):
        return {normalize_json(key): normalize_json(value) for key, value in obj.items()}
    if isinstance(obj, Sequence):
        return [normalize_json(item) for item in obj]
    raise TypeError(f"Unsupported type: {type(obj)}")
