"""A stand-in for an instance that has one attribute."""

from typing import Any


class AttributeSetter:
    """An object with `name` set to `value`, for fields that read from instances."""

    def __init__(self, name: str, value: Any) -> None:
        setattr(self, name, value)
